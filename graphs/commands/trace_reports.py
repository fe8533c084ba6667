"""``isogloss trace stats`` and ``export``: what a run's trace comes to, and the trace for other programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import Json, Run, show


def stats(run: Run = None, json: Json = False) -> None:
    """Tell what a run comes to: where items were lost, time and cost by node, errors, the snippets that helped."""
    from ..run_catalog import find_run
    from ..tracing.reading import told_of_reading
    from ..tracing.statistics import read_statistics
    from ..tracing.statistics_view import show_statistics

    found = find_run(run)
    with told_of_reading(found) as reading:
        statistics = read_statistics(found, reading)
    show(json, statistics, lambda console: show_statistics(console, statistics))


def export(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN] [ITEM]…", help="The run (by default the latest); all items, or some."),
    ] = None,
    form: Annotated[
        Literal["markdown", "jsonl", "otel"], typer.Option("--format", help="otel: OpenTelemetry, as JSON Lines.")
    ] = "markdown",
    status: Annotated[Literal["kept", "rejected"] | None, typer.Option(help="Only items that ended so.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A new file, or a folder for Markdown. By default printed.")
    ] = None,
) -> None:
    """Write items for people, programs or trace viewers: their questions, queries, prompts, replies, errors, rows."""
    import sys

    from ..tracing.export import export as export_items
    from ..tracing.family import named_items

    run, items = named_items(words or [])
    count = export_items(run, items, status, form, out)
    if out is not None:
        print(f"{count:,} item{'s' * (count != 1)} written to {out}", file=sys.stderr)
