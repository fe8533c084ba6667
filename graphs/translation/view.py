"""What is shown when a run of translations ends."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..cleaning import strip_escapes
from ..progress import clock_face
from ..run_view import next_steps, percent, show_problems
from ..spending_view import spending_rows
from ..theme import KEPT, QUIET, REJECTED, REPAIRED
from .config import TranslationSummary
from .report import TranslationReport, translation_report

_REASONS = 10
_FILES = {"pairs.jsonl": "the verified pairs", "attempts.jsonl": "every execution", "trace.sqlite": "every step"}


def show_translation(console: Console, summary: TranslationSummary) -> None:
    """Print a run's table by writer and outcome, what is left by cause, its files and the next commands."""
    report = translation_report(summary.directory)
    console.print(_by_writer(report))
    console.print(_totals(report, summary))
    show_problems(console, summary.problems)
    if summary.stop:
        console.print(strip_escapes(str(summary.stop)), style=REPAIRED)
    run = summary.directory
    console.print(next_steps(run, _FILES, (f"trace list {run} --reason differs", f"dataset show {run}")))


def _by_writer(report: TranslationReport) -> Table:
    """Return a row per writer: how many queries were tried, and what became of them."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column("written by")
    for name in ("tried", "match", "differs", "error", "other", "matched so far"):
        table.add_column(name, justify="right")
    so_far = 0
    for writer in report.writers:
        tried, differs = sum(writer.grades.values()), writer.grades.get("runs but differs", 0)
        errors = sum(count for grade, count in writer.grades.items() if grade.startswith("error("))
        so_far += writer.matched
        other = tried - writer.matched - differs - errors
        share = percent(so_far, report.provable, 1)
        table.add_row(writer.writer, *map(str, (tried, writer.matched, differs, errors, other)), share)
    return table


def _totals(report: TranslationReport, summary: TranslationSummary) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", style=QUIET, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row()
    share = percent(report.matched, report.provable, 1)
    provable = f"of {report.provable} that can be verified, in {summary.engine}"
    grid.add_row(Text("matched", style=KEPT), str(report.matched), share, provable)
    grid.add_row(Text("unmatched", style=REJECTED), str(sum(report.unmatched.values())))
    for reason, count in list(report.unmatched.items())[:_REASONS]:
        grid.add_row("", str(count), "", strip_escapes(reason))
    per_thousand = f"{1000 * summary.seconds / report.questions:.0f} s per 1,000" if report.questions else ""
    grid.add_row("took", clock_face(summary.seconds), "", Text(per_thousand, style=QUIET))
    for row in spending_rows(summary.spending):
        grid.add_row(*row)
    return grid
