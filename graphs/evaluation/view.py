"""How the report of an evaluation looks in a terminal."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..cleaning import strip_escapes
from ..theme import QUIET, REPAIRED
from .page import described
from .report import EvalReport
from .report_files import REPORT
from .tables import TextTable, accuracy_table, against_table, dialect_table, grades_table, headline, pass_table


def show_evaluation(console: Console, report: EvalReport) -> None:
    """Print the table of outcomes by hardness, the figures, where the report is and what could be run next."""
    console.print(Text(strip_escapes(report.title), style="bold"))
    console.print(Text(strip_escapes(described(report)), style=QUIET))
    console.print()
    show_table(console, accuracy_table("", report.cells))
    found = [grades_table(report.cells), dialect_table(report)]
    found += [pass_table(report)] if report.pass_curve else []
    found += [against_table(report, report.against)] if report.against else []
    for table in found:
        console.print(Text(f"\n{strip_escapes(table.title)}", style=QUIET))
        show_table(console, table)
    console.print()
    first, *others = headline(report)
    console.print(Text(first, style="bold"))
    for line in others:
        console.print(Text(line))
    for note in report.notes:
        console.print(Text(strip_escapes(note), style=REPAIRED))
    console.print(Text(f"report: {Path(report.directory) / REPORT}.html, .md and .json", style=QUIET))
    console.print(Text(f"next: {strip_escapes(next_command(report))}", style=QUIET))


def next_command(report: EvalReport) -> str:
    """Return a command that tells more: another system beside this one."""
    about = report.about
    other = "sqlglot" if about.get("baseline") == "rules" else "rules"
    where = f"{shlex.quote(about['path'])} --dialect {about['dialect']}"
    return f"isogloss eval {where} --baseline {other} --against {shlex.quote(report.directory)}"


def show_table(console: Console, table: TextTable) -> None:
    """Print a table without its title; long words are folded, numbers are not."""
    shown = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, show_header=any(table.header))
    for place, name in enumerate(table.header):
        shown.add_column(name, justify="left" if place < table.words else "right", no_wrap=place >= table.words)
    for row in table.rows:
        shown.add_row(*map(strip_escapes, row))
    console.print(shown)
