"""Means of any number of tensors in which their order plays no part: on the sphere, and weighted on straight lines."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from .step import CannotMerge, Step, norm_ratio, refuse_antiparallel
from .vectors import all_same, geometry, smallest, weighted_sum

_ROUNDS = 1000
_STILL = 1e-7  # radians: what float32 can tell apart
_CANCELLED = 1e-3  # the length of the mean of unit vectors below which its direction is chance


def linear(tensors: Sequence[torch.Tensor], weights: Sequence[float]) -> tuple[torch.Tensor, Step]:
    """Return the sum of ``tensors``, each times its weight, in float32; equal tensors stay as they are.

    The weights are to add up to 1. Raises ``CannotMerge`` for NaN and Inf.
    """
    norms, cosines = geometry(tensors)
    step = Step("linear", None, smallest(cosines), norm_ratio(norms))
    return _joined(tensors, weights, step)


def karcher_mean(tensors: Sequence[torch.Tensor]) -> tuple[torch.Tensor, Step]:
    """Return the tensor whose direction has the least sum of squared angles to the tensors', in float32.

    Karcher, "Riemannian center of mass and mollifier smoothing" (1977). Its norm is the mean of theirs. Where one of
    them is all zeros, and so has no direction, it is their plain mean (LERP). Raises ``CannotMerge`` for NaN, Inf, and
    tensors two of which are antiparallel or all of which cancel out.
    """
    norms, cosines = geometry(tensors)
    if not all(norms):
        return _joined(tensors, [1.0 / len(tensors)] * len(tensors), Step("lerp", None, None, None))
    least = smallest(cosines)
    refuse_antiparallel(least)
    length = sum(norms) / len(norms)
    shares = [length * share / norm for share, norm in zip(_mean_direction(cosines), norms, strict=True)]
    return _joined(tensors, shares, Step("karcher", None, least, norm_ratio(norms)))


def _joined(tensors: Sequence[torch.Tensor], shares: Sequence[float], step: Step) -> tuple[torch.Tensor, Step]:
    if all_same(tensors):
        return tensors[0], Step("same", step.t, step.cosine, step.norm_ratio)
    return weighted_sum(tensors, shares), step


def _mean_direction(cosines: Any) -> Any:
    """Return the shares of unit vectors in their mean on the sphere, a unit vector itself, from their cosines alone.

    The mean lies in the space that the vectors span, so that each round moves as many numbers as there are vectors: it
    averages the arcs from the mean to each of them and goes along that average.
    """
    count = len(cosines)
    mean = np.full(count, 1.0 / count)
    if (length := _length(mean, cosines)) < _CANCELLED:
        raise CannotMerge("its values in the models cancel out, and no direction is their mean")
    mean /= length
    for _ in range(_ROUNDS):
        nearness = np.clip(cosines @ mean, -1.0, 1.0)
        angles = np.arccos(nearness)
        pull = np.where(angles > _STILL, angles / np.maximum(np.sin(angles), _STILL), 1.0)
        move = (pull - (pull @ nearness) * mean) / count
        length = _length(move, cosines)
        if length < _STILL:
            return mean
        mean = np.cos(length) * mean + np.sin(length) * move / length
    raise CannotMerge("its values in the models lie too far apart for a mean on the sphere")


def _length(shares: Any, cosines: Any) -> float:
    return float(np.sqrt(max(0.0, shares @ cosines @ shares)))
