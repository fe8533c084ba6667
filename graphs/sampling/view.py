"""What is shown when a sampling run ends."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...training.pass_at_k import PassAtK
from ..cleaning import strip_escapes
from ..progress import clock_face
from ..run_view import percent, show_problems
from ..spending_view import spending_rows
from ..theme import KEPT, QUIET, REJECTED, REPAIRED
from .config import SampleSummary
from .data import NEGATIVE, PREFERENCES, VALID

_GRADES = 10
_BAR = 24  # columns of the curve's bars


def show_sampling(console: Console, summary: SampleSummary) -> None:
    """Print a run's samples by grade, its curve of pass@k, its files and the next commands."""
    console.print(_counts(summary))
    console.print(_curve(summary.pass_at_k))
    show_problems(console, summary.problems)
    if summary.stop:
        console.print(strip_escapes(str(summary.stop)), style=REPAIRED)
    console.print(_next_steps(summary))


def _counts(summary: SampleSummary) -> Table:
    totals, samples = summary.totals, summary.grades.total()
    grid = _grid()
    grid.add_row("questions", str(totals.items), "", clock_face(summary.seconds))
    grid.add_row(Text("kept", style=KEPT), str(totals.kept), percent(totals.kept, totals.items), "a sample matches")
    grid.add_row("samples", str(samples))
    for grade, count in summary.grades.most_common(_GRADES):
        name = Text(f"  {strip_escapes(grade)}", style=KEPT if grade == "match" else REJECTED)
        grid.add_row(name, str(count), percent(count, samples))
    for row in spending_rows(summary.spending):
        grid.add_row(*row)
    return grid


def _curve(curve: list[PassAtK]) -> Table:
    grid = _grid()
    for point in curve:
        found = point.estimate
        if found.value is not None:
            interval = f"{100 * found.low:.0f}-{100 * found.high:.0f}"
            bar = Text("█" * round(_BAR * found.value), style=KEPT)
            grid.add_row(f"pass@{point.k}", f"{100 * found.value:.1f} %", f"({interval})", bar)
    return grid


def _next_steps(summary: SampleSummary) -> Table:
    run, data = summary.directory, summary.data
    grid = _grid()
    grid.add_row()
    for name, lines, what in (
        (VALID, data.valid, "right queries, for supervised training"),
        (NEGATIVE, data.negative, "wrong ones, with their grades"),
        (PREFERENCES, data.preferences, "pairs of both, for preference training"),
    ):
        grid.add_row(str(run / name), str(lines), "", Text(what, style=QUIET))
    grid.add_row()
    grid.add_row(f"isogloss trace list {run} --status rejected")
    grid.add_row(f"isogloss trace step {run} 0")
    return grid


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", style=QUIET, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid
