"""How one execution looks: its outcome and rows in a terminal, or as JSON."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tools.outcome import Execution, Outcome
from .cleaning import Cleaner, strip_escapes
from .theme import KEPT, QUIET, REJECTED

_SHOWN_ROWS, _SHOWN_CHARACTERS = 20, 60


def execution_record(execution: Execution, engine: str, stand_in: bool) -> dict[str, Any]:
    """Return an execution as JSON types, without escapes and secrets."""
    return {
        "outcome": execution.outcome.value,
        "error_class": execution.error_class.value if execution.error_class else None,
        "error": execution.error and Cleaner().text(execution.error),
        "rule": execution.rule,
        "seconds": round(execution.seconds, 4),
        "engine": engine,
        "stand_in": stand_in,
        "columns": Cleaner().value(execution.columns),
        "rows": Cleaner().value(execution.rows),
    }


def show_execution(console: Console, execution: Execution, engine: str) -> None:
    """Print the first rows, if any, and a line with the outcome, the engine and the time."""
    if execution.outcome is Outcome.RUNS:
        _show_rows(console, execution)
    why = execution.error or execution.rule
    if why:
        console.print(Text(strip_escapes(why), style=REJECTED))
    style = KEPT if execution.outcome is Outcome.RUNS else REJECTED
    outcome = f"{execution.outcome}({execution.error_class})" if execution.error_class else str(execution.outcome)
    rows = f" · {len(execution.rows):,} rows" if execution.outcome is Outcome.RUNS else ""
    console.print(Text.assemble((outcome, style), f"{rows} · {execution.seconds * 1000:.1f} ms · {engine}"))


def _show_rows(console: Console, execution: Execution) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in execution.columns:
        table.add_column(strip_escapes(name), overflow="ellipsis")
    for row in execution.rows[:_SHOWN_ROWS]:
        table.add_row(*map(cell, row))
    console.print(table)
    if len(execution.rows) > _SHOWN_ROWS:
        console.print(Text(f"… {len(execution.rows) - _SHOWN_ROWS:,} more rows", style=QUIET))


def cell(value: Any) -> Text:
    """Return a value as one short cell: NULL quiet, bytes in hex, no escapes."""
    if value is None:
        return Text("NULL", style=QUIET)
    text = strip_escapes(value.hex() if isinstance(value, bytes) else str(value)).replace("\n", "⏎")
    return Text(text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…")
