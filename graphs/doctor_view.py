"""How the machine's checks look in a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .doctor import Check
from .theme import KEPT, QUIET, REJECTED


def show_checks(console: Console, checks: list[Check]) -> None:
    """Print each check in a line, and under it the command that would mend it."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(style=QUIET, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for check in checks:
        mark = Text("✓", style=KEPT) if check.ready else Text("✗", style=REJECTED)
        grid.add_row(mark, check.area, check.name, check.detail)
        if check.remedy:
            grid.add_row("", "", "", Text(f"to mend: {check.remedy}", style="bold"))
    console.print(grid)
