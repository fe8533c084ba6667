"""How the keywords of a dialect look in a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..cleaning import strip_escapes
from ..theme import KEPT, QUIET, REPAIRED
from .keyword_mining import Mined


def show_keywords(console: Console, mined: Mined) -> None:
    """Print a line for each keyword, the surest first, and what they are from."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column("keyword")
    for name in (f"% of {mined.dialect}", "% of the others", "z"):
        table.add_column(name, justify="right")
    for each in mined.keywords:
        shares = (f"{100 * each.share:.1f}", f"{100 * each.elsewhere:.1f}", f"{each.weight:.2f}")
        table.add_row(Text(strip_escapes(each.keyword)), *shares)
    if mined.keywords:
        console.print(table)
    else:
        console.print(f"nothing tells {mined.dialect} from the others for sure: give more pairs", style=REPAIRED)
    counts = ", ".join(f"{number:,} {dialect}" for dialect, number in mined.queries.items())
    kind = "queries of the runs" if mined.source == "runs" else "examples of the tutorials"
    console.print(f"from the {kind}: {counts}", style=QUIET)
    for note in mined.notes:
        console.print(note, style=REPAIRED, soft_wrap=True)
    if mined.file:
        console.print(f"wrote the keywords of all these dialects to {strip_escapes(str(mined.file))}", style=KEPT)
