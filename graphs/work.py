"""What a run is made of, apart from where it happens: its items, and those who see to them."""

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel

from ..agents.budget import Budget
from .run_models import ModelSettings
from .totals import ItemResult, Totals
from .tracing.tape import Call


@dataclass(frozen=True, slots=True)
class Opened:
    """A database was opened for the items that follow.

    ``calls`` is what was asked of it then, to be replayed before any of them; ``facts`` are to be noted of the run.
    """

    calls: list[Call]
    facts: dict[str, Any]


Results = AsyncGenerator[Opened | ItemResult]


class Observer(Protocol):
    """Whoever watches a run."""

    def on_stage(self, name: str) -> None:
        """A stage begins."""

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """An item was committed."""

    def on_sql(self, sql: str) -> None:
        """A statement is about to be executed."""


class Crew(Protocol):
    """Models and engines at work on a run's items, in one process."""

    def results(self, first: int, wanted: Callable[[], int], observer: Observer) -> Results:
        """Yield the results of items ``first``, ``first + 1``, … while more are ``wanted``, as in ``final_states``.

        Before the first, and wherever another database is opened, say so. Raises ``RunStopped`` when the models
        cannot go on.
        """


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a run is shared out: the Ray cluster at ``address``, None for one on this machine alone.

    ``shards`` is the folder of finished shards, any that ``fsspec`` reaches; by default one in the run's directory.
    """

    address: str | None = None
    shards: str | None = None


class Work(Protocol):
    """What determines the results of a run's items; travels to wherever there is a crew for it."""

    @property
    def asked(self) -> Collection[str]:
        """The models that are asked, by name."""

    @property
    def models(self) -> ModelSettings:
        """How they are asked."""

    @property
    def lineage(self) -> dict[str, Any]:
        """Where its records come from, the prompts' versions among it."""

    @property
    def places(self) -> dict[str, str]:
        """Where databases lie on this machine, if not where their names say."""

    def source(self, item: int) -> str:
        """Return the database of an item."""

    def shard(self, first: int, stop: int) -> range:
        """Return the items from ``first`` on, before ``stop``, that are best made together."""

    def crew(
        self, models: dict[str, BaseChatModel], budget: Budget, observer: Observer
    ) -> AbstractContextManager[Crew]:
        """Open what the work needs, with the ``models`` by name; raises ``IsoglossError`` if that fails."""
