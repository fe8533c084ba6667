"""How a copied database looks in a terminal, beside its source."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tools.loaded import TableCheck
from .cleaning import strip_escapes
from .load import LoadReport
from .theme import KEPT, QUIET, REJECTED, REPAIRED

_NUMBERS = ("rows", "in the copy", "columns")


def show_load(console: Console, report: LoadReport) -> None:
    """Print a line a table, what failed of a script, and the verdict."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in ("table", *_NUMBERS, "checksums"):
        table.add_column(name, justify="right" if name in _NUMBERS else "left")
    for check in report.tables:
        table.add_row(*_cells(check))
    console.print(table)
    for failure in report.failures[:5]:
        console.print(Text.assemble(("statement failed ", REPAIRED), strip_escapes(failure)))
    if len(report.failures) > 5:
        console.print(Text(f"and {len(report.failures) - 5} more statements", style=QUIET))
    whole = sum(check.equal for check in report.tables)
    verdict = Text(f"{whole} of {len(report.tables)} tables equal", style=KEPT if report.equal else REJECTED)
    console.print(Text.assemble(verdict, f" in {report.engine}, {report.seconds:.1f} s"))


def _cells(check: TableCheck) -> tuple[str | Text, ...]:
    rows = Text(f"{check.rows:,}", style="" if check.rows == check.source_rows else REJECTED)
    sums: str | Text = "equal, of a sample of the rows" if check.sampled else "equal"
    if check.differing:
        sums = Text("differ: " + strip_escapes(", ".join(check.differing)), style=REJECTED)
    return strip_escapes(check.table), f"{check.source_rows:,}", rows, str(check.columns), sums
