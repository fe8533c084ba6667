"""How two queries differ, as text with colours: the lines of both, then what happened to the parts of the first."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby

from rich.text import Text

from ..cleaning import strip_escapes
from ..theme import KEPT, QUIET, REJECTED, REPAIRED
from .sql_diff import text_diff, tree_diff

_SIGNS = {"+": KEPT, "-": REJECTED, " ": ""}
_VERBS = {"removed": REJECTED, "added": KEPT, "changed": REPAIRED, "moved": REPAIRED}
_WORDS = re.compile(r"\w+|\s+|.")

Line = tuple[str, Text]


def sql_difference(old: str, new: str, dialect: str) -> Text:
    """Return what changed from one query to another, by lines and by the syntax tree."""
    old, new = strip_escapes(old), strip_escapes(new)
    lines = [Text.assemble(f"{sign} ", text, style=_SIGNS[sign]) for sign, text in _lines(text_diff(old, new, dialect))]
    words = tree_diff(old, new, dialect)
    told = [Text("\nin the syntax tree", style=QUIET), *map(_in_color, words)] if words else []
    return Text("\n").join([*lines, *told])


def _lines(compared: list[tuple[str, str]]) -> Iterator[Line]:
    """Yield the lines with what differs in bold, where as many lines came as went."""
    blocks = [(sign, [Text(line) for _, line in block]) for sign, block in groupby(compared, lambda line: line[0])]
    for (sign, gone), (next_sign, come) in zip(blocks, [*blocks[1:], ("", [])], strict=True):
        if (sign, next_sign) == ("-", "+") and len(gone) == len(come):
            for before, after in zip(gone, come, strict=True):
                _embolden(before, after)
        yield from ((sign, text) for text in gone)


def _embolden(before: Text, after: Text) -> None:
    """Make bold what is in only one of two lines."""
    a, b = (list(_WORDS.finditer(text.plain)) for text in (before, after))
    matcher = SequenceMatcher(None, [m.group() for m in a], [m.group() for m in b], autojunk=False)
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what != "equal":
            for text, words in ((before, a[start:end]), (after, b[new_start:new_end])):
                text.stylize("bold", words[0].start() if words else 0, words[-1].end() if words else 0)


def _in_color(told: str) -> Text:
    verb, _, rest = told.partition(" ")
    return Text.assemble((f"{verb:<8}", _VERBS[verb]), rest)
