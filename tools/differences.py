"""Whether two proportions differ by more than chance."""

from dataclasses import dataclass
from math import sqrt

from .proportions import Proportion


@dataclass(frozen=True, slots=True)
class Difference:
    """The second proportion less the first with its 95 % interval; None, from -1 to 1, if either is of nothing."""

    value: float | None
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the difference can be told from chance: the interval leaves 0 out."""
        return self.value is not None and not self.low <= 0 <= self.high


def difference(first: Proportion, second: Proportion) -> Difference:
    """Return how much larger ``second`` is, of trials independent of those of ``first``.

    Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
    Statistics in Medicine 17 (1998), method 10: from the two Wilson intervals, good for few trials and at 0 and 1.
    """
    if first.value is None or second.value is None:
        return Difference(None, -1.0, 1.0)
    value = second.value - first.value
    below = sqrt((second.value - second.low) ** 2 + (first.high - first.value) ** 2)
    above = sqrt((second.high - second.value) ** 2 + (first.value - first.low) ** 2)
    return Difference(value, value - below, value + above)
