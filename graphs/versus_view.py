"""How two builds look side by side."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tools.differences import Difference
from ..tools.proportions import Proportion
from .cleaning import strip_escapes
from .theme import ACTIVE, KEPT, QUIET, REPAIRED
from .versus import Measure, Versus

_SHOWN = 6  # error classes, and reasons
_NAMED = 8  # constructs
_SURE = 0.05


def show_versus(console: Console, found: Versus) -> None:
    """Print what each run comes to, what differs and whether by chance, and what to do next."""
    first, second = (strip_escapes(name) for name in found.corpora)
    table = Table(box=None, padding=(0, 1, 0, 0), header_style=QUIET)
    table.add_column(f"% of {found.dialect}", max_width=24, overflow="ellipsis", no_wrap=True)
    for name in (first, second, "difference, in points"):
        table.add_column(name, justify="right", no_wrap=True, max_width=24, overflow="ellipsis")
    _add(table, found.measures)
    for title, measures in (("errors, of attempts", found.errors), ("rejected, of items", found.reasons)):
        if measures:
            table.add_row(Text(title, style=QUIET))
            _add(table, measures[:_SHOWN])
    console.print(table)
    _show_constructs(console, found, first, second)
    console.print("* can be told from chance: its 95 % interval leaves 0 out", style=QUIET)
    console.print()
    for name, run in zip((first, second), found.runs, strict=True):
        console.print(Text.assemble((f"{name}  ", ACTIVE), strip_escapes(str(run))), soft_wrap=True)
    console.print(f"\nisogloss trace list {found.runs[1]} --status rejected", soft_wrap=True)
    console.print(f"isogloss corpus why {found.runs[1]} 0", soft_wrap=True)
    if better := _better(found):
        console.print(f"isogloss corpus use {found.dialect} {better}", soft_wrap=True)


def _add(table: Table, measures: Iterable[Measure]) -> None:
    for each in measures:
        name = Text(strip_escapes(each.name))
        table.add_row(name, _share(each.first), _share(each.second), _points(each.difference))


def _share(found: Proportion) -> str:
    if found.value is None:
        return "-"
    return f"{100 * found.value:.1f} ({100 * found.low:.0f}-{100 * found.high:.0f})"


def _points(found: Difference) -> Text:
    if found.value is None:
        return Text("- ", style=QUIET)
    text = f"{100 * found.value:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"
    return Text(f"{text}{'*' if found.told else ' '}", style=REPAIRED if found.told else QUIET)


def _show_constructs(console: Console, found: Versus, first: str, second: str) -> None:
    used = found.constructs
    sure = "more than chance gives" if used.chance < _SURE else "no more than chance gives"
    console.print(f"\nconstructs of {found.dialect}'s own in {used.pairs} pairs of each, of {used.listed} there are:")
    console.print(f"{first} {used.first}, {second} {used.second} ({sure}, p = {used.chance:.2g})")
    _only(console, first, used.only_first)
    _only(console, second, used.only_second)


def _only(console: Console, corpus: str, names: tuple[str, ...]) -> None:
    if names:
        more = f" … {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        console.print(Text.assemble((f"only with {corpus}  ", QUIET), ("  ".join(names[:_NAMED]), KEPT), (more, QUIET)))


def _better(found: Versus) -> str | None:
    """Return the corpus that surely does better, if one does: of which more is learnt, or else more is kept.

    Learnt comes first: who tries less of the dialect keeps more.
    """
    kept, used = found.measures[0], found.constructs
    if used.chance < _SURE:
        return found.corpora[used.second > used.first]
    return found.corpora[(kept.difference.value or 0) > 0] if kept.told else None
