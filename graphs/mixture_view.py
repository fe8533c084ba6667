"""How a mixture looks: its experts, how well its gates part them, and what to run next."""

from rich.console import Console
from rich.table import Table

from ..training.mixture.config import DRAWN
from ..training.mixture.report import DEGENERATE, MixtureSummary, layers_named
from .cleaning import strip_escapes
from .theme import KEPT, QUIET, REPAIRED


def show_mixture(console: Console, summary: MixtureSummary) -> None:
    """Print whose each expert is, how well the gates tell them apart, where the model is and what to run next."""
    console.print(_experts(summary))
    least, most = summary.conditions
    console.print(
        f"gates {summary.recipe['gate']}: condition number {least:.1f} to {most:.1f} by layer, "
        f"largest cosine {summary.closest:.2f} at layer {summary.closest_at}"
    )
    if summary.degenerate:
        told = f"hard to tell apart at {layers_named(summary.degenerate)}, with a condition number above {DEGENERATE:g}"
        console.print(f"{told}: take keywords that differ more, or another --gate", style=REPAIRED)
    place = strip_escapes(str(summary.directory))
    work = f"{summary.numbers / 1e6:,.1f} M numbers, {summary.working / 1e6:,.1f} M at work on a token"
    size = f"{summary.architecture}, {work}, {summary.bytes / 1e9:.2f} GB, {summary.seconds:.1f} s"
    console.print(f"mixed {len(summary.experts)} experts into {place}: {size}", style=KEPT)
    console.print(f"next: isogloss train routing {place} EXAMPLES…", soft_wrap=True)
    console.print(f"      isogloss train tune EXAMPLES… --model {place} --weights gates --out DIR", soft_wrap=True)


def _experts(summary: MixtureSummary) -> Table:
    """Return a row for each expert: its number, dialect and model, and of how many keywords its gate is."""
    drawn = summary.recipe["gate"] in DRAWN
    grid = Table.grid(padding=(0, 2, 0, 0))
    for style in (QUIET, "", "", QUIET):
        grid.add_column(style=style)
    for number, (dialect, model) in enumerate(summary.experts.items()):
        keywords = "" if drawn else f"{len(summary.recipe['keywords'][dialect])} keywords"
        grid.add_row(str(number), dialect, strip_escapes(model), keywords)
    grid.add_row("", "base", strip_escapes(summary.base), "")
    return grid
