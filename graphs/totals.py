"""The result of one item, and the running totals of a run."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from .tracing.trace import Step

Status = Literal["kept", "rejected"]


@dataclass(slots=True)
class ItemResult:
    """What came of one item: ``pair`` if it was kept, ``reason`` if not, every attempt, and its trace.

    ``beginning`` is the state in which it began, as JSON values, if it is to be replayed.
    """

    index: int
    status: Status
    reason: str | None
    repaired: bool
    pair: dict[str, Any] | None
    attempts: list[dict[str, Any]]
    steps: list[Step]
    seconds: float
    beginning: dict[str, Any] | None = None


@dataclass(slots=True)
class Totals:
    """The counts of a run: items done, pairs kept, those of them that needed repair, rejections by reason."""

    items: int = 0
    kept: int = 0
    repaired: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, status: str, reason: str | None, repaired: bool, count: int = 1) -> None:
        """Count ``count`` more items that ended alike."""
        self.items += count
        if status == "kept":
            self.kept += count
            self.repaired += count * repaired
        else:
            self.rejected[reason or "unknown"] += count
