"""What loading a source into any engine needs: how wide its values are, and rows that fit the columns."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

from ..dialects import Dialect
from ..identifiers import quoted
from ..schema import Column, ColumnType, Schema, Table

Row = tuple[Any, ...]
_CHUNK = 10_000
_INT4 = 2**31
_LEAST_DIGITS, _LEAST_SCALE = 12, 2  # DECIMAL(12, 2) unless the values need more

_PYTHON_TYPES: dict[ColumnType, set[type]] = {
    ColumnType.INTEGER: {int},
    ColumnType.DECIMAL: {Decimal, int, float},
    ColumnType.FLOAT: {float, int, Decimal},
    ColumnType.TEXT: {str},
    ColumnType.DATE: {date},
    ColumnType.TIME: {time},
    ColumnType.TIMESTAMP: {datetime},
    ColumnType.TIMESTAMPTZ: {datetime},
    ColumnType.BOOLEAN: {bool},
    ColumnType.BINARY: {bytes},
}


class Source(Protocol):
    """What is loaded: a schema and, for each of its tables, rows of Python values in column order."""

    def schema(self) -> Schema:
        """Return the schema."""

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table."""


@dataclass(slots=True)
class Width:
    """How much room a column's values need; ``alien`` if some are not of the column's type at all."""

    nulls: bool = False
    wide: bool = False
    whole_digits: int = 0
    scale: int = 0
    alien: bool = False

    def admit(self, column: Column, values: Row) -> None:
        """Widen to hold ``values``."""
        present = [value for value in values if value is not None]
        self.nulls |= len(present) < len(values)
        self.alien |= not set(map(type, present)) <= _PYTHON_TYPES.get(column.type, {str})
        if self.alien or not present:
            return
        if column.type is ColumnType.INTEGER:
            self.wide |= not -_INT4 <= min(present) <= max(present) < _INT4
        elif column.type is ColumnType.DECIMAL:
            self._admit_decimals(present)

    def _admit_decimals(self, values: list[Any]) -> None:
        for value in map(str, values):
            _, digits, exponent = Decimal(value).as_tuple()
            if isinstance(exponent, int):  # not NaN or infinite
                self.whole_digits = max(self.whole_digits, len(digits) + exponent)
                self.scale = max(self.scale, -exponent)


@dataclass(frozen=True, slots=True)
class Plan:
    """How one table is loaded: the table as it will be, a native type and a converter for each column."""

    table: Table
    native_types: tuple[str, ...]
    converters: tuple[Callable[[Any], Any] | None, ...]

    def column_definitions(self, dialect: str = "postgres") -> str:
        """Return the columns of a CREATE TABLE statement, in the dialect's quotes."""
        pairs = zip(self.table.columns, self.native_types, strict=True)
        return ", ".join(
            f"{quoted(column.name, dialect)} {native}{'' if column.nullable else ' NOT NULL'}"
            for column, native in pairs
        )

    def rows(self, source: Source) -> Iterator[Row]:
        """Yield the source's rows with each value converted for its column."""
        rows = source.rows(self.table.name)
        if not any(self.converters):
            return rows
        return (
            tuple(
                convert(value) if convert and value is not None else value
                for convert, value in zip(self.converters, row, strict=True)
            )
            for row in rows
        )


def plan(source: Source, table: Table, dialect: Dialect, stored_as: Mapping[ColumnType, Callable[[Any], Any]]) -> Plan:
    """Return how to load ``table``; ``stored_as`` converts values for types the engine does not have.

    Databases without strict types may hold values that are not of their column's type, or NULL in a
    primary key. Such a column becomes text, and such a key is none.
    """
    widths = _survey(source, table)
    pairs = list(zip(table.columns, widths, strict=True))
    columns = tuple(_loaded_column(column, width) for column, width in pairs)
    key_has_nulls = any(width.nulls for column, width in pairs if column.name in table.primary_key)
    return Plan(
        replace(table, columns=columns, primary_key=() if key_has_nulls else table.primary_key),
        tuple(_native_type(column, width, dialect) for column, width in zip(columns, widths, strict=True)),
        tuple(str if width.alien else stored_as.get(column.type) for column, width in pairs),
    )


def _loaded_column(column: Column, width: Width) -> Column:
    is_text = width.alien or column.type is ColumnType.OTHER
    return replace(
        column,
        type=ColumnType.TEXT if is_text else column.type,
        nullable=column.nullable or width.nulls,
    )


def chosen(rows: Iterable[Row], kept: Collection[int] | None) -> Iterator[Row]:
    """Yield the rows whose numbers are kept, all of them if ``kept`` is None."""
    return (row for number, row in enumerate(rows) if kept is None or number in kept)


def chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield the rows in lists of a bounded length."""
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _survey(source: Source, table: Table) -> list[Width]:
    widths = [Width() for _ in table.columns]
    for chunk in chunks(iter(source.rows(table.name))):
        for width, column, values in zip(widths, table.columns, zip(*chunk, strict=True), strict=True):
            width.admit(column, values)
    return widths


def _native_type(column: Column, width: Width, dialect: Dialect) -> str:
    native = dialect.native_types[column.type]
    if column.type is ColumnType.INTEGER and width.wide:
        return dialect.big_integer
    if column.type is ColumnType.DECIMAL and dialect.decimal_digits:
        scale = max(width.scale, _LEAST_SCALE)
        digits = max(_LEAST_DIGITS, width.whole_digits + scale)
        if digits > dialect.decimal_digits:
            return dialect.native_types[ColumnType.FLOAT]
        return f"{native}({digits}, {scale})"
    return native
