"""The fall of a loss, drawn with characters."""

from collections.abc import Sequence

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille cell, by row and column
_BLANK = 0x2800
_LABEL = 9  # columns of a number and the axis

Points = Sequence[tuple[int, float]]


def loss_plot(losses: Points, width: int = 80, height: int = 8) -> list[str]:
    """Return the lines of a plot of ``(step, loss)`` pairs, in so many columns, with the largest loss at the top.

    Every cell has 2 x 4 dots; losses that fall on one column of them are averaged, and between two there is a straight
    line. Below stands the last step. Without two steps there is nothing to draw.
    """
    if len({step for step, _ in losses}) < 2:
        return []
    heights = _heights(losses, 2 * (width - _LABEL))
    low, high = min(heights), max(heights)
    cells = [[0] * (width - _LABEL) for _ in range(height)]
    for column, each in enumerate(heights):
        row = round((high - each) / ((high - low) or 1.0) * (4 * height - 1))
        cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
    ends = {0: f"{high:.3f} ┤", height - 1: f"{low:.3f} ┤"}
    drawn = [
        f"{ends.get(number, '│'):>{_LABEL}}" + "".join(chr(_BLANK + cell) for cell in line).rstrip(chr(_BLANK))
        for number, line in enumerate(cells)
    ]
    return [*drawn, f"{f'step {losses[-1][0]}':>{width}}"]


def _heights(losses: Points, columns: int) -> list[float]:
    """Return the loss at each column of dots."""
    from numpy import interp

    first, last = losses[0][0], losses[-1][0]
    found: dict[int, list[float]] = {}
    for step, loss in losses:
        found.setdefault(round((step - first) / (last - first) * (columns - 1)), []).append(loss)
    means = [sum(each) / len(each) for each in found.values()]
    return [float(each) for each in interp(range(columns), list(found), means)]
