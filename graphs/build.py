"""Building a dataset: many items through the item graph, committed in order until enough pairs are kept."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..agents.models import chat_model
from ..agents.prompting import prompt_hash
from ..knowledge.corpus import Corpus, load_corpus
from ..knowledge.index import open_index
from ..knowledge.keywords import corpus_keywords
from ..tools.dialects import get_dialect
from ..tools.engines import Engine, open_engine
from ..tools.sources import open_source
from ..tools.templates import Template, load_seed_file, seed_templates
from .duplicates import Duplicates
from .item_graph import item_graph
from .results import item_result
from .run_directory import ItemResult, RunDirectory, Totals
from .state import ItemState
from .workbench import Workbench, open_workbench

_FRUITLESS = 400  # items in a row without a kept pair: the templates and the database are exhausted


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """What to build: ``n`` pairs of ``dialect`` on the database ``db``, into the run directory ``out``."""

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
    """Whoever watches a build: told of each stage, item and statement."""

    def on_stage(self, name: str) -> None: ...
    def on_item(self, result: ItemResult, totals: Totals) -> None: ...
    def on_sql(self, sql: str) -> None: ...


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
        observer.on_stage("corpus")
        corpus = load_corpus(config.dialect, config.corpus)
        index = stack.enter_context(_closing(open_index(corpus)))
        observer.on_stage("templates")
        templates = _templates(config)
        observer.on_stage("database")
        source = stack.enter_context(_closing(open_source(config.db)))
        run = stack.enter_context(
            _closing(
                RunDirectory.open(
                    _directory(config, source.name), _identity(config, corpus, source.fingerprint, templates)
                )
            )
        )
        engine = stack.enter_context(open_engine(config.dialect, source, workers=config.workers))
        bench = open_workbench(engine, index, generator, critic, config.max_repairs)
        observer.on_stage("build")
        began = time.monotonic()
        lineage = _lineage(config, corpus, engine, source.name)
        exhausted = asyncio.run(_run(config, bench, templates, corpus_keywords(corpus), run, lineage, observer))
        summary = Summary(run.path, run.totals, time.monotonic() - began, engine.version, exhausted)
        run.finish({"seconds": summary.seconds, "exhausted": exhausted, **lineage})
    return summary


def _closing(thing: Any) -> Any:
    from contextlib import closing

    return closing(thing)


def _templates(config: BuildConfig) -> list[Template]:
    found = load_seed_file(config.seeds, config.dialect) if config.seeds else seed_templates(config.dialect)
    random.Random(config.seed).shuffle(found)
    return found


def _directory(config: BuildConfig, database: str) -> Path:
    return config.out or Path("runs") / f"{config.dialect}-{database}-{config.seed}"


def _identity(config: BuildConfig, corpus: Corpus, fingerprint: str, templates: list[Template]) -> dict[str, Any]:
    """Return what determines the data: everything but how many pairs and how fast."""
    import hashlib

    listed = hashlib.sha256("\n".join(sorted(t.sql for t in templates)).encode()).hexdigest()[:16]
    return {"dialect": config.dialect, "database": fingerprint, "seed": config.seed, "generator": config.generator,
            "critic": config.critic, "corpus": corpus.hash, "templates": listed, "max_repairs": config.max_repairs,
            "evaluation": config.evaluation}  # fmt: skip


def _lineage(config: BuildConfig, corpus: Corpus, engine: Engine, database: str) -> dict[str, Any]:
    """Return where every pair of the run comes from."""
    from .. import __version__

    return {
        "dialect": config.dialect, "database": database, "engine": engine.version, "stand_in": engine.stand_in,
        "evaluation_database": config.evaluation, "generator": config.generator, "critic": config.critic,
        "corpus": corpus.name, "corpus_hash": corpus.hash, "seed": config.seed, "isogloss": __version__,
        "prompts": {name: prompt_hash(name) for name in ("expand", "fill", "critique", "repair")},
    }  # fmt: skip


async def _run(config: BuildConfig, bench: Workbench, templates: list[Template], keywords: list[str],
               run: RunDirectory, lineage: dict[str, Any], observer: Observer) -> bool:  # fmt: skip
    """Commit results in the order of their index, so that the same seed keeps the same pairs; True if exhausted."""
    if run.kept >= config.n:
        return False
    duplicates = Duplicates(config.dialect, run.results())
    fruitless = 0
    async with aclosing(_results(config, bench, templates, keywords, run.next_item, observer)) as states:
        async for state in states:
            result = item_result(state, duplicates, lineage, bench)
            run.commit(result)
            observer.on_item(result, run.totals)
            fruitless = 0 if result.status == "kept" else fruitless + 1
            if run.kept >= config.n or fruitless >= _FRUITLESS:
                return run.kept < config.n
    return True


async def _results(config: BuildConfig, bench: Workbench, templates: list[Template], keywords: list[str], first: int,
                   observer: Observer) -> AsyncIterator[ItemState]:  # fmt: skip
    """Yield finished items in order of their index, ``in_flight`` of them under way at a time."""
    graph = item_graph(bench)
    index, waiting = (
        first,
        [
            asyncio.create_task(_one(graph, _begin(config, templates, keywords, i), observer))
            for i in range(first, first + config.in_flight)
        ],
    )
    try:
        while True:
            yield await waiting.pop(0)
            following = index + config.in_flight
            index += 1
            waiting.append(asyncio.create_task(_one(graph, _begin(config, templates, keywords, following), observer)))
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _begin(config: BuildConfig, templates: list[Template], keywords: list[str], index: int) -> ItemState:
    template = templates[index % len(templates)]
    focus = random.Random(f"{config.seed}/{index}").choice(keywords)
    return {
        "index": index,
        "seed": template.seed,
        "seed_template": template.sql,
        "focus": focus,
        "messages": [],
        "attempts": [],
        "steps": [],
    }


async def _one(graph: Any, state: ItemState, observer: Observer) -> ItemState:
    async for mode, chunk in graph.astream(state, stream_mode=["updates", "values"]):
        if mode == "values":
            state = chunk
        elif "sql" in (update := next(iter(chunk.values())) or {}):
            observer.on_sql(update["sql"])
    return state
