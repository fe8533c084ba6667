"""How a comparison looks: its label and why, and the rows that only one side has."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tools.compare import Comparison, Label
from ..tools.outcome import Execution, Outcome
from .cleaning import Cleaner, strip_escapes
from .execution_view import cell
from .theme import KEPT, QUIET, REJECTED, REPAIRED

_SHOWN_ROWS, _RECORDED_ROWS = 5, 1000  # of each side


def comparison_record(comparison: Comparison, engine: str, stand_in: bool) -> dict[str, Any]:
    """Return a comparison as JSON types, without escapes and secrets; at most 1000 differing rows of each side."""
    clean = Cleaner().value
    only = comparison.difference
    return {
        "label": comparison.label.value,
        "outcome": comparison.outcome.value,
        "reason": clean(comparison.reason),
        "notes": clean(comparison.notes),
        "columns": clean(comparison.columns),
        "engine": engine,
        "stand_in": stand_in,
        "gold": _execution_record(comparison.gold),
        "predicted": _execution_record(comparison.predicted),
        "only_in_gold": {"rows": len(only.only_gold), "first": clean(only.only_gold[:_RECORDED_ROWS])},
        "only_in_predicted": {"rows": len(only.only_predicted), "first": clean(only.only_predicted[:_RECORDED_ROWS])},
    }


def _execution_record(execution: Execution) -> dict[str, Any]:
    return {
        "outcome": execution.outcome.value,
        "columns": Cleaner().value(execution.columns),
        "rows": len(execution.rows),
        "seconds": round(execution.seconds, 4),
    }


def show_comparison(console: Console, comparison: Comparison, engine: str) -> None:
    """Print the label and the reason, what each side gave, and the first rows that only one side has."""
    console.print(Text.assemble((comparison.label.value, _style(comparison)), _clause(comparison.reason)))
    console.print(Text(f"gold {_size(comparison.gold)} · prediction {_size(comparison.predicted)} · {engine}"))
    if comparison.difference.only_gold or comparison.difference.only_predicted:
        _show_difference(console, comparison)
    for note in comparison.notes:
        console.print(Text(strip_escapes(note), style=QUIET))


def _style(comparison: Comparison) -> str:
    if comparison.outcome is Outcome.MATCH:
        return KEPT
    open_questions = (Label.SUPERSET, Label.VACUOUS, Label.UNDECIDED, Label.NONDETERMINISTIC, Label.UNSUPPORTED)
    return REPAIRED if comparison.label in open_questions else REJECTED


def _clause(reason: str | None) -> str:
    return f": {strip_escapes(reason)}" if reason else ""


def _size(execution: Execution) -> str:
    if execution.outcome is not Outcome.RUNS:
        return execution.outcome.value
    rows, columns = len(execution.rows), len(execution.columns)
    counted = f"{rows:,} {'row' if rows == 1 else 'rows'} of {columns} {'column' if columns == 1 else 'columns'}"
    return f"{counted} in {execution.seconds * 1000:.1f} ms"


def _show_difference(console: Console, comparison: Comparison) -> None:
    only = comparison.difference
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column("only in")
    names = comparison.gold.columns if comparison.gold.rows else comparison.predicted.columns
    for name in names:
        table.add_column(strip_escapes(name), overflow="ellipsis")
    for side, style, rows in (("gold", KEPT, only.only_gold), ("prediction", REJECTED, only.only_predicted)):
        for row in rows[:_SHOWN_ROWS]:
            table.add_row(Text(side, style=style), *map(cell, row))
        if len(rows) > _SHOWN_ROWS:
            table.add_row(Text(side, style=style), Text(f"… {len(rows) - _SHOWN_ROWS:,} more rows", style=QUIET))
    console.print(table)
