"""The dialects that Isogloss has here, ours and those of installed packages."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..knowledge.corpus import load_corpus
from ..tools.dialects import DIALECTS
from ..tools.dialects.installed import declarations, package_of
from ..tools.engines import engine_status
from ..tools.errors import UsageError
from .cleaning import strip_escapes
from .theme import KEPT, QUIET, REJECTED


@dataclass(frozen=True, slots=True)
class DialectRow:
    """A dialect as listed: ``source`` is the package it comes from, ``missing`` what keeps it from working."""

    name: str
    ready: bool
    engine: str
    stand_in: bool
    source: str
    missing: str | None = None
    remedy: str | None = None


def dialect_rows() -> list[DialectRow]:
    """Return every dialect, ours first; one of ours that a package declares again is told as missing there."""
    rows = []
    for status in engine_status():
        source = "isogloss" if status.dialect in DIALECTS else package_of(status.dialect)
        missing, remedy = status.problem, status.remedy
        if not status.ready:
            missing = missing or "its engine is not installed"
        else:
            missing, remedy = _without_tutorials(status.dialect)
        ready = missing is None
        rows.append(DialectRow(status.dialect, ready, status.version, status.stand_in, source, missing, remedy))
    return rows + [_taken(name) for name in sorted(declarations().keys() & set(DIALECTS))]


def _without_tutorials(dialect: str) -> tuple[str | None, str | None]:
    try:
        load_corpus(dialect)
    except UsageError as error:
        return str(error), None
    return None, None


def _taken(name: str) -> DialectRow:
    return DialectRow(name, False, "", False, package_of(name), "the name is that of one of Isogloss's own dialects")


def show_dialects(console: Console, rows: list[DialectRow]) -> None:
    """Print a line for each dialect, and under it what is missing."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        mark = Text("✓", style=KEPT) if row.ready else Text("✗", style=REJECTED)
        engine = f"{row.engine} (a stand-in)" if row.stand_in and "stand-in" not in row.engine else row.engine
        grid.add_row(mark, Text(row.name), Text(strip_escapes(engine)), Text(row.source, style=QUIET))
        if row.missing:
            grid.add_row("", "", Text(strip_escapes(row.missing)))
        if row.remedy:
            grid.add_row("", "", Text(f"to mend: {row.remedy}", style="bold"))
    console.print(grid)
