"""Oracle databases: a source loaded into a stand-in on PostgreSQL, or a user's own database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ..errors import UsageError
from ..identifiers import identifier
from ..outcome import Limits
from ..schema import Column, ColumnType, Schema, Table
from .database import Database
from .folding import FoldedSource
from .loading import Row, Source
from .oracle_standin import Catalog, Kind, StoredTable, helpers

_T = ColumnType
# How PostgreSQL stores what Oracle has no type for, or has with another meaning.
_STORED_AS = {_T.DATE: _T.TIMESTAMP, _T.BOOLEAN: _T.INTEGER, _T.TIME: _T.TEXT, _T.OTHER: _T.TEXT}
_KINDS = {
    _T.INTEGER: Kind.NUMBER,
    _T.DECIMAL: Kind.NUMBER,
    _T.BOOLEAN: Kind.NUMBER,
    _T.FLOAT: Kind.DOUBLE,
    _T.DATE: Kind.DATE,
    _T.TIMESTAMP: Kind.TIMESTAMP,
    _T.TIMESTAMPTZ: Kind.TIMESTAMPTZ,
    _T.BINARY: Kind.RAW,
}


def load(source: Source, limits: Limits) -> Database:
    """Load ``source`` into an embedded PostgreSQL that stands in for Oracle; the limits bound its processes."""
    from . import postgres_database

    folded = FoldedSource(source)
    database = postgres_database.load(_OracleRows(folded), limits)
    try:
        _create_helpers(database.connect["conninfo"])
    except BaseException:
        database.close()
        raise
    schema = _schema(folded.schema(), database.schema)
    connect = {"conninfo": database.connect["conninfo"], "catalog": _catalog(schema)}
    return Database("oracle", schema, connect, database.close, stand_in=True)


def attach(place: str, schema: Schema) -> Database:
    """Return the user's own database behind a SQLAlchemy URL; raises ``UsageError`` without its driver."""
    from importlib.util import find_spec

    if not find_spec("oracledb"):
        raise UsageError("Oracle's driver is not installed: pip install oracledb")
    return Database("oracle", schema, {"url": place})


@dataclass(frozen=True, slots=True)
class _OracleRows:
    """A source as Oracle would hold it: a time in every date, numbers for booleans, no empty text."""

    source: Source

    def schema(self) -> Schema:
        schema = self.source.schema()
        return Schema(schema.name, tuple(_stored_table(table) for table in schema.tables))

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table as Oracle would hold them."""
        converters = [_CONVERTERS.get(column.type, _text) for column in self.source.schema().table(table).columns]
        for row in self.source.rows(table):
            yield tuple(convert(cell) for convert, cell in zip(converters, row, strict=True))


def _text(value: Any) -> Any:
    return None if value == "" else value


def _date(value: Any) -> Any:
    is_date = isinstance(value, date) and not isinstance(value, datetime)
    return datetime(value.year, value.month, value.day) if is_date else _text(value)  # noqa: DTZ001 - has no zone


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else _text(value)


def _time(value: Any) -> Any:
    return None if value is None or value == "" else str(value)


_CONVERTERS: dict[ColumnType, Callable[[Any], Any]] = {_T.DATE: _date, _T.BOOLEAN: _number, _T.TIME: _time}


def _stored_table(table: Table) -> Table:
    columns = (replace(column, type=_STORED_AS.get(column.type, column.type)) for column in table.columns)
    return replace(table, columns=tuple(columns))


def _schema(original: Schema, loaded: Schema) -> Schema:
    """Return the source's schema with what loading found of its values."""
    tables = zip(original.tables, loaded.tables, strict=True)
    return Schema(original.name, tuple(_loaded_table(before, after) for before, after in tables))


def _loaded_table(before: Table, after: Table) -> Table:
    columns = tuple(_loaded_column(a, b) for a, b in zip(before.columns, after.columns, strict=True))
    return replace(before, columns=columns, primary_key=before.primary_key if after.primary_key else ())


def _loaded_column(before: Column, after: Column) -> Column:
    found_text = after.type is ColumnType.TEXT and before.type is not ColumnType.TIME
    return replace(before, type=ColumnType.TEXT if found_text else before.type, nullable=after.nullable)


def _catalog(schema: Schema) -> Catalog:
    return {
        identifier(table.name, "oracle").name: StoredTable(
            table.name,
            {identifier(c.name, "oracle").name: (c.name, _KINDS.get(c.type, Kind.TEXT)) for c in table.columns},
        )
        for table in schema.tables
    }


def _create_helpers(conninfo: str) -> None:
    """Create the functions of the stand-in, as the server's superuser."""
    import psycopg

    as_owner = psycopg.conninfo.make_conninfo(conninfo, user="postgres")
    with psycopg.connect(as_owner, autocommit=True) as connection:
        connection.execute(helpers().encode())
