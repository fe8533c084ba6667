"""The mixture from beginning to end: gates first, then tensor after tensor into its place."""

import time
from collections.abc import Callable, Sequence

import torch

from ...tools.errors import UsageError
from ..checkpoints.checkpoint import open_checkpoint
from ..checkpoints.digests import digested
from ..checkpoints.lineage import carry_over
from ..checkpoints.output import new_folder, require_free
from ..checkpoints.shards import DTYPES, PlannedTensor, plan_shards, write_shards
from ..merge.vectors import all_finite
from .companions import write_papers
from .config import MixtureConfig
from .gates import gates_of
from .layout import Layout, family_of, mixture_config
from .preflight import require_mixable
from .report import MixtureSummary, layer_gates, summarised

Progress = Callable[[int, int], None]  # numbers written, and of how many


def mix(config: MixtureConfig, progress: Progress) -> MixtureSummary:
    """Make a mixture of experts in a folder that Transformers loads, and report how well its gates part the dialects.

    Beside the weights, the folder takes over the base's tokenizer and chat template, and holds ``mixture.json``,
    ``lineage.json`` and a model card. Raises ``UsageError`` for models or keywords of which there is no mixture and
    ``IsoglossError`` where the folder cannot be written; then there is no folder.
    """
    began = time.monotonic()
    config.check()
    require_free(config.out)
    base, *experts = models = [open_checkpoint(folder) for folder in config.folders]
    require_mixable(base, experts)
    layout = Layout(base, experts, config.dtype)
    planned = layout.planned()
    with new_folder(config.out, sum(tensor.bytes for tensor in planned)) as folder, digested(models) as digests:
        gates = gates_of(base, config)
        told = layer_gates(gates)
        write_shards(folder, plan_shards(planned, config.shard_bytes), _values(layout, planned, gates, progress))
        carry_over(base, folder, mixture_config(base, config))
        summary = summarised(config, family_of(base).name, planned, told, time.monotonic() - began)
        write_papers(folder, summary, told, digests(), config)
    return summary


def _values(
    layout: Layout, planned: Sequence[PlannedTensor], gates: torch.Tensor, progress: Progress
) -> Callable[[PlannedTensor], torch.Tensor]:
    """Return what gives a planned tensor its numbers, and tells how far the mixture is."""
    written, of = 0, sum(tensor.count for tensor in planned)

    def values(tensor: PlannedTensor) -> torch.Tensor:
        nonlocal written
        held = layout.values(tensor, gates).to(DTYPES[tensor.dtype])
        if not all_finite(held):
            raise UsageError(f"The tensor {tensor.name} holds NaN, Inf or numbers too large for {tensor.dtype}.")
        written += tensor.count
        progress(written, of)
        return held

    return values
