"""How prepared training data look in a terminal."""

from rich.console import Console
from rich.table import Table

from ..cleaning import strip_escapes
from ..theme import KEPT, QUIET, REPAIRED
from .prepare import LeftOut, Prepared

_SHOWN = 10  # rows of a kind


def show_prepared(console: Console, made: Prepared) -> None:
    """Print how many examples there are of what, what was left out and why, and what to run next."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column()
    grid.add_column(justify="right")
    for kind, counts in (("dialect", made.dialects), ("database", made.databases)):
        for name, count in list(counts.items())[:_SHOWN]:
            grid.add_row(f"{kind} {strip_escapes(name)}", f"{count:,}")
        if len(counts) > _SHOWN:
            grid.add_row(f"{len(counts) - _SHOWN} further {kind}s", f"{sum(list(counts.values())[_SHOWN:]):,}")
    grid.add_row("templates", f"{made.templates:,}")
    grid.add_row("duplicates, not written", f"{made.duplicates:,}", style=QUIET)
    if made.evaluation:
        grid.add_row("on databases for evaluation", f"{made.evaluation:,}", style=REPAIRED)
    console.print(grid)
    for each in made.left_out[:_SHOWN]:
        console.print(_left_out(each), style=REPAIRED, soft_wrap=True)
    if len(made.left_out) > _SHOWN:
        console.print(f"left out for {len(made.left_out) - _SHOWN} further reasons: see --json", style=REPAIRED)
    place = strip_escapes(str(made.file))
    console.print(f"wrote {made.examples:,} examples to {place}", style=KEPT, soft_wrap=True)
    console.print(f"next: isogloss train sft {place} --model smollm2 --out checkpoint", soft_wrap=True)


def _left_out(each: LeftOut) -> str:
    return f"left out {each.pairs:,} of {strip_escapes(each.run)}: {strip_escapes(each.reason)}"
