"""What is shown when a build ends."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .cleaning import strip_escapes
from .dataset import sample_pairs
from .dataset_statistics import dataset_statistics
from .dataset_view import show_pairs
from .progress import clock_face
from .run_view import next_steps, percent
from .spending_view import spending_rows
from .statistics import FEATURES
from .theme import KEPT, QUIET, REJECTED, REPAIRED

if TYPE_CHECKING:
    from .build import Summary

_REASONS = 8
_SAMPLES = 5
_FILES = {"pairs.jsonl": "the dataset", "attempts.jsonl": "every execution", "trace.sqlite": "every step"}


def show_summary(console: Console, summary: "Summary", new: int) -> None:
    """Print a build's table, five of its pairs, its files and the next commands; ``new`` pairs are this process's."""
    run = summary.directory
    show_pairs(console, sample_pairs(run, _SAMPLES, seed=0))
    console.print(_table(summary, new))
    if summary.exhausted:
        told = "Item after item gave no new pair: add seed queries with --seeds, or take a better model."
        console.print(told, style=REPAIRED)
    if summary.stop:
        console.print(strip_escapes(str(summary.stop)), style=REPAIRED)
    commands = (f"dataset stats {run}", f"trace list {run} --status rejected", f"trace step {run} 0")
    console.print(next_steps(run, _FILES, commands))


def _table(summary: "Summary", new: int) -> Table:
    totals, seconds = summary.totals, summary.seconds
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", style=QUIET, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(
        Text("kept", style=KEPT), str(totals.kept), percent(totals.kept, totals.items), f"verified in {summary.engine}"
    )
    grid.add_row(
        Text("repaired", style=REPAIRED), str(totals.repaired), percent(totals.repaired, totals.kept), "of them"
    )
    rejected = totals.rejected.total()
    grid.add_row(Text("rejected", style=REJECTED), str(rejected), percent(rejected, totals.items))
    for reason, count in totals.rejected.most_common(_REASONS):
        grid.add_row("", str(count), "", strip_escapes(reason))
    speed = f"{new / seconds:.1f}" if seconds else "-"
    grid.add_row("pairs/s", speed, "", Text(f"{new} in {clock_face(seconds)}", style=QUIET))
    for row in spending_rows(summary.spending):
        grid.add_row(*row)
    used = dataset_statistics(summary.directory).features
    for feature in FEATURES if totals.kept else ():
        grid.add_row(f"with {feature}", str(used.get(feature, 0)), percent(used.get(feature, 0), totals.kept))
    return grid
