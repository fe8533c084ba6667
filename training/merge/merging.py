"""The merge from beginning to end, with one tensor of each model in memory at a time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint, open_checkpoint
from ..checkpoints.digests import digested
from ..checkpoints.lineage import carry_over
from ..checkpoints.output import new_folder, require_free
from ..checkpoints.preflight import require_mergeable
from ..checkpoints.shards import DTYPES, NUMBER_TYPES, PlannedTensor, plan_shards, write_shards
from .companions import merged_config, write_papers
from .config import MergeConfig
from .depth import depth_of, gradient_t, layer_of
from .means import karcher_mean, linear
from .report import MergeSummary, TensorReport, branch_shares, furthest_apart
from .slerp import slerp_chain
from .step import CannotMerge, Step
from .task_vectors import dare, require_peft, ties
from .vectors import all_finite, all_same

Progress = Callable[[int, int], None]  # numbers merged, and of how many


def merge(config: MergeConfig, progress: Progress) -> MergeSummary:
    """Merge models into a folder that Transformers loads, and report what was done to each tensor.

    Beside the weights, the folder takes over the first model's configuration, tokenizer and chat template, and holds
    ``merge.json``, ``merge.png``, ``lineage.json`` and a model card. Raises ``UsageError`` for models that cannot be
    merged and ``IsoglossError`` where the folder cannot be written; then there is no folder.
    """
    began = time.monotonic()
    config.check()
    require_free(config.out)
    if config.base:
        require_peft()
    models = [open_checkpoint(folder) for folder in config.folders]
    require_mergeable(models)
    planned = _planned(models[0], config.dtype)
    size = sum(tensor.bytes for tensor in planned)
    with new_folder(config.out, size) as folder, digested(models) as digests:
        work = _Work(config, models, planned, progress)
        write_shards(folder, plan_shards(planned, config.shard_bytes), work.merged)
        carry_over(models[0], folder, merged_config(models[0], config.dtype))
        summary = _summary(config, size, work.reports, time.monotonic() - began)
        write_papers(folder, summary, work.reports, digests(), models)
    return summary


def _planned(model: Checkpoint, dtype: str | None) -> list[PlannedTensor]:
    """Return the tensors to be written, from the embedding through the layers to the head."""
    wanted = NUMBER_TYPES[dtype] if dtype else None
    names = sorted(model.tensors, key=depth_of)
    stored = [(name, model.tensors[name]) for name in names]
    return [
        PlannedTensor(name, each.shape, wanted if wanted and DTYPES[each.dtype].is_floating_point else each.dtype)
        for name, each in stored
    ]


@dataclass(slots=True)
class _Work:
    config: MergeConfig
    models: Sequence[Checkpoint]
    planned: Sequence[PlannedTensor]
    progress: Progress
    reports: list[TensorReport] = field(default_factory=list)
    _layers: int = field(init=False)

    def __post_init__(self) -> None:
        self._layers = 1 + max((layer_of(tensor.name) or 0 for tensor in self.planned), default=0)

    def merged(self, planned: PlannedTensor) -> torch.Tensor:
        """Return the merged tensor in the number type that was planned; raises ``UsageError`` if there is none."""
        tensors = [model.read(planned.name) for model in self.models]
        try:
            values, steps = self._combined(planned.name, tensors)
            written = values.to(DTYPES[planned.dtype])
            if planned.dtype in ("F16", "BF16") and not all_finite(written):
                raise CannotMerge(f"its merge holds numbers too large for {planned.dtype}")
        except CannotMerge as error:
            raise UsageError(f"The tensor {planned.name} cannot be merged: {error}{self._where(tensors)}.") from error
        self.reports.append(TensorReport(planned.name, planned.count, steps))
        self.progress(sum(report.count for report in self.reports), sum(tensor.count for tensor in self.planned))
        return written

    def _combined(self, name: str, tensors: Sequence[torch.Tensor]) -> tuple[torch.Tensor, list[Step]]:
        if not tensors[0].is_floating_point():
            if not all_same(tensors):
                raise CannotMerge("it holds integers, and not the same in all models")
            return tensors[0], [Step("same", None, None, None)]
        if self.config.method == "slerp":
            t = gradient_t(name, self._layers) if self.config.gradient else self.config.t
            return slerp_chain(tensors, t)
        values, step = self._at_once(name, tensors)
        return values, [step]

    def _at_once(self, name: str, tensors: Sequence[torch.Tensor]) -> tuple[torch.Tensor, Step]:
        """Merge by a method that takes all tensors together; the last may be the base's."""
        config = self.config
        if config.method == "karcher":
            return karcher_mean(tensors)
        if config.method == "ties":
            return ties(tensors[-1], tensors[:-1], config.kept)
        if config.method == "dare":
            return dare(tensors[-1], tensors[:-1], config.shares, config.kept, f"{config.seed} {name}")
        return linear(tensors, config.shares)

    def _where(self, tensors: Sequence[torch.Tensor]) -> str:
        """Name the models in whose tensor there is NaN or Inf, if that is what was wrong."""
        pairs = zip(self.models, tensors, strict=True)
        found = [str(model.folder) for model, tensor in pairs if not all_finite(tensor)]
        return f" (in {', '.join(found)})" if found else ""


def _summary(config: MergeConfig, size: int, reports: Sequence[TensorReport], seconds: float) -> MergeSummary:
    apart = furthest_apart(reports)
    return MergeSummary(
        directory=config.out,
        models=tuple(map(str, config.models)),
        recipe=config.recipe(),
        tensors=len(reports),
        numbers=sum(report.count for report in reports),
        bytes=size,
        branches=branch_shares(reports),
        smallest_cosine=apart.cosine if apart else None,
        furthest_apart=apart.name if apart else None,
        seconds=seconds,
    )
