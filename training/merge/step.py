"""What was done to a tensor, and what is known about the vectors that it was made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

PARALLEL = 0.9995  # a cosine above this: the arc is as good as straight, and dividing by its sine would add error

Branch = Literal["end", "same", "lerp", "slerp", "karcher", "linear", "ties", "dare"]


class CannotMerge(ValueError):
    """These vectors have no meaningful merge; the message says why, but not which tensor it was."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on the tensors of a name.

    ``t`` is the second's share, from 0 to 1, where two were interpolated. ``cosine`` is the smallest between any two of
    the tensors, and ``norm_ratio`` the largest norm over the smallest; both are None where a tensor is all zeros.
    """

    branch: Branch
    t: float | None
    cosine: float | None
    norm_ratio: float | None


def norm_ratio(norms: Sequence[float]) -> float | None:
    """Return the largest of ``norms`` over the smallest; None where one is 0."""
    return max(norms) / min(norms) if all(norms) else None


def refuse_antiparallel(cosine: float | None) -> None:
    """Raise ``CannotMerge`` for vectors that point in opposite directions: no shortest arc joins them."""
    if cosine is not None and cosine < -PARALLEL:
        raise CannotMerge(f"its values in two models point in opposite directions (cosine {cosine:.6f})")
