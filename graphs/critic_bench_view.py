"""How a measurement of a critic is watched, and how its report looks."""

from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tools.proportions import Proportion, Scores
from .cleaning import strip_escapes
from .critic_report import BenchReport
from .theme import QUIET, REPAIRED

_LINES = 10  # of progress per stage


class BenchProgress:
    """Prints a line at each stage and at each tenth of it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tenths = 0

    def on_stage(self, name: str) -> None:
        """Print that a stage begins."""
        self._tenths = 0
        print(f"{strip_escapes(name)} …", file=self._stream, flush=True)

    def on_progress(self, done: int, of: int) -> None:
        """Print how far the stage is, if it is a tenth further."""
        if done * _LINES // of > self._tenths:
            self._tenths = done * _LINES // of
            print(f"{done}/{of}", file=self._stream, flush=True)


def show_bench(console: Console, report: BenchReport) -> None:
    """Print the scores of checks and critic, what was caught of each kind of change, and where the report is."""
    about = report.about
    console.print(
        Text(
            strip_escapes(
                f"{about['critic']} on {report.right} right and {report.wrong} changed pairs of {about['run']} "
                f"({about['engine']}, seed {about['seed']})"
            )
        )
    )
    console.print(_scores_table(report))
    console.print(_mutations_table(report))
    console.print(Text(_spent(report), style=QUIET))
    for note in _notes(report):
        console.print(Text(strip_escapes(note), style=REPAIRED))
    console.print(Text(f"every judgement: {report.file}", style=QUIET))


def _scores_table(report: BenchReport) -> Table:
    table = _table("", "precision", "recall", "F1", "accuracy", "false alarms")
    for name, found in (("checks", report.checks), ("critic", report.critic), ("both", report.both)):
        table.add_row(name, *_scored(found))
    return table


def _scored(found: Scores) -> list[str]:
    f1 = "-" if found.f1 is None else f"{found.f1:.3f}"
    return [
        percentage(found.precision),
        percentage(found.recall),
        f1,
        percentage(found.accuracy),
        percentage(found.false_alarms),
    ]


def _mutations_table(report: BenchReport) -> Table:
    table = _table("changed", "pairs", "checks", "critic", "both")
    for found in report.mutations:
        caught = map(percentage, (found.checks, found.critic, found.both))
        table.add_row(found.mutation, str(found.both.whole), *caught)
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def percentage(found: Proportion) -> str:
    """Return a proportion in percent with its 95 % interval: ``92 % (87-95)``."""
    if found.value is None:
        return "-"
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f}-{100 * found.high:.0f})"


def _spent(report: BenchReport) -> str:
    judged = report.right + report.wrong
    asked = judged - report.from_cache
    kept = f"{report.from_cache} of {judged} verdicts from the cache" if report.from_cache else ""
    return "; ".join(filter(None, [kept, _spent_asking(report, asked)]))


def _spent_asking(report: BenchReport, asked: int) -> str:
    """Say what 1,000 verdicts take that are asked for, going by the ``asked`` ones; nothing if none was."""
    if not asked:
        return ""
    usage, what = report.usage, "others" if report.from_cache else "verdicts"
    cost = "cost unknown" if usage.cost is None else f"${1000 * usage.cost / asked:.2f}"
    return f"per 1,000 {what}: {1000 * usage.tokens // asked:,} tokens, {cost}, {1000 * report.seconds / asked:.0f} s"


def _notes(report: BenchReport) -> list[str]:
    notes = []
    if report.no_verdict:
        notes.append(f"{report.no_verdict} replies held no verdict: each counts as a mistake of the critic.")
    if report.judged_before:
        notes.append(
            "These pairs were kept by this very critic, which agreed with every right one then: "
            "its false alarms show on a run that another critic judged."
        )
    if report.stopped:
        notes.append(f"Stopped before all were judged: {report.stopped}")
    return notes
