"""What the routers did, in shares and entropies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..metrics import Estimate
from .tally import PARTS, Numbers, Tally, of_part

Shares = tuple[float, ...]  # by expert; together 1


@dataclass(frozen=True, slots=True)
class LayerRouting:
    """One layer: the experts' shares of the picks and of the weights that their outputs were multiplied by.

    Both entropies are in units of the logarithm of the number of experts, from 0 to 1. ``entropy_of_mean`` is that of
    the mean of the tokens' router probabilities: 1 where the experts are loaded alike. ``mean_entropy`` is the mean
    over tokens of each one's own: 0 where the router is sure of every token. It is never the greater of the two; what
    lies between them is how much the choice of expert hangs on the token (their mutual information).
    """

    layer: int
    picks: Shares
    weights: Shares
    entropy_of_mean: float
    mean_entropy: float


@dataclass(frozen=True, slots=True)
class Routing:
    """How a number of tokens was routed, over all layers and in each."""

    tokens: int
    picks: Shares
    weights: Shares
    layers: tuple[LayerRouting, ...]


@dataclass(frozen=True, slots=True)
class DialectRouting:
    """How the examples of a dialect were routed, by ``PARTS``."""

    dialect: str
    examples: int
    parts: dict[str, Routing]


@dataclass(frozen=True, slots=True)
class OwnExpert:
    """Whether a dialect's tokens reach its own expert, by shares of the picks from 0 to 1.

    ``share`` is that of its own tokens, ``chance`` the expert's part of a router that draws, ``others`` the mean of the
    other dialects' shares to the same expert, which may simply be popular. ``over_chance`` and ``over_others`` are the
    differences with their 95 % intervals. Without another dialect ``others`` and ``over_others`` are None.
    """

    dialect: str
    part: str
    share: float
    chance: float
    others: float | None
    over_chance: Estimate
    over_others: Estimate | None


@dataclass(frozen=True, slots=True)
class RoutingReport:
    """The routing of a mixture: by dialect, of all dialects ``together``, and what each dialect's own expert gets.

    ``experts`` has for each expert the dialect whose it is, None where nothing says so, and ``top_k`` is how many of
    them take a token. ``too_long`` counts, by dialect, the examples of more than ``max_tokens`` tokens, which were left
    out. ``directory`` is where the report was written.
    """

    model: str
    data: tuple[str, ...]
    directory: Path
    experts: tuple[str | None, ...]
    top_k: int
    seed: int
    max_tokens: int
    too_long: dict[str, int]
    dialects: tuple[DialectRouting, ...]
    together: dict[str, Routing]
    own: tuple[OwnExpert, ...]

    @property
    def labels(self) -> list[str]:
        """What to call each expert: its number, and its dialect if that is known."""
        return [f"{number} {dialect}" if dialect else str(number) for number, dialect in enumerate(self.experts)]


def routing_by_part(tally: Tally, layers: Sequence[int]) -> dict[str, Routing]:
    """Return how the tokens of a tally were routed, for each of ``PARTS``; ``layers`` are the numbers of its layers."""
    return {part: _routing(tally, part, layers) for part in PARTS}


def _routing(tally: Tally, part: str, layers: Sequence[int]) -> Routing:
    picks, weights = of_part(tally.picks, part), of_part(tally.weights, part)
    tokens = of_part(tally.tokens, part)
    means, own = of_part(tally.probabilities, part) / tokens, of_part(tally.entropies, part) / tokens
    unit = math.log(picks.shape[1])
    found = tuple(
        LayerRouting(layer, _shares(picks[i]), _shares(weights[i]), _entropy(means[i]) / unit, float(own[i]) / unit)
        for i, layer in enumerate(layers)
    )
    return Routing(int(tokens), _shares(picks.sum(axis=0)), _shares(weights.sum(axis=0)), found)


def _shares(sums: Numbers) -> Shares:
    return tuple((sums / sums.sum()).tolist())


def _entropy(probabilities: Numbers) -> float:
    positive = probabilities[probabilities > 0]
    return float((positive * np.log(1 / positive)).sum())
