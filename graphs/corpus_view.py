"""How corpora and what is found in them look in a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..knowledge.importers import ImportReport
from ..knowledge.snippet import Hit
from ..knowledge.verify import ExampleResult
from .cleaning import strip_escapes
from .corpora import CorpusRow
from .theme import KEPT, QUIET, REJECTED, REPAIRED, sql_syntax


def show_corpora(console: Console, rows: Sequence[CorpusRow]) -> None:
    """Print a table of corpora."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in ("dialect", "corpus", "snippets", "hash", ""):
        table.add_column(name, justify="right" if name == "snippets" else "left", no_wrap=True)
    for row in rows:
        mark = Text("in use", style=KEPT) if row.in_use else ""
        table.add_row(row.dialect, strip_escapes(row.name), str(row.snippets), row.hash[:12], mark)
    console.print(table)


def show_import(console: Console, report: ImportReport) -> None:
    """Print what was imported, and each page that was skipped with the reason."""
    for page, why in report.skipped:
        console.print(Text.assemble(("skipped ", REPAIRED), strip_escapes(f"{page}: {why}")))
    console.print(f"{report.snippets} snippets of {report.pages} pages are in {report.path}.")


def show_hits(console: Console, hits: Iterable[Hit]) -> None:
    """Print retrieved snippets, the nearest first, with their scores."""
    for hit in hits:
        head = Text.assemble((strip_escapes(hit.snippet.title), "bold"), (f"  {hit.score:.3f}", QUIET))
        head.append(f"  {strip_escapes(hit.snippet.source)}", style=QUIET)
        console.print(head)
        console.print(Text(strip_escapes(hit.snippet.text).rstrip()))
        console.print()


def show_verification(console: Console, results: Iterable[ExampleResult]) -> bool:
    """Print each example that its engine refuses, then the count; True if every one runs."""
    ran = failed = 0
    for result in results:
        if result.execution.error is None and result.execution.rule is None:
            ran += 1
            continue
        failed += 1
        console.print(Text.assemble(("✗ ", REJECTED), strip_escapes(result.snippet.title)))
        console.print(sql_syntax(strip_escapes(result.sql)))
        why = result.execution.error or result.execution.rule or result.execution.outcome
        console.print(Text(strip_escapes(why), style=REJECTED), end="\n\n")
    console.print(f"{ran} of {ran + failed} examples run.")
    return failed == 0
