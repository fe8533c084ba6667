"""Arithmetic on tensors as vectors, whatever their shape, in float32 and block by block.

A block stays in the processor's cache, so that no copy of a whole tensor is made. And its sums are short: the norm of
28 million numbers that torch adds up in float32 in one go is wrong by 2 in a thousand.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import torch

from .step import CannotMerge

_BLOCK = 2**20  # numbers


def vector_norm(tensor: torch.Tensor) -> float:
    """Return the Euclidean norm; raises ``CannotMerge`` for NaN, Inf or a norm beyond float32."""
    norm = float(torch.tensor([float(block.norm()) for block in _blocks(tensor)]).norm())
    if not math.isfinite(norm):
        raise CannotMerge("it holds NaN, Inf or numbers too large for float32")
    return norm


def cosine_between(first: torch.Tensor, second: torch.Tensor, norms: tuple[float, float]) -> float:
    """Return the cosine, from -1 to 1, of two tensors of the given norms, which are not 0."""
    pairs = zip(_blocks(first), _blocks(second), strict=True)
    parts = [float((ours / norms[0]).mul_(theirs / norms[1]).sum()) for ours, theirs in pairs]
    return float(torch.tensor(parts).sum().clamp(-1.0, 1.0))


def cosines_of(tensors: Sequence[torch.Tensor], norms: Sequence[float]) -> Any:
    """Return the cosine of every two tensors of the given norms, none of them 0, as a symmetric matrix of float64."""
    cosines = np.eye(len(tensors))
    for i, j in combinations(range(len(tensors)), 2):
        cosines[i, j] = cosines[j, i] = cosine_between(tensors[i], tensors[j], (norms[i], norms[j]))
    return cosines


def smallest_cosine(tensors: Sequence[torch.Tensor], norms: Sequence[float]) -> float | None:
    """Return the smallest cosine between any two of ``tensors``; None where one is all zeros."""
    return float(cosines_of(tensors, norms).min()) if all(norms) else None


def weighted_sum(tensors: Sequence[torch.Tensor], shares: Sequence[float]) -> torch.Tensor:
    """Return the sum of tensors of one shape, each times its share."""
    total = torch.empty(tensors[0].shape, dtype=torch.float32)
    for place, *blocks in zip(total.view(-1).split(_BLOCK), *map(_blocks, tensors), strict=True):
        torch.mul(blocks[0], shares[0], out=place)
        for block, share in zip(blocks[1:], shares[1:], strict=True):
            place.add_(block * share)
    return total


def all_same(tensors: Sequence[torch.Tensor]) -> bool:
    """Tell whether the tensors are equal, as those are that fine-tuning left frozen."""
    return all(torch.equal(tensors[0], other) for other in tensors[1:])


def _blocks(tensor: torch.Tensor) -> Iterator[torch.Tensor]:
    return (block.float() for block in tensor.reshape(-1).split(_BLOCK))
