"""How a merge looks: its progress, and what it did to the tensors."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..training.merge.merging import Progress as MergeProgress
from ..training.merge.report import MergeSummary
from .cleaning import strip_escapes
from .console import PLAIN_TEXT
from .theme import ACTIVE, KEPT, QUIET

_EVERY = 2.0  # seconds between lines where there is no terminal


@contextmanager
def watched_merge() -> Iterator[MergeProgress]:
    """Yield what a merge tells its progress: a bar in a terminal, a line every two seconds elsewhere."""
    console = Console(stderr=True, **PLAIN_TEXT)
    try:
        if not console.is_terminal:
            yield _lines()
            return
        columns = (TextColumn("merge", style=ACTIVE), BarColumn(None, complete_style=ACTIVE, finished_style=KEPT))
        with Progress(
            *columns, TaskProgressColumn(), TimeRemainingColumn(), console=console, transient=True, expand=True
        ) as bar:
            task = bar.add_task("", total=None)
            yield lambda done, of: bar.update(task, completed=done, total=of)
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        raise


def _lines() -> MergeProgress:
    said = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said >= _EVERY:
            said = time.monotonic()
            print(f"{100 * done / of:.0f} % merged", file=sys.stderr, flush=True)

    return tell


def show_merge(console: Console, summary: MergeSummary) -> None:
    """Print how many tensors took which branch, how far apart they were, where the model is and what to run next."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for style, justify in ((QUIET, "left"), ("", "right"), ("", "right"), (QUIET, "left")):
        grid.add_column(style=style, justify=justify)  # type: ignore[arg-type]
    for branch, each in summary.branches.items():
        numbers = f"{100 * each.share_of_numbers:.1f} % of all numbers"
        grid.add_row(branch, f"{each.steps:,}", f"{100 * each.share:.1f} %", numbers)
    console.print(grid)
    if summary.smallest_cosine is not None:
        console.print(
            f"smallest cosine {summary.smallest_cosine:.6f}, of {strip_escapes(summary.furthest_apart or '')}"
        )
    size = f"{summary.tensors} tensors, {summary.bytes / 1e9:.2f} GB, {summary.seconds:.1f} s"
    place = strip_escapes(str(summary.directory))
    console.print(f"merged {len(summary.models)} models into {place}: {size}", style=KEPT)
    console.print(f"next: isogloss doctor --model hf:{place}", soft_wrap=True)
