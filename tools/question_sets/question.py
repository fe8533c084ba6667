"""Questions with their reference queries, as every format is read into."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the gold query of ``dialect`` that answers it on ``database``.

    ``id`` is unique in its set; ``source`` is what ``tools.sources.open_source`` opens; ``evidence`` is the hint that
    BIRD gives beside a question.
    """

    id: str
    question: str
    sql: str
    database: str
    source: str
    dialect: str = "sqlite"
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that cannot be used, and why, in a sentence."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The usable questions of a set in the order of its files, and the entries that cannot be used."""

    name: str
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
