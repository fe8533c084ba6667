"""Merges of what models learnt since the base model that they share: TIES and DARE, by the PEFT library.

A task vector is a model's tensor less the base's. TIES: Yadav et al., "TIES-Merging" (arXiv 2306.01708). DARE: Yu et
al., "Language Models are Super Mario" (arXiv 2311.03099). Both keep a share of each task vector, the ``density``; here
that is counted in each tensor by itself. They take several copies of a tensor, where the other methods take none.
"""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal

import torch

from ...tools.errors import UsageError
from .step import Step, norm_ratio
from .vectors import all_same, geometry, smallest

_BITS = 2**63 - 1


def require_peft() -> None:
    """Raise ``UsageError`` unless PEFT is installed; imports nothing."""
    if find_spec("peft") is None:
        raise UsageError("TIES and DARE need PEFT: pip install peft.")


def ties(base: torch.Tensor, tensors: Sequence[torch.Tensor], density: float) -> tuple[torch.Tensor, Step]:
    """Return the base plus the mean of the largest changes, of those that agree on the sign of their sum, in float32.

    Raises ``CannotMerge`` for NaN and Inf.
    """
    if all_same((base, *tensors)):
        return base, _step("same", tensors)
    step = _step("ties", tensors)
    from peft.utils.merge_utils import ties as merged

    return base.float() + merged(_changes(base, tensors), torch.ones(len(tensors)), density), step


def dare(
    base: torch.Tensor, tensors: Sequence[torch.Tensor], shares: Sequence[float], density: float, draw: str
) -> tuple[torch.Tensor, Step]:
    """Return the base plus the weighted sum of changes of which a random part is kept, and made up for, in float32.

    The same ``draw`` keeps the same part. Raises ``CannotMerge`` for NaN and Inf.
    """
    if all_same((base, *tensors)):
        return base, _step("same", tensors)
    step = _step("dare", tensors)
    from peft.utils.merge_utils import dare_linear as merged

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int.from_bytes(hashlib.sha256(draw.encode()).digest()[:8], "little") & _BITS)
        return base.float() + merged(_changes(base, tensors), torch.tensor(shares), density), step


def _step(branch: Literal["ties", "dare", "same"], tensors: Sequence[torch.Tensor]) -> Step:
    norms, cosines = geometry(tensors)
    return Step(branch, None, smallest(cosines), norm_ratio(norms))


def _changes(base: torch.Tensor, tensors: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    return [tensor.float() - base.float() for tensor in tensors]
