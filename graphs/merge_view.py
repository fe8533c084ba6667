"""How a merge looks: what it did to the tensors."""

from rich.console import Console
from rich.table import Table

from ..training.merge.report import MergeSummary
from .cleaning import strip_escapes
from .theme import KEPT, QUIET


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
