"""How corpora and what is found in them look in a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..knowledge.importers import ImportReport
from ..knowledge.snippet import Hit
from .cleaning import strip_escapes
from .corpora import CorpusRow
from .theme import KEPT, QUIET, REPAIRED


def show_corpora(console: Console, rows: Sequence[CorpusRow]) -> None:
    """Print a table of corpora."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in ("dialect", "corpus", "snippets", "hash", ""):
        table.add_column(name, justify="right" if name == "snippets" else "left", no_wrap=True)
    for row in rows:
        mark = Text("in use", style=KEPT) if row.in_use else ""
        table.add_row(row.dialect, strip_escapes(row.name), str(row.snippets), row.hash[:12], mark)
    console.print(table)


def show_import(console: Console, report: ImportReport, command: str) -> None:
    """Print what was imported, each page that was skipped with the reason, and the next commands.

    ``command`` is what names the corpus on the command line.
    """
    for page, why in report.skipped:
        told = Text.assemble(("skipped ", REPAIRED), strip_escapes(f"{page}: {why}"))
        console.print(told, soft_wrap=True)
    skipped = f", {len(report.skipped)} skipped" if report.skipped else ""
    console.print(f"{report.pages} pages{skipped}: {report.snippets} snippets, {report.with_examples} with examples")
    console.print(strip_escapes(str(report.path)), style=QUIET, soft_wrap=True)
    dialect, name = command.split()
    console.print(f"\nisogloss corpus verify {dialect} --corpus {name}")
    console.print(f"isogloss corpus coverage {dialect} {name}")
    console.print(f"isogloss corpus use {dialect} {name}")


def show_hits(console: Console, hits: Iterable[Hit]) -> None:
    """Print retrieved snippets, the nearest first, with their scores."""
    for hit in hits:
        head = Text.assemble((strip_escapes(hit.snippet.title), "bold"), (f"  {hit.score:.3f}", QUIET))
        head.append(f"  {strip_escapes(hit.snippet.source)}", style=QUIET)
        console.print(head)
        console.print(Text(strip_escapes(hit.snippet.text).rstrip()))
        console.print()
