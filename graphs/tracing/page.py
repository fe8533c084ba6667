"""A long text in lines that fit, of which only those shown are styled: a megabyte opens at once."""

from bisect import bisect_right
from collections.abc import Iterator

from rich.cells import cell_len, get_character_cell_size
from rich.text import Text

_TAB = 4  # cells


def untabbed(text: str) -> str:
    """Return ``text`` with blanks for its tabs, whose width depends on where they stand."""
    return text.expandtabs(_TAB) if "\t" in text else text


class Page:
    """``text`` in lines of at most ``width`` cells, broken at blanks where there are some.

    What is broken off goes on after ``hanging`` blanks.
    """

    def __init__(self, text: Text, width: int, hanging: int = 0) -> None:
        self._text = text
        self._hanging = " " * min(hanging, width // 2)
        self._spans = list(_line_spans(text.plain, max(1, width), len(self._hanging)))

    def __len__(self) -> int:
        return len(self._spans)

    def lines(self, first: int, number: int) -> list[Text]:
        """Return ``number`` lines from line ``first`` on, styled; fewer where the text ends."""
        spans = self._spans[first : first + number]
        if not spans:
            return []
        start = spans[0][0]
        window = self._text[start : spans[-1][1]]
        lines = [window[a - start : b - start] for a, b in spans]
        if self._hanging:
            lines = [self._hung(line, a) for line, (a, _) in zip(lines, spans, strict=True)]
        return lines

    def line_of(self, character: int) -> int:
        """Return the line in which a character of the text is."""
        return max(0, bisect_right(self._spans, (character, len(self._text))) - 1)

    def _hung(self, line: Text, start: int) -> Text:
        broken_off = start > 0 and self._text.plain[start - 1] != "\n"
        return Text.assemble(self._hanging, line) if broken_off else line


def _line_spans(text: str, width: int, hanging: int) -> Iterator[tuple[int, int]]:
    """Yield where each line starts and ends in ``text``."""
    start = 0
    for line in text.split("\n"):
        if len(line) <= width and line.isascii():
            yield start, start + len(line)
        else:
            yield from ((start + a, start + b) for a, b in _broken(line, width, hanging))
        start += len(line) + 1


def _broken(line: str, width: int, hanging: int) -> Iterator[tuple[int, int]]:
    at = 0
    while True:
        end = _fitting(line, at, width - hanging if at else width)
        blank = line.rfind(" ", at, end + 1) if end < len(line) else -1
        if blank > at and not line[at:blank].isspace():
            yield at, blank
            at = next((n for n in range(blank, len(line)) if line[n] != " "), len(line))
        else:
            yield at, end
            at = end
        if at >= len(line):
            return


def _fitting(line: str, at: int, width: int) -> int:
    """Return the end of the longest part of ``line`` from ``at`` on that takes at most ``width`` cells."""
    if line.isascii():
        return min(len(line), at + width)
    end = cells = 0
    for end in range(at, len(line)):
        cells += get_character_cell_size(line[end])
        if cells > width:
            break
    else:
        end = len(line)
    while end > at + 1 and cell_len(line[at:end]) > width:  # some characters are wider together
        end -= 1
    return max(end, at + 1)
