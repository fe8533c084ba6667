"""How a list of items looks in a terminal: a line each, without the columns that are empty for all of them.

Lines are put together here and not by Rich's table, which takes a minute for 100,000 of them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style

from ..cleaning import strip_escapes
from ..theme import KEPT, QUIET, REJECTED, REPAIRED
from .amounts import cost_of, duration
from .query import Listing

Item = dict[str, Any]

_GAP = "  "
_LEAST_ROOM = 16  # cells for what an item is about; with fewer it gets a line of its own
_ABOUT = "reason, question"
_QUIET = Style.parse(QUIET)
_STATUS_STYLES = {"kept": Style.parse(KEPT), "repaired": Style.parse(REPAIRED), "rejected": Style.parse(REJECTED)}
_CELLS: dict[str, Callable[[Item], str]] = {
    "item": lambda item: str(item["item"]),
    "status": lambda item: "repaired" if item["repaired"] and item["status"] == "kept" else item["status"],
    "outcome": lambda item: item["outcome"] or "",
    "error": lambda item: item["error_class"] or "",
    "attempts": lambda item: str(item["attempts"]),
    "model": lambda item: item["model"] or "",
    "tokens": lambda item: f"{item['tokens']:,}" if item["tokens"] else "",
    "cost": lambda item: cost_of(item["tokens"], item["cost"]),
    "time": lambda item: duration(item["seconds"]),
}
_WIDEST_IF_NARROW = {"outcome": 9, "error": 13, "model": 12}  # cells
_NO_LIMIT = 1000
_FIRST_TO_GO = ("model", "outcome", "time")  # where there is room for less
_TO_THE_RIGHT = {"item", "attempts", "tokens", "cost", "time"}


def _column(name: str, items: list[Item], widest: int | None) -> list[str]:
    """Return the cells of a column, all equally wide, its name first."""
    texts = [name, *map(_CELLS[name], items)]
    clean = {text: strip_escapes(text) for text in set(texts)}
    width = min(max(map(cell_len, clean.values())), widest or _NO_LIMIT)
    fitted = {text: _in_cells(shown, width, name in _TO_THE_RIGHT) for text, shown in clean.items()}
    return [fitted[text] for text in texts]


def show_items(console: Console, listing: Listing) -> None:
    """Print a line for each item listed, and below them how many match and what the lines have no room for."""
    items, models = listing.items, {item["model"] for item in listing.items}
    told = [f"{len(items):,} of {listing.matching:,} items"]
    if items:
        one_model = {"model"} if len(models) == 1 else set()
        named = [name for name, cell in _CELLS.items() if name not in one_model and any(map(cell, items))]
        columns, left_out = _fitting(items, named, console.width)
        console.print(Segments(list(_segments(items, columns, console.width))), end="", soft_wrap=True)
        told += [f"model {strip_escapes(name)}" for name in models if name and one_model]
        told += [f"no room for {', '.join(left_out)}"] if left_out else []
    console.print(" · ".join(told), style=_QUIET)


def _fitting(items: list[Item], named: list[str], width: int) -> tuple[list[list[str]], list[str]]:
    """Return the columns that ``width`` cells have room for, and the names of those left out."""
    columns = {name: _column(name, items, None) for name in named}
    if width - _used(columns.values()) < _LEAST_ROOM:
        columns |= {name: _column(name, items, most) for name, most in _WIDEST_IF_NARROW.items() if name in columns}
    left_out = []
    for name in _FIRST_TO_GO:
        if _used(columns.values()) > width and name in columns:
            del columns[name]
            left_out.append(name)
    return list(columns.values()), left_out


def _segments(items: list[Item], columns: list[list[str]], width: int) -> Iterator[Segment]:
    """Yield the lines of a list, at most ``width`` cells each where that can be."""
    used, indent = _used(columns), _used(columns[:1])
    beside = width - used >= _LEAST_ROOM
    (number, status, *rest), *rows = zip(*columns, strict=True)
    yield Segment(_GAP.join([number, status, *rest, *([_ABOUT] if beside else [])]) + "\n", _QUIET)
    for item, (number, status, *rest) in zip(items, rows, strict=True):
        yield Segment(number + _GAP)
        yield Segment(status, _STATUS_STYLES.get(status.strip()))
        cells = _GAP + _GAP.join(rest)
        yield Segment(cells + _GAP if beside else f"{cells.rstrip()}\n{' ' * indent}", _QUIET)
        yield from _about(item, width - (used if beside else indent))


def _used(columns: Iterable[list[str]]) -> int:
    return sum(cell_len(column[0]) + len(_GAP) for column in columns)


def _about(item: Item, room: int) -> Iterator[Segment]:
    """Yield why the item was rejected, and its question, both in ``room`` cells."""
    reason, question = (strip_escapes(item[name] or "").replace("\n", " ") for name in ("reason", "question"))
    gap = " · " if reason and question else ""
    text = _shortened(reason + gap + question, room)
    yield Segment(text[: len(reason)])
    yield Segment(text[len(reason) :] + "\n", _QUIET if reason else None)


def _in_cells(text: str, width: int, to_the_right: bool) -> str:
    """Return ``text`` in exactly ``width`` cells."""
    text = _shortened(text, width)
    return " " * (width - cell_len(text)) + text if to_the_right else set_cell_size(text, width)


def _shortened(text: str, room: int) -> str:
    return text if cell_len(text) <= room else set_cell_size(text, max(0, room - 1)).rstrip() + "…"
