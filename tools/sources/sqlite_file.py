"""A SQLite file as a source: declared types are a promise that values may break, so each column is looked at."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..schema import Column, ColumnType, ForeignKey, Schema, Table
from .digests import file_digest
from .types import column_type

_NUMBER = (int, float)
_FITS: dict[ColumnType, Callable[[Any], bool]] = {
    ColumnType.INTEGER: lambda v: isinstance(v, int),
    ColumnType.DECIMAL: lambda v: isinstance(v, _NUMBER),
    ColumnType.FLOAT: lambda v: isinstance(v, _NUMBER),
    ColumnType.BOOLEAN: lambda v: v in (0, 1),
    ColumnType.TEXT: lambda v: isinstance(v, str),
    ColumnType.DATE: lambda v: _parses(date.fromisoformat, v),
    ColumnType.TIMESTAMP: lambda v: _parses(datetime.fromisoformat, v),
    ColumnType.BINARY: lambda v: isinstance(v, bytes),
}
_CONVERT: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIMESTAMP: datetime.fromisoformat,
    ColumnType.BOOLEAN: bool,
    ColumnType.FLOAT: float,
    ColumnType.TEXT: lambda v: v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v),
}


class SqliteFile:
    """The tables of a SQLite file; a column whose values break its declared type is read as wider type or text."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem.lower()
        self.fingerprint = file_digest(path)
        self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            self.close()
            raise UsageError(f"{path} cannot be read as a SQLite database: {error}.") from error

    def schema(self) -> Schema:
        """Return the schema; types are those that the values keep."""
        return self._schema

    @cached_property
    def _schema(self) -> Schema:
        names = [
            name
            for (name,) in self._connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
                "ORDER BY rowid"
            )
        ]
        return Schema(self.name, tuple(self._table(name, names) for name in names))

    def _table(self, name: str, known: list[str]) -> Table:
        details = self._connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
        columns = tuple(Column(d[1], self._fitting(name, d[1], column_type(d[2])), not (d[3] or d[5])) for d in details)
        return Table(name, columns, tuple(self._primary_key(name)), self._foreign_keys(name, known))

    def _foreign_keys(self, name: str, known: list[str]) -> tuple[ForeignKey, ...]:
        """Read the keys, in the letter case of the tables; those that refer to nothing there is are left out."""
        tables = {n.lower(): n for n in known}
        keys: dict[int, list[tuple[Any, ...]]] = {}
        for row in self._connection.execute(f"PRAGMA foreign_key_list({_quoted(name)})"):
            keys.setdefault(row[0], []).append(row)
        own = self._columns(name)
        found = []
        for rows in keys.values():
            target = tables.get(rows[0][2].lower())
            if target is None:
                continue
            real = self._columns(target)
            wanted = [r[4] for r in rows] if rows[0][4] is not None else self._primary_key(target)
            referred = tuple(real[column.lower()] for column in wanted if column.lower() in real)
            if len(referred) == len(rows):
                found.append(ForeignKey(tuple(own[r[3].lower()] for r in rows), target, referred))
        return tuple(found)

    def _columns(self, table: str) -> dict[str, str]:
        """Return the names of a table's columns by their lower case."""
        return {d[1].lower(): d[1] for d in self._connection.execute(f"PRAGMA table_info({_quoted(table)})")}

    def _primary_key(self, table: str) -> list[str]:
        """Return the primary key, which a foreign key that names no columns refers to."""
        details = self._connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
        return [d[1] for d in sorted((d for d in details if d[5]), key=lambda d: d[5])]

    def _fitting(self, table: str, column: str, declared: ColumnType) -> ColumnType:
        values = self._connection.execute(f"SELECT DISTINCT {_quoted(column)} FROM {_quoted(table)}")
        rungs = [declared, *_WIDER.get(declared, ())]
        for (value,) in values:
            while value is not None and rungs and not _FITS.get(rungs[0], lambda v: False)(value):
                rungs.pop(0)
        return rungs[0] if rungs else ColumnType.TEXT

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, converted to the types of the schema."""
        converters = [_CONVERT.get(c.type) for c in self._schema.table(table).columns]
        for row in self._connection.execute(f"SELECT * FROM {_quoted(table)}"):
            yield tuple(v if v is None or f is None else f(v) for v, f in zip(row, converters, strict=True))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


_WIDER = {ColumnType.INTEGER: (ColumnType.FLOAT,), ColumnType.BOOLEAN: (ColumnType.INTEGER,),
          ColumnType.DATE: (ColumnType.TIMESTAMP,)}  # fmt: skip


def _parses(read: Callable[[str], Any], value: Any) -> bool:
    try:
        read(value)
    except (TypeError, ValueError):
        return False
    return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
