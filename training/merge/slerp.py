"""Spherical linear interpolation: from one tensor to another along the arc between them.

Shoemake, "Animating Rotation with Quaternion Curves" (SIGGRAPH 1985), with the whole tensor as one vector. As in the
published merges of language models, the angle is that of the directions, but the ends keep their lengths.
"""

from collections.abc import Sequence

import torch

from .step import PARALLEL, Branch, CannotMerge, Step, norm_ratio, refuse_antiparallel
from .vectors import all_same, float32_cosine, geometry, smallest, weighted_sum


def slerp(first: torch.Tensor, second: torch.Tensor, t: float) -> tuple[torch.Tensor, Step]:
    """Return the tensor at ``t`` on the way from ``first`` (0) to ``second`` (1), of the same shape, and how.

    The result is float32, but at 0 and 1 it is the end itself, bit for bit, and so it is where both are equal. Tensors
    whose cosine is above 0.9995, or of which one is all zeros, are interpolated along the straight line (LERP). Raises
    ``CannotMerge`` for NaN, Inf and, between the ends, antiparallel tensors, and for a ``t`` outside of 0 to 1.
    """
    if not 0.0 <= t <= 1.0:
        raise CannotMerge(f"t = {t} is not from 0 to 1")
    norms, cosines = geometry((first, second))
    cosine = smallest(cosines)
    branch: Branch = "end" if t in (0.0, 1.0) else _between(first, second, cosine)
    step = Step(branch, t, cosine, norm_ratio(norms))
    if branch in ("end", "same"):
        return (second if t == 1.0 else first), step
    return weighted_sum((first, second), _shares(t, float32_cosine(first, second) if branch == "slerp" else None)), step


def _between(first: torch.Tensor, second: torch.Tensor, cosine: float | None) -> Branch:
    if all_same((first, second)):
        return "same"
    refuse_antiparallel(cosine)
    return "lerp" if cosine is None or cosine > PARALLEL else "slerp"


def _shares(t: float, cosine: float | None) -> tuple[float, float]:
    """Return the shares of the ends, in float32: 1 - t and t on the straight line, which has no ``cosine``.

    On the arc, with the angle W between the ends, they are sin((1 - t) W) / sin W and sin(t W) / sin W.
    """
    way = torch.tensor([1.0 - torch.tensor(t), t], dtype=torch.float32)
    if cosine is not None:
        angle = torch.arccos(torch.tensor(cosine, dtype=torch.float32))
        way = torch.sin(way * angle) / torch.sin(angle)
    return float(way[0]), float(way[1])


def slerp_chain(tensors: Sequence[torch.Tensor], t: float | None = None) -> tuple[torch.Tensor, list[Step]]:
    """Merge any number of tensors two at a time, each with the merge of those before it; return the step of each.

    By default the k-th tensor joins with t = 1/k, so that on straight lines all end with the same share; on arcs the
    order still matters a little. A given ``t`` is that of every step.
    """
    merged, steps = tensors[0], []
    for place, tensor in enumerate(tensors[1:], start=2):
        merged, step = slerp(merged, tensor, 1.0 / place if t is None else t)
        steps.append(step)
    return merged, steps
