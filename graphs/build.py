"""Building a dataset: items through the item graph, committed in order until enough pairs are kept."""

import asyncio
import hashlib
import random
import time
from contextlib import ExitStack, aclosing, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .. import __version__
from ..agents.models import chat_model
from ..agents.prompting import prompt_hash
from ..knowledge.corpus import Corpus, load_corpus
from ..knowledge.index import open_index
from ..knowledge.keywords import corpus_keywords
from ..tools.dialects import get_dialect
from ..tools.engines import Engine, open_engine
from ..tools.outcome import Limits
from ..tools.sources import open_source
from ..tools.templates import Template, load_seed_file, seed_templates
from .duplicates import Duplicates
from .item_graph import item_graph
from .results import item_result
from .run_directory import ItemResult, RunDirectory, Totals
from .stream import Items, final_states
from .workbench import Workbench, open_workbench

_SECONDS = 5.0  # per statement: what takes longer on this database is no example to learn from
_FRUITLESS = 400  # items in a row without a kept pair: the templates and the database are exhausted


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """What to build: ``n`` pairs of ``dialect`` on the database ``db``, into the run directory ``out``.

    ``evaluation`` marks the database as one that models are evaluated on, in every record.
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
    in_flight: int = 4
    evaluation: bool = False


class Observer(Protocol):
    """Whoever watches a build."""

    def on_stage(self, name: str) -> None:
        """A stage begins."""

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """An item was committed."""

    def on_sql(self, sql: str) -> None:
        """A statement is about to be executed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a build ended: where the files are, the totals, and whether the templates ran out before ``n``."""

    directory: Path
    totals: Totals
    seconds: float
    engine: str
    exhausted: bool


def build(config: BuildConfig, observer: Observer) -> Summary:
    """Build pairs until ``n`` are kept; the same configuration on the same directory goes on where it stopped.

    Raises ``UsageError`` for bad input, before anything is written, and ``IsoglossError`` when an engine fails.
    """
    get_dialect(config.dialect)
    generator, critic = chat_model(config.generator), chat_model(config.critic)
    with ExitStack() as stack:
        observer.on_stage("index corpus")
        corpus = load_corpus(config.dialect, config.corpus)
        index = stack.enter_context(closing(open_index(corpus)))
        observer.on_stage("templates")
        templates = _templates(config)
        observer.on_stage("load database")
        with closing(open_source(config.db)) as source:
            database, identity = source.name, _identity(config, corpus, source.fingerprint, templates)
        path = config.out or Path("runs") / f"{config.dialect}-{database}-{config.seed}"
        run = stack.enter_context(closing(RunDirectory.open(path, identity, _secrets(config.db))))
        engine = stack.enter_context(
            open_engine(config.dialect, config.db, workers=config.workers, limits=Limits(seconds=_SECONDS))
        )
        bench = open_workbench(engine, index, generator, critic, config.max_repairs)
        observer.on_stage("build pairs")
        began = time.monotonic()
        lineage = _lineage(config, corpus, engine, database)
        items = Items(templates, corpus_keywords(corpus), config.seed)
        exhausted = asyncio.run(_commit_items(config, bench, items, run, lineage, observer))
        summary = Summary(run.path, run.totals, time.monotonic() - began, engine.version, exhausted)
        run.finish({"seconds": round(summary.seconds, 2), "exhausted": exhausted, **lineage})
    return summary


async def _commit_items(
    config: BuildConfig, bench: Workbench, items: Items, run: RunDirectory, lineage: dict[str, Any], observer: Observer
) -> bool:
    """Commit results in the order of their index, so that the same seed keeps the same pairs; True if exhausted."""
    duplicates = Duplicates(config.dialect, (r["sql"] for r in run.results() if r["status"] == "kept"))
    fruitless = 0
    states = final_states(item_graph(bench), items, run.next_item, config.in_flight, observer.on_sql)
    async with aclosing(states):
        while run.kept < config.n and fruitless < _FRUITLESS:
            result = item_result(await anext(states), duplicates, lineage, bench)
            run.commit(result)
            observer.on_item(result, run.totals)
            fruitless = 0 if result.status == "kept" else fruitless + 1
    return run.kept < config.n


def _templates(config: BuildConfig) -> list[Template]:
    found = load_seed_file(config.seeds, config.dialect) if config.seeds else seed_templates(config.dialect)
    random.Random(config.seed).shuffle(found)
    return found


def _secrets(db: str) -> list[str]:
    """Return what of a database's URL must never be written: its password, before the host or as a parameter."""
    if "://" not in db:
        return []
    from sqlalchemy import make_url

    url = make_url(db)
    return [str(password) for password in (url.password, url.query.get("password")) if password]


def _identity(config: BuildConfig, corpus: Corpus, fingerprint: str, templates: list[Template]) -> dict[str, Any]:
    """Return what determines the data: everything but how many pairs and how fast."""
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
    }


def _lineage(config: BuildConfig, corpus: Corpus, engine: Engine, database: str) -> dict[str, Any]:
    """Return where every pair of the run comes from."""
    return {
        "dialect": config.dialect,
        "database": database,
        "engine": engine.version,
        "stand_in": engine.stand_in,
        "evaluation_database": config.evaluation,
        "generator": config.generator,
        "critic": config.critic,
        "corpus": corpus.name,
        "corpus_hash": corpus.hash,
        "seed": config.seed,
        "isogloss": __version__,
        "prompts": {name: prompt_hash(name) for name in ("expand", "fill", "critique", "repair")},
    }
