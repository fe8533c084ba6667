"""How all about one run looks in a terminal."""

import json
import time
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..cleaning import strip_escapes
from ..run_view import percent
from ..spending_view import dollars, spending_rows
from ..theme import KEPT, QUIET, REJECTED, facts
from .details import RunDetails
from .overview import RunOverview
from .view import age_text, done_text, near, size_text, status_text

_DIGEST = 64  # letters of a hash, of which the first few tell it from others
_REASONS = 10
_UNITS = {"build": "pairs", "train": "stages"}


def show_details(console: Console, details: RunDetails) -> None:
    """Print a run: what it is, how it was made, what came of it, its files and what to run next."""
    run = details.run
    console.print(Text.assemble((near(run.directory), "bold"), " · ", status_text(run), _process(details)))
    grid = facts()
    for name, value in _about(details):
        grid.add_row(name, strip_escapes(value))
    console.print(grid)
    for title, rows in (("came of it", _outcome(details)), ("holds", _contents(details))):
        _section(console, title, list(rows))
    if details.next:
        _section(console, "next", [])
    for command in details.next:
        console.print(Text(f"  {strip_escapes(command)}"), soft_wrap=True)


def _process(details: RunDetails) -> str:
    return f", process {details.process} writes to it" if details.process else ""


def _about(details: RunDetails) -> Iterator[tuple[str, str]]:
    run = details.run
    yield "made by", f"isogloss {run.kind}, {', '.join(run.dialects) or 'no dialect'}"
    yield "begun", f"{details.created}, last written to {age_text(time.time() - run.updated)} ago"
    yield from details.versions.items()
    if details.command:
        yield "command", details.command
        yield "in", details.folder or ""
    yield from ((name, _value(value)) for name, value in details.config.items() if value not in (None, {}, []))


def _outcome(details: RunDetails) -> Iterator[tuple[str | Text, str, str]]:
    run = details.run
    if run.done is not None:
        unit = _UNITS.get(run.kind, "questions")
        yield unit, done_text(run), _share(run)
    if run.items is not None and run.kept is not None:
        rejected = run.items - run.kept
        yield Text("kept", style=KEPT), f"{run.kept:,}", percent(run.kept, run.items)
        yield Text("rejected", style=REJECTED), f"{rejected:,}", percent(rejected, run.items)
    for reason, count in list(details.rejected.items())[:_REASONS]:
        yield "", f"{count:,}", strip_escapes(reason)
    if details.spending:
        yield from (
            (name, cost, f"{share}  {told}".strip()) for name, cost, share, told in spending_rows(details.spending)
        )
    elif run.tokens:
        yield "models", dollars(run.cost), f"{run.tokens:,} tokens"
    yield from (("", "", strip_escapes(result)) for result in details.results)


def _contents(details: RunDetails) -> Iterator[tuple[str | Text, str, str]]:
    yield from ((strip_escapes(each.name), size_text(each.bytes), each.what) for each in details.contents)
    yield "", size_text(details.run.bytes), "in all"


def _section(console: Console, title: str, rows: list[tuple[str | Text, str, str]]) -> None:
    console.print(Text(f"\n{title}", style=QUIET))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(style=QUIET, overflow="fold")
    for name, number, what in rows:
        grid.add_row(Text("  ").append(name), number, what)
    console.print(grid)


def _share(run: RunOverview) -> str:
    return f"{percent(run.done or 0, run.goal)} of those wanted" if run.goal else ""


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{text[:12]}…" if len(text) == _DIGEST and text.isalnum() else text
