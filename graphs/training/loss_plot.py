"""The fall of a loss, drawn with characters."""

from collections.abc import Sequence

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille cell, by row and column
_BLANK = 0x2800
_LABEL = 9  # columns of a number and the axis

Points = Sequence[tuple[int, float]]


def loss_plot(losses: Points, width: int = 80, height: int = 8) -> list[str]:
    """Return the lines of a plot of ``(step, loss)`` pairs, in so many columns, with the largest loss at the top.

    Every cell has 2 x 4 dots; losses that fall on one column of them are averaged. Below stands the last step. Without
    two steps there is nothing to draw.
    """
    if len({step for step, _ in losses}) < 2:
        return []
    columns, rows = 2 * (width - _LABEL), 4 * height
    means = _means(losses, columns)
    low, high = min(means.values()), max(means.values())
    spread = (high - low) or 1.0
    cells = [[0] * (width - _LABEL) for _ in range(height)]
    for column, mean in means.items():
        row = round((high - mean) / spread * (rows - 1))
        cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
    ends = {0: high, height - 1: low}
    drawn = [
        f"{_number(ends.get(number)):>{_LABEL - 2}} {'┤' if number in ends else '│'}"
        + "".join(chr(_BLANK + cell) for cell in line).rstrip(chr(_BLANK))
        for number, line in enumerate(cells)
    ]
    last = f"step {losses[-1][0]}"
    return [*drawn, " " * (width - len(last)) + last]


def _means(losses: Points, columns: int) -> dict[int, float]:
    """Return the mean loss of each column of dots that has one."""
    first, last = losses[0][0], losses[-1][0]
    found: dict[int, list[float]] = {}
    for step, loss in losses:
        found.setdefault(round((step - first) / (last - first) * (columns - 1)), []).append(loss)
    return {column: sum(each) / len(each) for column, each in found.items()}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
