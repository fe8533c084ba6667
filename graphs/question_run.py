"""A run over the questions of a set, one database after the other."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Generic, Protocol, TypeVar

from ..agents.budget import RunStopped
from ..tools.errors import IsoglossError
from ..tools.question_sets import Question
from .arena import Arena
from .run_directory import ItemResult, RunDirectory
from .run_models import ModelSettings
from .tracing.tape import Recording, on_tape
from .work import Crew, Observer, Opened, Results

_SHARD = 50  # questions: on a larger database several processors work


class AsksModel(Protocol):
    """What is asked of a run over questions."""

    @property
    def generator(self) -> str:
        """The model that is asked, by name."""

    @property
    def models(self) -> ModelSettings:
        """How it is asked."""


Config = TypeVar("Config", bound=AsksModel)


@dataclass(frozen=True, slots=True)
class QuestionWork(Generic[Config]):
    """What determines the results of the questions; ``lineage`` lacks the engine, which a crew opens."""

    config: Config
    questions: Sequence[Question]
    lineage: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> set[str]:
        """The models that are asked, by name."""
        return {self.config.generator}

    @property
    def models(self) -> ModelSettings:
        """How they are asked."""
        return self.config.models

    def source(self, item: int) -> str:
        """Return the database of a question."""
        return self.questions[item].source

    def shard(self, first: int, stop: int) -> range:
        """Return the questions from ``first`` on, before ``stop``, that are on one database, but not very many."""
        return range(first, min(stop, first + len(_on_one_database(self.questions, first)[:_SHARD])))


class HasArena(Protocol):
    """A bench with a database on it."""

    @property
    def arena(self) -> Arena:
        """The database in both its engines."""


Bench = TypeVar("Bench", bound=HasArena)


class QuestionCrew(ABC, Generic[Bench]):
    """A model at work on questions; as a context manager it lets go of the database that it opened last."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions, self._database = questions, ExitStack()
        self._opened: tuple[tuple[str, str], Bench, Opened] | None = None

    @abstractmethod
    def open_bench(self, stack: ExitStack, question: Question) -> Bench:
        """Open the question's database until ``stack`` is closed; raises ``IsoglossError`` where it cannot be had."""

    @abstractmethod
    def not_loaded(self, index: int, question: Question, error: IsoglossError) -> ItemResult:
        """Return the result of a question whose database cannot be had."""

    @abstractmethod
    def answers(
        self, first: int, questions: list[Question], bench: Bench, observer: Observer
    ) -> AsyncGenerator[ItemResult]:
        """Yield the results of questions on one database; ``first`` is the index of the first."""

    async def results(self, first: int, wanted: Callable[[], int], observer: Observer) -> Results:
        """Yield the results of the questions from ``first`` on while more are ``wanted``.

        Those of a database that cannot be had are rejected. Raises ``RunStopped`` when the model cannot go on.
        """
        while (left := wanted()) > 0:
            group = _on_one_database(self._questions, first)[:left]
            observer.on_stage(f"{group[0].database}, {len(group)} questions")
            try:
                bench, opened = self._bench(group[0])
            except IsoglossError as error:  # this database cannot be had; the others can
                for index, question in enumerate(group, first):
                    yield self.not_loaded(index, question, error)
            else:
                yield opened
                async with aclosing(self.answers(first, group, bench, observer)) as results:
                    async for result in results:
                        yield result
            first += len(group)

    def _bench(self, question: Question) -> tuple[Bench, Opened]:
        """Return the bench with a question's database, the one opened last if it is that."""
        key = (question.source, question.dialect)
        if self._opened is None or self._opened[0] != key:
            self._opened = None
            self._database.close()
            with ExitStack() as stack:
                with on_tape(opening := Recording()):
                    bench = self.open_bench(stack, question)
                self._database = stack.pop_all()
            self._opened = key, bench, Opened(opening.calls, {"engine": bench.arena.engine.version})
        return self._opened[1:]

    def __enter__(self) -> "QuestionCrew[Bench]":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()


async def commit_questions(goal: int, crew: Crew, run: RunDirectory, observer: Observer) -> RunStopped | None:
    """Commit what is left to do of ``goal`` questions; returns what stopped it, if a model did."""

    def wanted() -> int:
        return goal - run.next_item

    async with aclosing(crew.results(run.next_item, wanted, observer)) as results:
        try:
            async for result in results:
                if isinstance(result, Opened):
                    run.begin(result)
                else:
                    run.commit(result)
                    observer.on_item(result, run.totals)
        except RunStopped as stop:
            return stop
    return None


def _on_one_database(questions: Sequence[Question], first: int) -> list[Question]:
    """Return the questions from ``first`` on that follow one another on its database."""
    key = (questions[first].source, questions[first].dialect)
    following = (questions[index] for index in range(first, len(questions)))
    return list(takewhile(lambda question: (question.source, question.dialect) == key, following))
