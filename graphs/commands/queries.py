"""``isogloss exec``, ``compare`` and ``load``: queries and databases, without any agent."""

import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from .options import DATABASE, DIALECT_NAMES, Json, show, text_of


def execute(
    db: Annotated[str, typer.Argument(metavar="DB", help=DATABASE)],
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One query; @FILE reads a file, - standard input.")],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=DIALECT_NAMES)],
    seconds: Annotated[float, typer.Option(min=0.01, metavar="S", help="The time limit.")] = 10.0,
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="More rows than this are too large.")] = 10_000,
    json: Json = False,
) -> None:
    """Run one query in the sandbox; the exit code is 1 if it does not run."""
    from ...tools.engines import open_engine
    from ...tools.outcome import Limits, Outcome
    from ..execution_view import execution_record, show_execution

    query = text_of(sql)
    with open_engine(dialect, db, workers=1, limits=Limits(seconds=seconds, rows=rows)) as engine:
        execution = engine.execute(query)
    record = execution_record(execution, engine.version, engine.stand_in)
    show(json, record, lambda console: show_execution(console, execution, engine.version))
    raise typer.Exit(execution.outcome is not Outcome.RUNS)


def compare(
    db: Annotated[str, typer.Argument(metavar="DB", help=DATABASE)],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=DIALECT_NAMES)],
    gold: Annotated[str, typer.Option(metavar="SQL", help="The query that is right; @FILE reads a file.")],
    predicted: Annotated[str, typer.Option(metavar="SQL", help="The query to judge; @FILE reads a file.")],
    predicted_dialect: Annotated[
        str | None, typer.Option(metavar="NAME", help="The prediction's dialect, if it is another.")
    ] = None,
    json: Json = False,
) -> None:
    """Compare what two queries return; the exit code is 1 unless they match."""
    from ...tools.engines import open_engine
    from ...tools.outcome import Outcome
    from ...tools.query_comparison import compare_queries
    from ..compare_view import comparison_record, show_comparison

    queries = text_of(gold), text_of(predicted)
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(dialect, db, workers=1))
        other = open_engine(predicted_dialect, db, workers=1) if predicted_dialect else None
        comparison = compare_queries(engine, *queries, apart=other and stack.enter_context(other))
    record = comparison_record(comparison, engine.version, engine.stand_in)
    show(json, record, lambda console: show_comparison(console, comparison, engine.version))
    raise typer.Exit(comparison.outcome is not Outcome.MATCH)


def load(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A file, folder, .sql script, URL or bundled database.")
    ],
    into: Annotated[str, typer.Option(metavar="PLACE", help="A dialect, a new .sqlite or .duckdb file, or a URL.")],
    dialect: Annotated[str | None, typer.Option(metavar="NAME", help="Of a script, if not that of the copy.")] = None,
    json: Json = False,
) -> None:
    """Copy a database, typed, into an engine and compare both; the exit code is 1 if they differ."""
    from .. import load as loading
    from ..load_view import show_load

    report = loading.load(source, into, dialect, lambda stage: print(stage, "…", file=sys.stderr, flush=True))
    show(json, report, lambda console: show_load(console, report))
    raise typer.Exit(not report.equal)
