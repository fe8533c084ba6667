"""Proportions with their uncertainty, and how well a judge tells wrong from right."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959964  # of the normal distribution, for 95 %


@dataclass(frozen=True, slots=True)
class Proportion:
    """``part`` of ``whole`` with its 95 % interval; None, from 0 to 1, of nothing."""

    part: int
    whole: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a judge catches what is wrong.

    ``precision``: of what it turned down, the wrong; ``recall``: of the wrong, what it turned down; ``accuracy``: of
    all, what it judged rightly; ``false_alarms``: of the right, what it turned down; ``f1`` is the harmonic mean of
    the first two.
    """

    precision: Proportion
    recall: Proportion
    f1: float | None
    accuracy: Proportion
    false_alarms: Proportion


def proportion(part: int, whole: int) -> Proportion:
    """Return ``part`` of ``whole`` with Wilson's score interval, which holds for few trials and at 0 and 1.

    Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927).
    """
    if not whole:
        return Proportion(part, whole, None, 0.0, 1.0)
    share, spread = part / whole, _Z**2 / whole
    centre = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return Proportion(part, whole, share, max(0.0, centre - half), min(1.0, centre + half))


def scores(judged: Iterable[tuple[bool, bool | None]]) -> Scores:
    """Score judgements ``(is wrong, was turned down)``; None for the second, no judgement, is a mistake either way."""
    count = Counter((wrong, (not wrong) if turned_down is None else turned_down) for wrong, turned_down in judged)
    caught, missed, alarms, passed = (
        count[key] for key in ((True, True), (True, False), (False, True), (False, False))
    )
    either = 2 * caught + missed + alarms
    return Scores(
        proportion(caught, caught + alarms),
        proportion(caught, caught + missed),
        2 * caught / either if either else None,
        proportion(caught + passed, caught + missed + alarms + passed),
        proportion(alarms, alarms + passed),
    )
