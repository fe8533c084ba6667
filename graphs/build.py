"""Building a dataset: items through the item graph, committed in order until enough pairs are kept."""

import hashlib
import random
from contextlib import ExitStack, aclosing, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .. import __version__
from ..agents.budget import RunStopped
from ..agents.models import runs_here
from ..agents.models_providers import shown_address
from ..agents.prompting import prompt_hash, read_prompts_anew
from ..knowledge.corpus import Corpus, load_corpus
from ..knowledge.index import open_index
from ..knowledge.keywords import corpus_keywords
from ..knowledge.snippet import Tutorials
from ..tools.dialects import get_dialect
from ..tools.engines import Engine, open_engine
from ..tools.errors import UsageError
from ..tools.outcome import Limits
from ..tools.sources import BUNDLED, open_source
from ..tools.templates import Template, load_seed_file, seed_templates
from .cleaning import secrets_in
from .duplicates import Duplicates
from .item_graph import item_graph
from .results import item_result
from .run_directory import ItemResult, RunDirectory, Totals
from .run_models import FEW, ModelSettings, Voice, in_flight, load_models, open_budget, open_voices
from .run_summary import RunSummary, run_to_its_end
from .spending import spending, spent_so_far
from .stream import Items, final_states
from .tracing.tape import Player, Recording, on_tape, played_by
from .tracing.taped import TapedEngine, TapedIndex
from .workbench import Workbench, open_workbench

LIMITS = Limits(seconds=5.0)  # per statement: what takes longer on this database is no example to learn from
_FRUITLESS = 400  # items in a row without a kept pair: the templates and the database are exhausted
_FRUITLESS_ASKING = 100  # the same where each item costs time or money: the model is not up to it


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """What to build: ``n`` pairs of ``dialect`` on the database ``db``, into the run directory ``out``.

    ``evaluation`` marks the database as one that models are evaluated on, in every record. ``paraphraser`` is the
    model that says each kept question in other words, if one is to.
    """

    dialect: str
    db: str = "flights"
    n: int = 500
    seed: int = 0
    out: Path | None = None
    generator: str = "grammar"
    critic: str = "grammar"
    corpus: str | None = None
    seeds: Path | None = None
    workers: int = 2
    max_repairs: int = 3
    evaluation: bool = False
    paraphraser: str | None = None
    models: ModelSettings = field(default_factory=ModelSettings)

    @property
    def asked(self) -> set[str]:
        """The models of the run by name."""
        return {self.generator, self.critic} | ({self.paraphraser} if self.paraphraser else set())


class Observer(Protocol):
    """Whoever watches a build."""

    def on_stage(self, name: str) -> None:
        """A stage begins."""

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """An item was committed."""

    def on_sql(self, sql: str) -> None:
        """A statement is about to be executed."""


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
    with ExitStack() as stack:
        if config.asked != {"grammar"}:
            observer.on_stage("load models")
        models = load_models(config.asked, config.models)
        observer.on_stage("index corpus")
        corpus = load_corpus(config.dialect, config.corpus)
        index = stack.enter_context(closing(open_index(corpus)))
        observer.on_stage("templates")
        templates = _templates(config)
        observer.on_stage("load database")
        with closing(open_source(config.db)) as source:
            database, identity = source.name, _identity(config, corpus, source.fingerprint, templates)
        path = config.out or Path("runs") / f"{config.dialect}-{database}-{config.seed}"
        run = stack.enter_context(
            closing(RunDirectory.open(path, identity, secrets_in(config.db, config.models.base_url), config.n))
        )
        engine = stack.enter_context(open_engine(config.dialect, config.db, workers=config.workers, limits=LIMITS))
        budget = open_budget(config.models, spent_so_far(run))
        stack.callback(lambda: run.note(spent=asdict(budget.spent)))
        voices = stack.enter_context(open_voices(models, config.models, budget))
        with on_tape(opening := Recording()):
            bench = build_workbench(config, TapedEngine(engine), TapedIndex(index), voices)
        run.keep_opening(opening.calls)
        observer.on_stage("build pairs")
        lineage = _lineage(config, corpus, engine, database)
        run.note(lineage=lineage)
        items = Items(templates, corpus_keywords(corpus), config.seed)
        with played_by(player):
            work = _commit_items(config, bench, items, run, lineage, observer)
            stop, seconds = run_to_its_end(run, models.values(), work)
        exhausted = stop is None and run.kept < config.n
        summary = Summary(
            directory=run.path,
            totals=run.totals,
            seconds=seconds,
            engine=engine.version,
            exhausted=exhausted,
            spending=spending(path),
            stop=stop,
        )
        if stop is None:
            run.finish({"seconds": seconds, "exhausted": exhausted, **lineage})
    return summary


def build_workbench(config: BuildConfig, engine: Engine, index: Tutorials, voices: dict[str, Voice]) -> Workbench:
    """Return what the nodes of a build work with."""
    paraphraser = voices[config.paraphraser] if config.paraphraser else None
    generator, critic = voices[config.generator], voices[config.critic]
    return open_workbench(
        engine, index, generator, critic, config.max_repairs, config.models.schema_tokens, paraphraser
    )


async def _commit_items(
    config: BuildConfig, bench: Workbench, items: Items, run: RunDirectory, lineage: dict[str, Any], observer: Observer
) -> RunStopped | None:
    """Commit results in the order of their index, so that the same seed keeps the same pairs.

    Returns what stopped it before there were ``n``, if the models did.
    """
    duplicates = Duplicates(config.dialect, (r["sql"] for r in run.results() if r["status"] == "kept"))
    fruitless, patience = 0, _FRUITLESS if config.asked == {"grammar"} else _FRUITLESS_ASKING
    at_once = in_flight(config.models, config.asked)
    few = FEW - run.next_item if config.models.limited else config.n

    def wanted() -> int:
        return min(config.n - run.kept, few + run.next_item)

    states = final_states(item_graph(bench), items, run.next_item, at_once, wanted, observer.on_sql)
    async with aclosing(states):
        try:
            async for state in states:
                result = item_result(state, duplicates, lineage, bench)
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


def _lineage(config: BuildConfig, corpus: Corpus, engine: Engine, database: str) -> dict[str, Any]:
    """Return where every pair of the run comes from."""
    return {
        "dialect": config.dialect,
        "database": database,
        "source": config.db if config.db in BUNDLED or "://" in config.db else str(Path(config.db).resolve()),
        "engine": engine.version,
        "stand_in": engine.stand_in,
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
