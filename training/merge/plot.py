"""How far apart the models are, layer by layer."""

from collections.abc import Sequence
from pathlib import Path

from .depth import Kind, kind_of, layer_of
from .report import TensorReport
from .step import PARALLEL

_SIZE = 7.2, 3.6  # inches
_DOTS_PER_INCH = 150
_LEAST = 1e-8  # where equal tensors are drawn, since a logarithmic axis has no 0
_COLOURS: dict[Kind, str] = {
    "attention": "#1f6f8b",
    "mlp": "#c8553d",
    "norm": "#e0a030",
    "embedding": "#3a7d44",
    "head": "#7b4b94",
    "other": "#4a4e69",
}


def draw_cosines(reports: Sequence[TensorReport], path: Path) -> None:
    """Draw 1 - cosine against the layer, a colour for each kind of tensor, and save it as PNG.

    The embedding stands before the first layer, the last norm and the head behind the last. Below the dashed line
    SLERP is LERP.
    """
    from matplotlib.figure import Figure  # not pyplot, which would look for a display

    figure = Figure(figsize=_SIZE, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    layers = 1 + max((layer_of(report.name) or 0 for report in reports), default=0)
    for kind, colour in _COLOURS.items():
        drawn = [(report, report.cosine) for report in reports if kind_of(report.name) == kind]
        points = [
            (_place(report.name, layers), max(_LEAST, 1 - cosine)) for report, cosine in drawn if cosine is not None
        ]
        if points:
            places, distances = zip(*points, strict=True)
            axes.scatter(places, distances, color=colour, label=kind, s=14, alpha=0.8, clip_on=False)
    axes.axhline(1 - PARALLEL, color="#9a9a9a", linestyle="--", linewidth=1)
    axes.set_yscale("log")
    axes.set_xlabel("layer")
    axes.set_ylabel("1 - cosine")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=len(_COLOURS), frameon=False, fontsize="small")
    figure.savefig(path, metadata={"Software": None})


def _place(name: str, layers: int) -> int:
    layer = layer_of(name)
    if layer is not None:
        return layer
    return -1 if kind_of(name) == "embedding" else layers
