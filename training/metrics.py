"""Execution accuracy: how many questions are answered with gold's rows, and how sure that is.

A question proves something unless its gold does not run (``bad_gold``), hangs on chance (``nondeterministic``) or gives
nothing (``vacuous``), or a stand-in engine cannot run the answer (``unsupported``). What proves nothing is left out and
counted; a question without an answer is wrong. With several answers to a question, it counts by the share that match.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..tools.proportions import proportion
from .graded import GradedAnswer

Key = TypeVar("Key", bound=Hashable)
NO_EVIDENCE = frozenset({"bad_gold", "nondeterministic", "vacuous", "unsupported"})
ALL = "all"
LEVELS = ("easy", "medium", "hard", "extra")
_RESAMPLES, _SEED = 10_000, 0
_BOUNDS = (2.5, 97.5)  # percent: an interval of 95 %


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval; ``value`` is None of nothing."""

    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Execution accuracy, from 0 to 1.

    ``estimate`` is over the ``questions`` that prove something; ``strict`` counts those ``left_out`` as not matched,
    and is None of nothing. ``matched`` is a number of questions, or of shares of them where they have several answers.
    """

    estimate: Estimate
    matched: float
    questions: int
    left_out: int
    strict: float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one dialect and hardness (``all`` for all of them together), by grade."""

    dialect: str
    hardness: str
    grades: dict[str, int]
    accuracy: Accuracy


def accuracy(answers: Iterable[GradedAnswer]) -> Accuracy:
    """Return execution accuracy over the questions that ``answers`` belong to."""
    grouped = by_question(answers)
    shares = list(matching_shares(grouped).values())
    matched, questions = sum(shares), len(grouped)
    strict = matched / questions if questions else None
    return Accuracy(mean_with_interval(shares), matched, len(shares), questions - len(shares), strict)


def breakdown(answers: Iterable[GradedAnswer]) -> list[Cell]:
    """Return a cell per dialect and hardness, easy ones first, each dialect ending with all of its answers."""
    grouped: dict[str, dict[str, list[GradedAnswer]]] = {}
    for answer in answers:
        for level in (answer.hardness, ALL):
            grouped.setdefault(answer.dialect, {}).setdefault(level, []).append(answer)
    return [_cell(d, level, grouped[d][level]) for d in sorted(grouped) for level in sorted(grouped[d], key=_place)]


def _cell(dialect: str, level: str, answers: Sequence[GradedAnswer]) -> Cell:
    return Cell(dialect, level, dict(Counter(a.grade for a in answers).most_common()), accuracy(answers))


def _place(level: str) -> tuple[int, str]:
    """Order hardness as Spider does, then what is none, then the total."""
    return (LEVELS.index(level) if level in LEVELS else len(LEVELS) + (level == ALL)), level


def by_question(answers: Iterable[GradedAnswer]) -> dict[tuple[str, str], list[GradedAnswer]]:
    """Return the answers to each question, by dialect and id."""
    grouped: dict[tuple[str, str], list[GradedAnswer]] = {}
    for answer in answers:
        grouped.setdefault((answer.dialect, answer.id), []).append(answer)
    return grouped


def matching_shares(grouped: dict[Key, list[GradedAnswer]]) -> dict[Key, float]:
    """Return, for each question that proves something, the share of its answers that match."""
    proving = {key: [a for a in those if a.outcome not in NO_EVIDENCE] for key, those in grouped.items()}
    return {key: sum(a.outcome == "match" for a in those) / len(those) for key, those in proving.items() if those}


def mean_with_interval(values: Sequence[float], lowest: float = 0.0) -> Estimate:
    """Return the mean of a value per question, from ``lowest`` (0 or -1) to 1, with its percentile bootstrap interval.

    Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3: 10,000 resamples of the questions,
    the same for the same values. How often each distinct value is drawn is multinomial, so that only this is drawn.
    Where all values are the same, resampling shows no spread; Wilson's interval takes its place.
    """
    if not values:
        return Estimate(None, lowest, 1.0)
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    if len(distinct) == 1:
        return _of_one_value(float(distinct[0]), len(values), lowest)
    drawn = np.random.default_rng(_SEED).multinomial(len(values), counts / len(values), size=_RESAMPLES)
    low, high = np.percentile(drawn @ distinct / len(values), _BOUNDS)
    return Estimate(float(counts @ distinct) / len(values), float(low), float(high))


def _of_one_value(value: float, count: int, lowest: float) -> Estimate:
    """Return the interval of a mean of ``count`` equal values; that of 0 reaches to both sides, if there are two."""
    wilson = proportion(round(abs(value) * count), count)
    if value > 0:
        return Estimate(value, wilson.low, wilson.high)
    return Estimate(value, max(lowest, -wilson.high), -wilson.low if value else wilson.high)
