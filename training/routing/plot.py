"""The heat map: which expert each dialect's tokens reach, over all layers and in each."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .report import RoutingReport, Shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

_MARGIN, _ROW, _LAYER, _CELL = 2.0, 0.32, 0.12, 0.55  # inches: around all, and of a dialect, a layer, an expert
_LEAST_PANEL = 1.6  # inches
_DOTS_PER_INCH = 150
_COLOURS, _OWN = "Blues", "#c8553d"
_WRITTEN_OUT = 16  # experts at most for their shares to be written into the cells
_DARK = 0.6  # of the largest share: above it letters are white


def draw_routing(report: RoutingReport, path: Path) -> None:
    """Draw the shares of picks as PNG: above dialects by experts, below for each dialect layers by experts.

    All panels have one scale, from 0 to the largest share; a frame marks a dialect's own expert.
    """
    from matplotlib.figure import Figure  # not pyplot, which would look for a display

    parts = [each.parts["all"] for each in report.dialects]
    names = [each.dialect for each in report.dialects]
    panels = [[layer.picks for layer in each.layers] for each in parts]
    largest = max(share for panel in panels for row in panel for share in row)
    panel = max(_LEAST_PANEL, _CELL * len(report.experts))
    heights = _ROW * len(names), max(_LEAST_PANEL, _LAYER * len(panels[0]))
    figure = Figure((1 + panel * len(names), _MARGIN + sum(heights)), dpi=_DOTS_PER_INCH, layout="constrained")
    grid = figure.add_gridspec(2, len(names), height_ratios=heights)
    above = figure.add_subplot(grid[0, :])
    image = _matrix(above, [each.picks for each in parts], largest, report.labels)
    above.set_yticks(range(len(names)), names)
    _frame(above, [(number, row) for row, name in enumerate(names) for number in _own(report, name)])
    if len(report.experts) <= _WRITTEN_OUT:
        _write_out(above, [each.picks for each in parts], largest)
    for column, (name, rows) in enumerate(zip(names, panels, strict=True)):
        below = figure.add_subplot(grid[1, column])
        _matrix(below, rows, largest, list(map(str, range(len(report.experts)))))
        below.set_title(f"{name} examples", fontsize="medium")
        below.set_xlabel("expert")
        _frame(below, [(number, 0) for number in _own(report, name)], len(rows))
        _number_layers(below, [layer.layer for layer in parts[column].layers], column == 0)
    figure.colorbar(image, ax=figure.axes, label="share of the picks", format=lambda share, _: f"{share:.0%}")
    figure.savefig(path, metadata={"Software": None})


def _matrix(axes: "Axes", rows: Sequence[Shares], largest: float, columns: Sequence[str]) -> "AxesImage":
    axes.set_xticks(range(len(columns)), columns)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return axes.imshow(rows, cmap=_COLOURS, vmin=0, vmax=largest, aspect="auto")


def _own(report: RoutingReport, dialect: str) -> list[int]:
    return [number for number, owner in enumerate(report.experts) if owner == dialect]


def _frame(axes: "Axes", cells: Sequence[tuple[int, int]], height: int = 1) -> None:
    from matplotlib.patches import Rectangle

    for x, y in cells:
        axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, height, fill=False, edgecolor=_OWN, linewidth=2, clip_on=False))


def _write_out(axes: "Axes", rows: Sequence[Shares], largest: float) -> None:
    for y, row in enumerate(rows):
        for x, share in enumerate(row):
            colour = "white" if share > _DARK * largest else "black"
            axes.text(x, y, f"{share:.1%}", ha="center", va="center", color=colour, fontsize="small")


def _number_layers(axes: "Axes", layers: Sequence[int], first: bool) -> None:
    """Number every fifth layer, in the first panel only, since the layers are the same in all."""
    shown = [(place, layer) for place, layer in enumerate(layers) if layer % 5 == 0] if first else []
    axes.set_yticks([place for place, _ in shown], [str(layer) for _, layer in shown])
    if first:
        axes.set_ylabel("layer")
