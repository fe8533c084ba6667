"""Whether the prompt of a dialect reaches the dialect's own expert more than chance, and more than others' prompts."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..metrics import Estimate
from .report import OwnExpert
from .tally import PARTS, Numbers, Tally, of_part

_RESAMPLES = 2_000
_BOUNDS = (2.5, 97.5)  # percent: an interval of 95 %


def own_experts(
    by_dialect: Mapping[str, Sequence[Tally]], experts: Sequence[str | None], seed: int
) -> tuple[OwnExpert, ...]:
    """Compare, for each dialect that has an expert and each of ``PARTS``, its share of the picks there.

    The intervals are percentile bootstraps (Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), section
    13.3), for which whole examples are drawn anew within each dialect: the tokens of one hang together. Of a single
    example nothing can be drawn, and the interval is all there is.
    """
    found = [each for part in PARTS for each in _of_part(part, by_dialect, experts, seed)]
    return tuple(sorted(found, key=lambda each: list(by_dialect).index(each.dialect)))


def _of_part(
    part: str, by_dialect: Mapping[str, Sequence[Tally]], experts: Sequence[str | None], seed: int
) -> list[OwnExpert]:
    random = np.random.default_rng(seed)
    picks = {
        dialect: np.array([of_part(tally.picks, part).sum(axis=0) for tally in tallies])
        for dialect, tallies in by_dialect.items()
    }
    drawn = {dialect: resampled_shares(each, random) for dialect, each in picks.items()}
    return [_own(dialect, part, picks, drawn, experts) for dialect in picks if dialect in experts]


def resampled_shares(picks: Numbers, random: np.random.Generator) -> Numbers:
    """Return each expert's share of the picks [resamples, experts] when examples are drawn anew.

    ``picks`` is [examples, experts].
    """
    count = len(picks)
    sums = np.array([random.multinomial(count, np.full(count, 1 / count)) @ picks for _ in range(_RESAMPLES)])
    shares: Numbers = sums / sums.sum(axis=1, keepdims=True)
    return shares


def _own(
    dialect: str,
    part: str,
    picks: Mapping[str, Numbers],
    drawn: Mapping[str, Numbers],
    experts: Sequence[str | None],
) -> OwnExpert:
    its = np.array([expert == dialect for expert in experts])
    chance = float(its.mean())
    shares = {name: float(each.sum(axis=0)[its].sum() / each.sum()) for name, each in picks.items()}
    redrawn = {name: each[:, its].sum(axis=1) for name, each in drawn.items()}
    mine, mine_redrawn = shares.pop(dialect), redrawn.pop(dialect)
    over_chance = _estimate(mine - chance, mine_redrawn - chance, len(picks[dialect]))
    if not shares:
        return OwnExpert(dialect, part, mine, chance, None, over_chance, None)
    others = float(np.mean(list(shares.values())))
    apart = mine_redrawn - np.mean(list(redrawn.values()), axis=0)
    over_others = _estimate(mine - others, apart, min(map(len, picks.values())))
    return OwnExpert(dialect, part, mine, chance, others, over_chance, over_others)


def _estimate(value: float, redrawn: Numbers, examples: int) -> Estimate:
    low, high = np.percentile(redrawn, _BOUNDS) if examples > 1 else (-1.0, 1.0)
    return Estimate(value, float(low), float(high))
