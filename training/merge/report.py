"""What a merge did: tensor by tensor, and summed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .depth import kind_of, layer_of
from .step import Step


@dataclass(frozen=True, slots=True)
class TensorReport:
    """How a tensor of ``count`` numbers was merged: a step, or one for each model of a chain but the first."""

    name: str
    count: int
    steps: Sequence[Step]

    @property
    def cosine(self) -> float | None:
        """The smallest cosine of its steps; None where one has none."""
        cosines = [step.cosine for step in self.steps]
        known = [cosine for cosine in cosines if cosine is not None]
        return min(known) if cosines and len(known) == len(cosines) else None

    def record(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        about = {"name": self.name, "kind": kind_of(self.name), "layer": layer_of(self.name), "count": self.count}
        return {**about, "steps": [asdict(step) for step in self.steps]}


@dataclass(frozen=True, slots=True)
class BranchShare:
    """How many steps took a branch, their share of all steps, and the share of the numbers that they moved."""

    steps: int
    share: float
    share_of_numbers: float


@dataclass(frozen=True, slots=True)
class MergeSummary:
    """A merge in short; ``smallest_cosine`` is that of the tensor ``furthest_apart``, None where all are zeros."""

    directory: Path
    models: tuple[str, ...]
    recipe: dict[str, Any]
    tensors: int
    numbers: int
    bytes: int
    branches: dict[str, BranchShare]
    smallest_cosine: float | None
    furthest_apart: str | None
    seconds: float


def branch_shares(reports: Sequence[TensorReport]) -> dict[str, BranchShare]:
    """Return how the steps of all tensors are shared among the branches, the most frequent first."""
    counts: dict[str, list[int]] = defaultdict(list)
    for report in reports:
        for step in report.steps:
            counts[step.branch].append(report.count)
    steps, numbers = sum(map(len, counts.values())), sum(map(sum, counts.values()))
    ranked = sorted(counts.items(), key=lambda item: -len(item[1]))
    return {
        branch: BranchShare(len(those), len(those) / steps, sum(those) / numbers if numbers else 0.0)
        for branch, those in ranked
    }


def furthest_apart(reports: Sequence[TensorReport]) -> TensorReport | None:
    """Return the report with the smallest cosine; None where no tensor has one."""
    known = [report for report in reports if report.cosine is not None]
    return min(known, key=lambda report: report.cosine or 0.0, default=None)
