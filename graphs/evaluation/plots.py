"""The plots of an evaluation's report, as SVG to be put into a page."""

import re
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from ...training.metrics import ALL, Cell, Estimate
from ...training.pass_at_k import PassAtK
from .tables import outcomes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Series = tuple[str, Sequence[Cell]]
_WIDTH = 7.2  # inches
_GROUP = re.compile(r'<g id="[^"]*">')  # its name, which nothing refers to, is the same in every figure
_COLOURS = ("#1f6f8b", "#c8553d")  # of the systems, or dialects
_OUTCOMES = {
    "match": "#3a7d44",
    "runs but differs": "#e0a030",
    "error": "#b23a48",
    "timeout": "#7b4b94",
    "too_large": "#9d79bc",
    "rejected": "#6d2e46",
    "missing": "#4a4e69",
    "bad_gold": "#9a9a9a",
    "nondeterministic": "#b8b8b8",
    "vacuous": "#d0d0d0",
    "unsupported": "#e6e6e6",
}


def accuracy_plot(series: Sequence[Series]) -> str:
    """Draw accuracy with its 95 % interval by hardness, one colour per system."""
    levels = list(dict.fromkeys(cell.hardness for _, cells in series for cell in cells))
    levels = [level for level in levels if level != ALL] + [ALL]
    figure, axes = _new(1.2 + 0.36 * len(levels) * len(series))
    for number, (name, cells) in enumerate(series):
        known = [cell for cell in cells if cell.accuracy.estimate.value is not None]
        heights = [levels.index(cell.hardness) + 0.24 * (number - (len(series) - 1) / 2) for cell in known]
        _points(axes, heights, [cell.accuracy.estimate for cell in known], name, _COLOURS[number % len(_COLOURS)])
    axes.set_yticks(range(len(levels)), levels)
    axes.set_ylim(len(levels) - 0.5, -0.5)
    axes.set_xlim(0, 100)
    axes.set_xlabel("execution accuracy, % (95 % interval)")
    axes.grid(axis="x", color="#dddddd")
    _legend(axes, len(series))
    return _svg(figure, "accuracy")


def _points(axes: "Axes", heights: list[float], found: list[Estimate], name: str, colour: str) -> None:
    values = [100 * (each.value or 0.0) for each in found]
    reach = [
        [value - 100 * each.low for value, each in zip(values, found, strict=True)],
        [100 * each.high - value for value, each in zip(values, found, strict=True)],
    ]
    clipped = [[max(0.0, each) for each in side] for side in reach]
    axes.errorbar(values, heights, xerr=clipped, fmt="o", color=colour, capsize=3, label=name, clip_on=False)


def outcome_plot(series: Sequence[Series]) -> str:
    """Draw what became of the answers as bars of shares, one per system and hardness."""
    bars = [
        (cell.hardness if len(series) == 1 else f"{name} · {cell.hardness}", outcomes(cell))
        for name, cells in series
        for cell in cells
    ]
    names = [name for name in _OUTCOMES if any(name in each for _, each in bars)]
    figure, axes = _new(1.6 + 0.34 * len(bars))
    for place, (_, each) in enumerate(bars):
        begin = 0.0
        for name in names:
            width = 100 * each.get(name, 0) / sum(each.values())
            axes.barh(place, width, left=begin, height=0.7, color=_OUTCOMES[name], label=name if not place else None)
            begin += width
    axes.set_yticks(range(len(bars)), [label for label, _ in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("answers, %")
    _legend(axes, 4)
    return _svg(figure, "outcomes")


def pass_plot(curve: Sequence[PassAtK]) -> str:
    """Draw pass@k with its 95 % interval against k."""
    figure, axes = _new(2.9)
    ks, found = [each.k for each in curve], [each.estimate for each in curve]
    values = [100 * (each.value or 0.0) for each in found]
    axes.fill_between(ks, [100 * e.low for e in found], [100 * e.high for e in found], color=_COLOURS[0], alpha=0.2)
    axes.plot(ks, values, "o-", color=_COLOURS[0])
    axes.set_xscale("log", base=2)
    axes.set_xticks(ks, [str(k) for k in ks])
    axes.set_ylim(0, 100)
    axes.set_xlabel("k answers")
    axes.set_ylabel("pass@k, %")
    axes.grid(color="#dddddd")
    return _svg(figure, "pass")


def _new(height: float) -> "tuple[Figure, Axes]":
    """Return a figure ``height`` inches high; without pyplot, which would look for a display."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes


def _legend(axes: "Axes", columns: int) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, frameon=False, fontsize="small")


def _svg(figure: "Figure", name: str) -> str:
    """Return a figure as an SVG element, the same each time, whose ids are those of no other figure."""
    from matplotlib import rc_context

    drawn = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}):
        figure.savefig(drawn, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    _, tag, rest = drawn.getvalue().partition("<svg")
    return _GROUP.sub("<g>", tag + rest)
