"""The parts of a step below each other: names at the left, of each part a few lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from ..theme import ACTIVE, QUIET
from .parts import Part

_NAMES = 16  # cells for the mark and the name of a part
_LEAST = 20  # cells for its text


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines, and at which of them each part starts; the last start is where they end."""

    lines: list[Text]
    starts: list[int]


def laid_out(parts: Sequence[Part], chosen: int, width: int) -> Layout:
    """Return the parts in brief, the chosen one marked."""
    lines: list[Text] = []
    starts = [0]
    for number, part in enumerate(parts):
        mark, style = ("▸ ", f"bold {ACTIVE}") if number == chosen else ("  ", QUIET)
        name = (f"{mark}{part.name}".ljust(_NAMES), style)
        for line in part.brief(max(_LEAST, width - _NAMES)).split("\n", allow_blank=True):
            lines.append(Text.assemble(name, line))
            name = (" " * _NAMES, "")
        starts.append(len(lines))
    return Layout(lines, starts)
