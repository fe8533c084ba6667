"""What is known of a mixture before it has answered anything: how well its gates tell the dialects apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ...tools.errors import UsageError
from ..checkpoints.shards import PlannedTensor
from .config import MixtureConfig

DEGENERATE = 5.0  # a condition number above this: some dialects are hard to tell apart
_SINGULAR = 1e4  # above this, two gates are the same up to rounding


@dataclass(frozen=True, slots=True)
class LayerGates:
    """The gates of a layer: their ``condition`` number, and the cosine of every two in the order of the experts.

    Only differences between gates matter to a router, whose softmax is blind to what all have in common. So the
    condition number is the largest singular value of the gates over the smallest of their differences from their mean,
    the one that is 0 by its making left out. Without negatives that is near the condition number of the gates
    themselves, which with the other dialects as negatives is infinite: such gates add up to zero.
    """

    layer: int
    condition: float
    cosines: tuple[float, ...]


def layer_gates(gates: torch.Tensor) -> list[LayerGates]:
    """Return what is to be known of gates, [layers, experts, hidden].

    Raises ``UsageError`` where, at a layer, a dialect cannot be told from the others at all.
    """
    told = [_layer(number, each.double()) for number, each in enumerate(gates)]
    if singular := [each.layer for each in told if not each.condition < _SINGULAR]:
        raise UsageError(
            f"The gates do not tell all dialects apart at {layers_named(singular)}: give each keywords of its own."
        )
    return told


def _layer(number: int, gates: torch.Tensor) -> LayerGates:
    apart = torch.linalg.svdvals(gates - gates.mean(dim=0))[len(gates) - 2]
    condition = float(torch.linalg.matrix_norm(gates, 2) / apart)
    unit = torch.nn.functional.normalize(gates, dim=-1)
    rows, columns = torch.triu_indices(len(gates), len(gates), offset=1)
    return LayerGates(number, condition, tuple(((unit @ unit.T)[rows, columns]).tolist()))


def layers_named(layers: Sequence[int]) -> str:
    """Return layers in words: ``layer 3``, or ``layers 0, 1, 2 … (12 in all)``."""
    shown = ", ".join(map(str, layers[:3]))
    more = f" … ({len(layers)} in all)" if len(layers) > 3 else ""
    return f"layer{'s' if len(layers) > 1 else ''} {shown}{more}"


@dataclass(frozen=True, slots=True)
class MixtureSummary:
    """A mixture in short; ``working`` is how many of its ``numbers`` work on a token.

    ``degenerate`` are the layers at which the condition number of the gates is above 5, and ``closest`` is the largest
    cosine of two gates, at the layer ``closest_at``.
    """

    directory: Path
    base: str
    experts: Mapping[str, str]
    architecture: str
    recipe: Mapping[str, Any]
    tensors: int
    numbers: int
    working: int
    bytes: int
    conditions: tuple[float, float]  # the smallest and the largest
    degenerate: tuple[int, ...]
    closest: float
    closest_at: int
    seconds: float


def summarised(
    config: MixtureConfig, family: str, planned: Sequence[PlannedTensor], told: Sequence[LayerGates], seconds: float
) -> MixtureSummary:
    """Return the summary of a mixture of the kind ``family``."""
    idle = len(config.experts) - config.top_k
    experts = sum(tensor.count for tensor in planned if ".experts." in tensor.name)
    numbers = sum(tensor.count for tensor in planned)
    closest = max(told, key=lambda each: max(each.cosines))
    conditions = [each.condition for each in told]
    return MixtureSummary(
        directory=config.out,
        base=str(config.base),
        experts={dialect: str(folder) for dialect, folder in config.experts.items()},
        architecture=f"{family}ForCausalLM",
        recipe=config.recipe(),
        tensors=len(planned),
        numbers=numbers,
        working=numbers - experts * idle // len(config.experts),
        bytes=sum(tensor.bytes for tensor in planned),
        conditions=(min(conditions), max(conditions)),
        degenerate=tuple(each.layer for each in told if each.condition > DEGENERATE),
        closest=max(closest.cosines),
        closest_at=closest.layer,
        seconds=seconds,
    )
