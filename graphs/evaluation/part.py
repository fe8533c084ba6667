"""A part of an evaluation, graded apart: its answers and references, and what they took."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from ...agents.budget import Usage
from ...training.graded import GradedAnswer


class Keeper(Protocol):
    """Whoever keeps graded answers by question and sample, and gold in their dialect by question."""

    @property
    def answers(self) -> dict[tuple[str, int], GradedAnswer]:
        """What was graded."""

    @property
    def references(self) -> dict[str, str | None]:
        """Gold in the dialect of the answers, None where there is none known."""

    def add(self, answer: GradedAnswer) -> None:
        """Keep a graded answer, unless there is one of this question and sample."""

    def add_reference(self, question: str, sql: str | None) -> None:
        """Keep what a question's gold is in the dialect of the answers, unless that is known."""

    def note(self, **facts: Any) -> None:
        """Keep facts beside the answers, as JSON values."""


@dataclass(slots=True)
class Part:
    """Graded answers and gold in their dialect, as ``EvalDirectory`` keeps them, and facts to be noted of them."""

    answers: dict[tuple[str, int], GradedAnswer] = field(default_factory=dict)
    references: dict[str, str | None] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    spent: Usage = field(default_factory=Usage)

    def add(self, answer: GradedAnswer) -> None:
        """Keep a graded answer, unless there is one of this question and sample."""
        self.answers.setdefault((answer.id, answer.sample), answer)

    def add_reference(self, question: str, sql: str | None) -> None:
        """Keep what a question's gold is in the dialect of the answers, unless that is known."""
        self.references.setdefault(question, sql)

    def note(self, **facts: Any) -> None:
        """Keep facts beside the answers."""
        self.facts |= facts
