"""SQLite databases: a source loaded into a file, or a user's own file."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..dialects import get_dialect
from ..identifiers import quoted
from ..outcome import Limits
from ..schema import ColumnType, Schema
from .database import Database
from .ddl import foreign_key, foreign_key_indexes, names
from .loading import Plan, Source, plan
from .scratch import Scratch


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into a temporary file."""
    scratch = Scratch()
    path = scratch.path / "database.sqlite"
    schema = source.schema()
    plans = [plan(source, table, get_dialect("sqlite"), _STORED_AS) for table in schema.tables]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for each in plans:
            connection.execute(_create_table(each))
            slots = ", ".join("?" * len(each.native_types))
            connection.executemany(f"INSERT INTO {quoted(each.table.name)} VALUES ({slots})", each.rows(source))
            for statement in foreign_key_indexes(each.table):
                connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    return Database(
        "sqlite", Schema(schema.name, tuple(each.table for each in plans)), {"path": str(path)}, scratch.close
    )


def attach(place: str, schema: Schema) -> Database:
    """Return the user's own file as a database."""
    return Database("sqlite", schema, {"path": str(Path(place).absolute())})


def _create_table(each: Plan) -> str:
    """Return the table with its keys; foreign keys are declared but, SQLite's default, not enforced."""
    parts = [each.column_definitions()]
    if each.table.primary_key:
        parts.append(f"PRIMARY KEY ({names(each.table.primary_key)})")
    parts += map(foreign_key, each.table.foreign_keys)
    return f"CREATE TABLE {quoted(each.table.name)} ({', '.join(parts)})"


def _timestamp(value: datetime) -> str:
    """Return ISO text as SQLite's own functions write it, in UTC if the value has a zone."""
    return str(value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value)


_STORED_AS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.DECIMAL: float,
    ColumnType.FLOAT: float,
    ColumnType.DATE: str,
    ColumnType.TIME: str,
    ColumnType.TIMESTAMP: _timestamp,
    ColumnType.TIMESTAMPTZ: _timestamp,
    ColumnType.BOOLEAN: int,
}
