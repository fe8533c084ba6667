"""An evaluation shared out on a Ray cluster: parts of it are tasks, done again where a process or machine is lost."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import ray

from ...agents.budget import Usage
from ...tools.question_sets import Question
from ...training.graded import GradedAnswer
from ..cluster.connection import Archive, Connection, places_here, task, told_plainly
from ..questions import by_database
from .graded import Grading
from .models import ModelAnswers
from .part import Part
from .systems import System

_PART = 50  # questions on one database


def graded_parts(
    cluster: Connection, system: System, questions: Sequence[Question], dialect: str, workers: int
) -> Iterator[Part]:
    """Yield the answers of ``system`` to the questions as they are graded; raises ``IsoglossError`` if that fails."""
    sent, parts = ray.put(system), _parts(questions)
    under_way: list[Any] = []
    try:
        while True:
            for part in islice(parts, cluster.at_once() - len(under_way)):
                under_way.append(_TASK.remote([sent], part, dialect, workers, cluster.archive(part[0].source)))
            if not under_way:
                return
            with told_plainly():
                [done], under_way = ray.wait(under_way)
                graded: Part = ray.get(done)
            yield graded
    finally:
        for each in under_way:
            ray.cancel(each, force=True)


def _parts(questions: Sequence[Question]) -> Iterator[list[Question]]:
    for group in by_database(questions).values():
        yield from (group[start : start + _PART] for start in range(0, len(group), _PART))


def _graded(sent: list[Any], questions: list[Question], dialect: str, workers: int, archive: Archive) -> Part:
    """Grade the answers to questions on one database, in a process of the cluster."""
    places, part = places_here(archive), Part()
    system, before = _ready(sent[0]), Usage()
    if isinstance(system, ModelAnswers):
        before = system.spent
    here = [replace(question, source=places.get(question.source, question.source)) for question in questions]
    Grading(dialect, workers, system, part, _Unwatched()).grade(here)
    if isinstance(system, ModelAnswers):
        part.spent = system.spent - before
    return part


_TASK = task(_graded)
_here: tuple[str, System] | None = None


def _ready(sent: Any) -> System:
    """Return the system, its model loaded, as it was left after this process's last part."""
    global _here
    if _here is None or _here[0] != sent.hex():
        system: System = ray.get(sent)
        if isinstance(system, ModelAnswers):
            system.__enter__()  # for as long as the process lives
        _here = sent.hex(), system
    return _here[1]


class _Unwatched:
    """Who watches the evaluation hears of the whole part."""

    def on_start(self, done: int, of: int) -> None:
        """Of so many answers, so many were graded before."""

    def on_database(self, name: str) -> None:
        """A database is opened."""

    def on_answer(self, answer: GradedAnswer) -> None:
        """An answer was graded."""
