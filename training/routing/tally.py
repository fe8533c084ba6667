"""What the routers did with the tokens of some examples, as sums that can be added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

PARTS = ("prompt", "completion", "all")  # of an example's tokens
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over the tokens of prompts (first axis: 0) and of completions (1).

    ``tokens`` is [2]; by layer and expert, [2, layers, experts], ``picks`` counts how often an expert was among the
    top k, ``weights`` sums what its output was multiplied by, ``probabilities`` the router's softmax over all experts;
    ``entropies`` [2, layers] sums the entropy of that softmax, token by token, in nats.
    """

    tokens: Numbers
    picks: Numbers
    weights: Numbers
    probabilities: Numbers
    entropies: Numbers

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.tokens + other.tokens,
            self.picks + other.picks,
            self.weights + other.weights,
            self.probabilities + other.probabilities,
            self.entropies + other.entropies,
        )


def of_part(sums: Numbers, part: str) -> Numbers:
    """Return the sums of one of ``PARTS``: the first axis is gone."""
    taken: Numbers = sums.sum(axis=0) if part == "all" else sums[PARTS.index(part)]
    return taken


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of one tally or more."""
    return reduce(Tally.__add__, tallies)
