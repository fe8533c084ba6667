"""How the loss fell."""

from collections.abc import Sequence
from pathlib import Path

from .journal import LogLine

_SIZE = 7.2, 3.6  # inches
_DOTS_PER_INCH = 150
_TRAINING, _HELD_OUT = "#1f6f8b", "#c8553d"


def draw_losses(lines: Sequence[LogLine], measure: str, path: Path) -> None:
    """Draw the losses of training and of the examples held out against the step, and save them as PNG.

    ``measure`` says what the losses are.
    """
    from matplotlib.figure import Figure  # not pyplot, which would look for a display

    figure = Figure(figsize=_SIZE, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    trained = [(line.step, line.loss) for line in lines if line.loss is not None]
    held_out = [(line.step, line.held_out_loss) for line in lines if line.held_out_loss is not None]
    if trained:
        axes.plot(*zip(*trained, strict=True), color=_TRAINING, label="training", linewidth=1)
    if held_out:
        axes.plot(*zip(*held_out, strict=True), color=_HELD_OUT, label="held out", marker="o", markersize=4)
    axes.set_xlabel("step")
    axes.set_ylabel(measure)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Software": None})
