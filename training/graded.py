"""An answer to a question of a benchmark, and what became of it: the one record that all evaluation counts."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One answer, of sample number ``sample``, in ``dialect``; ``gold`` is of ``gold_dialect``.

    ``sql`` is None where a prediction is missing or holds no query. ``outcome`` is one of ``tools.outcome.Outcome``, or
    ``missing``, or ``bad_gold`` where gold does not run. ``hardness`` is Spider's. ``reason`` says in a line why it is
    no match.
    """

    id: str
    database: str
    question: str
    gold: str
    gold_dialect: str
    dialect: str
    hardness: str
    sample: int
    sql: str | None
    outcome: str
    error_class: str | None = None
    reason: str | None = None

    @property
    def grade(self) -> str:
        """The outcome as it is counted: ``match``, ``runs but differs``, ``error(class)`` and the rest by name."""
        if self.outcome == "mismatch":
            return "runs but differs"
        return f"error({self.error_class})" if self.outcome == "error" else self.outcome

    def record(self) -> dict[str, Any]:
        """Return the answer as a JSON object."""
        return {**asdict(self), "grade": self.grade}
