"""Grading the answers of a system, database by database."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from typing import Protocol

from ...tools.errors import IsoglossError
from ...tools.outcome import Limits
from ...tools.question_sets import Question
from ...training.graded import GradedAnswer
from ..arena import Arena, open_arena
from ..questions import by_database
from .grading import bad_gold, grade, reference
from .part import Keeper
from .systems import Answer, System

_LIMITS = Limits(seconds=10)  # per statement


class Watcher(Protocol):
    """Whoever watches an evaluation."""

    def on_start(self, done: int, of: int) -> None:
        """Of so many answers, so many were graded before."""

    def on_database(self, name: str) -> None:
        """A database is opened."""

    def on_answer(self, answer: GradedAnswer) -> None:
        """An answer was graded."""


class Grading:
    """An evaluation, or a part of one, under way."""

    def __init__(self, dialect: str, workers: int, system: System, kept: Keeper, watcher: Watcher) -> None:
        self._dialect, self._workers = dialect, workers
        self._system, self._kept, self._watcher = system, kept, watcher
        self._telling = Lock()

    def grade(self, questions: Sequence[Question]) -> None:
        """Grade what is not graded yet of the answers to ``questions``, in ``dialect``, by ``workers`` at a time."""
        for (source, gold_dialect), asked in by_database(questions).items():
            self._watcher.on_database(asked[0].database)
            with ExitStack() as stack:
                opening = open_arena(source, gold_dialect, self._dialect, self._workers, _LIMITS)
                try:
                    arena = stack.enter_context(opening)
                except IsoglossError as error:
                    self._give_up(asked, f"the database does not load: {error}")
                    continue
                self._kept.note(engine=arena.engine.version, stand_in=arena.engine.stand_in)
                self._grade_in(arena, asked)

    def _grade_in(self, arena: Arena, questions: Sequence[Question]) -> None:
        """Grade the answers as they come, while the system finds the next ones; if it fails, those it gave."""
        pool = ThreadPoolExecutor(self._workers)
        try:
            golds = list(pool.map(lambda q: arena.gold(q.sql), questions))
            for question, gold in zip(questions, golds, strict=True):
                if gold.failure:
                    self._give_up([question], gold.failure)
            asked = [question for question, gold in zip(questions, golds, strict=True) if not gold.failure]
            by_id = {question.id: question for question in asked}
            answers = self._system.answers(asked, arena)
            list(pool.map(lambda each: self._grade(each, by_id[_question_id(each)], arena), answers))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            pool.shutdown()

    def _grade(self, answer: Answer | GradedAnswer, question: Question, arena: Arena) -> None:
        if question.id not in self._kept.references:  # kept first, so that no question with an answer lacks it
            self._kept.add_reference(question.id, reference(question, arena))
        if (question.id, answer.sample) not in self._kept.answers:
            self._keep(answer if isinstance(answer, GradedAnswer) else grade(answer, arena))

    def _give_up(self, questions: Sequence[Question], reason: str) -> None:
        """Keep that gold is no good: nobody is asked such questions."""
        for question in questions:
            for sample in self._system.samples(question):
                if (question.id, sample) not in self._kept.answers:
                    self._keep(bad_gold(question, sample, self._dialect, reason))

    def _keep(self, answer: GradedAnswer) -> None:
        self._kept.add(answer)
        with self._telling:
            self._watcher.on_answer(answer)


def _question_id(answer: Answer | GradedAnswer) -> str:
    return answer.id if isinstance(answer, GradedAnswer) else answer.question.id
