"""Dates that ClickHouse has no room for: it would store the nearest it has, so their columns are loaded as text.

``Date32`` and ``DateTime64`` hold the years 1900 to 2299 (https://clickhouse.com/docs/sql-reference/data-types/date32).
"""

from collections.abc import Iterator
from dataclasses import replace

from isogloss.tools.engines.loading import Row, Source
from isogloss.tools.schema import Column, ColumnType, Schema, Table

_DATES = {ColumnType.DATE, ColumnType.TIMESTAMP, ColumnType.TIMESTAMPTZ}


class StorableSource:
    """A source whose columns of dates are of another type where one of them is out of range."""

    def __init__(self, source: Source) -> None:
        self._source, original = source, source.schema()
        self._schema = Schema(original.name, tuple(map(self._storable, original.tables)))

    def _storable(self, table: Table) -> Table:
        dates = [place for place, column in enumerate(table.columns) if column.type in _DATES]
        outside = {p for row in (self._source.rows(table.name) if dates else ()) for p in dates if _is_outside(row[p])}
        columns = (replace(c, type=ColumnType.OTHER) if p in outside else c for p, c in enumerate(table.columns))
        return replace(table, columns=tuple[Column, ...](columns))

    def schema(self) -> Schema:
        """Return the schema with the types that can be stored."""
        return self._schema

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table, as they are."""
        return self._source.rows(table)


def _is_outside(value: object) -> bool:
    year = getattr(value, "year", None)
    return year is not None and not 1900 <= year <= 2299
