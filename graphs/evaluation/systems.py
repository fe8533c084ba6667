"""What is evaluated: whatever gives answers to questions. Here a file of predictions, and baselines made from gold."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from sqlglot.errors import SqlglotError

from ...tools.dialects import get_dialect
from ...tools.errors import IsoglossError, UsageError
from ...tools.question_sets import Question, QuestionSet
from ...tools.schema import Schema
from ...tools.transpile import transpile
from ...training.graded import GradedAnswer
from ..arena import Arena
from .predictions import Predictions

BASELINES = ("gold", "sqlglot", "rules")


class Answer(NamedTuple):
    """An answer to a question, of sample number ``sample``; where ``sql`` is None, ``why`` says it in a line."""

    question: Question
    sample: int
    sql: str | None
    why: str | None = None


class System(Protocol):
    """Whatever gives answers: the seam for a model."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    @property
    def identity(self) -> dict[str, Any]:
        """What decides its answers, as JSON values: an evaluation goes on only with the same."""

    @property
    def notes(self) -> Sequence[str]:
        """What the reader of a report must know of it, in a line each."""

    def samples(self, question: Question) -> Collection[int]:
        """Return the numbers of the answers that it will give to a question."""

    def answers(self, questions: Sequence[Question], arena: Arena) -> Iterator[Answer | GradedAnswer]:
        """Yield the answers to the questions of one database, in any order, as they come; some may be graded.

        Those that were graded before may be among them. ``arena.engine`` is the database in the dialect wanted.
        """


class PredictedAnswers:
    """The predictions of a file; a question without one has a missing answer."""

    def __init__(self, predictions: Predictions) -> None:
        self._predictions = predictions
        self.name = predictions.name
        self.identity = {"predictions": predictions.digest}

    @property
    def notes(self) -> list[str]:
        """What of the file could not be used, counted in one line."""
        found = self._predictions
        counted = [f"{kind}: {count} (first: {found.examples[kind]})" for kind, count in found.problems.items()]
        return [f"Not used of the predictions: {', '.join(counted)}."] if counted else []

    def samples(self, question: Question) -> Collection[int]:
        """Return the numbers of the question's samples; 0 stands for a missing answer."""
        return self._predictions.samples.get(question.id) or (0,)

    def answers(self, questions: Sequence[Question], arena: Arena) -> Iterator[Answer]:
        """Yield the predictions."""
        for question in questions:
            given = self._predictions.samples.get(question.id)
            if given is None:
                yield Answer(question, 0, None, "no prediction")
            for sample, sql in (given or {}).items():
                yield Answer(question, sample, sql, None if sql else "the prediction holds no query")


class Baseline:
    """Gold brought to the dialect by ``bring``, which raises an error of ours or sqlglot's where it cannot."""

    notes = ()

    def __init__(self, name: str, bring: Callable[[Question, Schema, str], str]) -> None:
        self.name, self._bring = name, bring
        self.identity = {"baseline": name}

    def samples(self, question: Question) -> Collection[int]:
        """Return the one number that there is."""
        return (0,)

    def answers(self, questions: Sequence[Question], arena: Arena) -> Iterator[Answer]:
        """Yield an answer per question."""
        for question in questions:
            yield Answer(question, 0, *brought(self._bring, question, arena))


def brought(
    bring: Callable[[Question, Schema, str], str], question: Question, arena: Arena
) -> tuple[str | None, str | None]:
    """Return gold in the dialect of ``arena.engine``, or why there is none."""
    try:
        return bring(question, arena.engine.schema(), arena.engine.dialect), None
    except (IsoglossError, SqlglotError, RecursionError) as error:
        return None, (str(error) or type(error).__name__).splitlines()[0]


def baseline(name: str, questions: QuestionSet, dialect: str) -> Baseline:
    """Return the baseline called ``name``; raises ``UsageError`` for an unknown one, or if gold is of no use to it."""
    if name not in BASELINES:
        raise UsageError(f"unknown baseline '{name}': choose one of {', '.join(BASELINES)}.")
    if name == "gold" and all(question.dialect != dialect for question in questions.questions):
        raise UsageError(f"No gold query is written in {dialect}: take the baseline sqlglot or rules.")
    return Baseline(name, {"gold": _gold_itself, "sqlglot": _by_sqlglot, "rules": by_rules}[name])


def _gold_itself(question: Question, schema: Schema, dialect: str) -> str:
    if question.dialect != dialect:
        raise UsageError(f"gold is written in {question.dialect}")
    return question.sql


def _by_sqlglot(question: Question, schema: Schema, dialect: str) -> str:
    return transpile(question.sql, get_dialect(question.dialect).sqlglot, get_dialect(dialect).sqlglot)


def by_rules(question: Question, schema: Schema, dialect: str) -> str:
    """Return gold of SQLite translated by our rules, and gold of the dialect as it is.

    Raises errors of ours or sqlglot's for what they cannot translate.
    """
    from ...tools.translation import translate

    if question.dialect == dialect:
        return question.sql
    if question.dialect != "sqlite":
        raise UsageError(f"no rules translate from {question.dialect}")
    return translate(question.sql, schema, dialect)
