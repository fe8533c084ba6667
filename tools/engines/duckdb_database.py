"""DuckDB databases: a source loaded into a file, or a user's own file."""

from contextlib import closing
from pathlib import Path

import duckdb

from ..dialects import get_dialect
from ..identifiers import quoted
from ..outcome import Limits
from ..schema import Schema
from .database import Database
from .ddl import names
from .loading import Plan, Source, chunks, plan
from .scratch import Scratch


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into a temporary file.

    Foreign keys are not declared: DuckDB enforces them always, and data may not hold to them.
    """
    scratch = Scratch()
    path = scratch.path / "database.duckdb"
    schema = source.schema()
    plans = [plan(source, table, get_dialect("duckdb"), {}) for table in schema.tables]
    with closing(duckdb.connect(str(path))) as connection:
        for each in plans:
            _load_table(connection, source, each)
        connection.execute("ANALYZE")
    return Database(
        "duckdb", Schema(schema.name, tuple(each.table for each in plans)), {"path": str(path)}, scratch.close
    )


def attach(place: str, schema: Schema) -> Database:
    """Return the user's own file as a database."""
    return Database("duckdb", schema, {"path": str(Path(place).absolute())})


def _load_table(connection: duckdb.DuckDBPyConnection, source: Source, each: Plan) -> None:
    table = quoted(each.table.name)
    connection.execute(f"CREATE TABLE {table} ({each.column_definitions()})")
    appender = connection.appender(each.table.name)
    for chunk in chunks(each.rows(source)):
        appender.append_rows(chunk)
    appender.flush()
    if each.table.primary_key:
        connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({names(each.table.primary_key)})")
