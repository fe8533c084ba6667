"""What the items of a build are made of, and the crew that makes them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from ..agents.budget import Budget
from ..knowledge.index import Index
from ..knowledge.snippet import Tutorials
from ..tools.engines import Engine, open_engine
from ..tools.outcome import Limits
from .item_graph import item_graph
from .results import item_result
from .run_models import ModelSettings, Voice, in_flight, open_voices
from .stream import Items, final_states
from .tracing.tape import Recording, on_tape
from .tracing.taped import TapedEngine, TapedIndex
from .work import Cluster, Observer, Opened, Results
from .workbench import Workbench, open_workbench

LIMITS = Limits(seconds=5.0)  # per statement: what takes longer on this database is no example to learn from
_SHARD = 100  # items: seconds of work with rules alone, and no more to do again where a machine is lost


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
    cluster: Cluster | None = None

    @property
    def asked(self) -> set[str]:
        """The models of the run by name."""
        return {self.generator, self.critic} | ({self.paraphraser} if self.paraphraser else set())


@dataclass(frozen=True, slots=True)
class BuildWork:
    """What determines the results of a build's items; ``lineage`` lacks the engine, which the crew opens."""

    config: BuildConfig
    index: Index
    items: Items
    lineage: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> set[str]:
        """The models that are asked, by name."""
        return self.config.asked

    @property
    def models(self) -> ModelSettings:
        """How they are asked."""
        return self.config.models

    def source(self, item: int) -> str:
        """Return the database of an item: the build's."""
        return self.config.db

    def shard(self, first: int, stop: int) -> range:
        """Return some seconds' worth of items."""
        return range(first, min(stop, first + _SHARD))

    @contextmanager
    def crew(self, models: dict[str, BaseChatModel], budget: Budget, observer: Observer) -> Iterator["BuildCrew"]:
        """Open the engine with the database, and bind the agents to the models."""
        config = self.config
        with ExitStack() as stack:
            observer.on_stage("load database")
            source = self.places.get(config.db, config.db)
            engine = stack.enter_context(open_engine(config.dialect, source, workers=config.workers, limits=LIMITS))
            voices = stack.enter_context(open_voices(models, config.models, budget))
            with on_tape(opening := Recording()):
                bench = build_workbench(config, TapedEngine(engine), TapedIndex(self.index), voices)
            yield BuildCrew(self, bench, Opened(opening.calls, {"lineage": self._lineage_on(engine)}))

    def _lineage_on(self, engine: Engine) -> dict[str, Any]:
        return {**self.lineage, "engine": engine.version, "stand_in": engine.stand_in}


@dataclass(frozen=True, slots=True)
class BuildCrew:
    """The agents of a build at a workbench."""

    work: BuildWork
    bench: Workbench
    opened: Opened

    async def results(self, first: int, wanted: Callable[[], int], observer: Observer) -> Results:
        """Yield the results of items from ``first`` on while more are ``wanted``; pairs may repeat one another.

        Raises ``RunStopped`` when the models cannot go on.
        """
        yield self.opened
        observer.on_stage("build pairs")
        at_once = in_flight(self.work.models, self.work.asked)
        states = final_states(item_graph(self.bench), self.work.items, first, at_once, wanted, observer.on_sql)
        async with aclosing(states):
            async for state in states:
                yield item_result(state, self.opened.facts["lineage"])


def build_workbench(config: BuildConfig, engine: Engine, index: Tutorials, voices: dict[str, Voice]) -> Workbench:
    """Return what the nodes of a build work with."""
    paraphraser = voices[config.paraphraser] if config.paraphraser else None
    generator, critic = voices[config.generator], voices[config.critic]
    return open_workbench(
        engine, index, generator, critic, config.max_repairs, config.models.schema_tokens, paraphraser
    )
