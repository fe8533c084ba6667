"""Building a dataset: items through the item graph, committed in order until enough pairs are kept."""

import hashlib
import random
from contextlib import ExitStack, aclosing, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from ..agents.budget import RunStopped
from ..agents.models import runs_here
from ..agents.models_providers import shown_address
from ..agents.prompting import prompt_hash, read_prompts_anew
from ..knowledge.corpus import Corpus, load_corpus
from ..knowledge.index import open_index
from ..knowledge.keywords import corpus_keywords
from ..tools.dialects import get_dialect
from ..tools.errors import UsageError
from ..tools.sources import BUNDLED, open_source
from ..tools.templates import Template, load_seed_file, seed_templates
from .build_work import BuildConfig, BuildWork
from .cleaning import secrets_in
from .crew import models_here, open_crew
from .dataset import read_pairs
from .duplicates import Duplicates
from .run_directory import RunDirectory
from .run_models import FEW, open_budget
from .run_summary import RunSummary, run_to_its_end
from .spending import spending, spent_so_far
from .stream import Items
from .tracing.tape import Player, played_by
from .work import Crew, Observer, Opened

__all__ = ["BuildConfig", "Summary", "build"]

_FRUITLESS = 400  # items in a row without a kept pair: the templates and the database are exhausted
_FRUITLESS_ASKING = 100  # the same where each item costs time or money: the model is not up to it


@dataclass(frozen=True, kw_only=True)
class Summary(RunSummary):
    """How a build ended; ``exhausted``: item after item gave no pair before there were ``n``."""

    engine: str
    exhausted: bool


def build(config: BuildConfig, observer: Observer, player: Player | None = None) -> Summary:
    """Build pairs until ``n`` are kept; the same configuration on the same directory goes on where it stopped.

    A ``player`` has a hand in every item.

    It stops before when models fail or the budget is spent; what it has by then is kept. Raises ``UsageError`` for
    bad input, before anything is written, ``RunStopped`` when no model ever answered, and ``IsoglossError`` when an
    engine fails.
    """
    get_dialect(config.dialect)
    read_prompts_anew()
    if config.paraphraser == "grammar":
        raise UsageError("grammar has one way to say a thing: --paraphrase takes a language model.")
    if config.cluster and player:
        raise UsageError("Items of a cluster do not wait at breakpoints: leave out --break, or --on.")
    if config.asked != {"grammar"}:
        observer.on_stage("load models")
    models = models_here(config.cluster, config.asked, config.models)
    work, identity, name = _plan(config, observer)
    with ExitStack() as stack:
        path = config.out or Path("runs") / name
        secrets = secrets_in(config.db, config.models.base_url)
        run = stack.enter_context(closing(RunDirectory.open(path, identity, secrets, config.n)))
        budget = open_budget(config.models, spent_so_far(run))
        stack.callback(lambda: run.note(spent=asdict(budget.spent)))
        opening = open_crew(work, run, config.cluster, models, budget, observer, secrets)
        crew = stack.enter_context(opening)
        with played_by(player):
            stop, seconds = run_to_its_end(run, models.values(), _commit_items(config, crew, run, observer))
        exhausted = stop is None and run.kept < config.n
        lineage = run.noted("lineage", {})
        summary = Summary(
            directory=run.path,
            totals=run.totals,
            seconds=seconds,
            engine=lineage.get("engine", ""),
            exhausted=exhausted,
            spending=spending(path),
            stop=stop,
        )
        if stop is None:
            run.finish({"seconds": seconds, "exhausted": exhausted, **lineage})
    return summary


def _plan(config: BuildConfig, observer: Observer) -> tuple[BuildWork, dict[str, Any], str]:
    """Return the work, what determines the data, and the name of the run."""
    observer.on_stage("index corpus")
    corpus = load_corpus(config.dialect, config.corpus)
    index = open_index(corpus)
    observer.on_stage("templates")
    templates = _templates(config)
    with closing(open_source(config.db)) as source:
        database, identity = source.name, _identity(config, corpus, source.fingerprint, templates)
    items = Items(templates, corpus_keywords(corpus), config.seed)
    work = BuildWork(config, index, items, _lineage(config, corpus, database))
    return work, identity, f"{config.dialect}-{database}-{config.seed}"


async def _commit_items(config: BuildConfig, crew: Crew, run: RunDirectory, observer: Observer) -> RunStopped | None:
    """Commit results in the order of their index, so that the same seed keeps the same pairs.

    Returns what stopped it before there were ``n``, if the models did.
    """
    duplicates = Duplicates(read_pairs(run.path))
    fruitless, patience = 0, _FRUITLESS if config.asked == {"grammar"} else _FRUITLESS_ASKING
    few = FEW - run.next_item if config.models.limited else config.n

    def wanted() -> int:
        return min(config.n - run.kept, few + run.next_item)

    async with aclosing(crew.results(run.next_item, wanted, observer)) as results:
        try:
            async for result in results:
                if isinstance(result, Opened):
                    run.begin(result)
                    continue
                result = duplicates.sorted_out(result)
                run.commit(result)
                observer.on_item(result, run.totals)
                fruitless = 0 if result.status == "kept" else fruitless + 1
                if fruitless == patience:
                    break
        except RunStopped as stop:
            return stop
    return None


def _templates(config: BuildConfig) -> list[Template]:
    found = load_seed_file(config.seeds, config.dialect) if config.seeds else seed_templates(config.dialect)
    random.Random(config.seed).shuffle(found)
    return found


def _identity(config: BuildConfig, corpus: Corpus, fingerprint: str, templates: list[Template]) -> dict[str, Any]:
    """Return what determines the data: everything but how many pairs, how fast, and where a model is served."""
    listed = hashlib.sha256("\n".join(t.sql for t in templates).encode()).hexdigest()
    return {
        "dialect": config.dialect,
        "database": fingerprint,
        "seed": config.seed,
        "generator": config.generator,
        "critic": config.critic,
        "corpus": corpus.hash,
        "templates": listed,
        "max_repairs": config.max_repairs,
        "evaluation": config.evaluation,
        "paraphraser": config.paraphraser,
        "schema_tokens": config.models.schema_tokens,
        "reply_tokens": config.models.reply_tokens,
        "prompts": _prompts(config),
    }


def _prompts(config: BuildConfig) -> dict[str, str]:
    """Return the versions of the prompts in use."""
    names = ["expand", "fill", "critique", "repair", *(["paraphrase"] if config.paraphraser else [])]
    names += ["tools_in_text"] if any(map(runs_here, config.asked)) else []
    return {name: prompt_hash(name) for name in names}


def _lineage(config: BuildConfig, corpus: Corpus, database: str) -> dict[str, Any]:
    """Return where every pair of the run comes from, but for the engine."""
    return {
        "dialect": config.dialect,
        "database": database,
        "source": config.db if config.db in BUNDLED or "://" in config.db else str(Path(config.db).resolve()),
        "evaluation_database": config.evaluation,
        "generator": config.generator,
        "critic": config.critic,
        "paraphraser": config.paraphraser,
        "base_url": shown_address(config.models.base_url),
        "corpus": corpus.name,
        "corpus_hash": corpus.hash,
        "seed": config.seed,
        "isogloss": __version__,
        "prompts": _prompts(config),
    }
