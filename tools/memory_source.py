"""A source held in memory, for tests: a small shop of every column type, with rows that break a foreign key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from .schema import Column, ColumnType, ForeignKey, Schema, Table

Row = tuple[Any, ...]


@dataclass
class MemorySource:
    """A source whose tables are lists of rows."""

    tables: dict[Table, list[Row]]
    name: str = "memory"
    fingerprint: str = "0" * 64

    def schema(self) -> Schema:
        """Return the schema."""
        return Schema(self.name, tuple(self.tables))

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table."""
        return iter(self.tables[self.schema().table(table)])

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


MAKERS = Table(
    "makers",
    (
        Column("maker_id", ColumnType.INTEGER, nullable=False),
        Column("name", ColumnType.TEXT, nullable=False, comment="name"),
    ),
    primary_key=("maker_id",),
    comment="maker",
)
THINGS = Table(
    "things",
    (
        Column("thing_id", ColumnType.INTEGER, nullable=False),
        Column("maker_id", ColumnType.INTEGER),
        Column("name", ColumnType.TEXT, comment="its name"),
        Column("price", ColumnType.DECIMAL),
        Column("weight", ColumnType.FLOAT),
        Column("made_on", ColumnType.DATE),
        Column("made_at", ColumnType.TIME),
        Column("sold_at", ColumnType.TIMESTAMP),
        Column("seen_at", ColumnType.TIMESTAMPTZ),
        Column("broken", ColumnType.BOOLEAN),
        Column("image", ColumnType.BINARY),
        Column("big", ColumnType.INTEGER),
        Column("mixed", ColumnType.INTEGER),
    ),
    primary_key=("thing_id",),
    foreign_keys=(ForeignKey(("maker_id",), "makers", ("maker_id",)),),
    comment="thing",
)

FIRST: Row = (
    1,
    1,
    'quo"ted, \\N and\nmore',
    Decimal("12.345"),
    1.5,
    date(2024, 2, 29),
    time(23, 59, 1),
    datetime(2024, 2, 29, 12, 30),  # noqa: DTZ001 - a timestamp without a zone is what is tested
    datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
    True,
    b"\x00\xff",
    2**40,
    7,
)
EMPTY: Row = (2, None, *[None] * 11)
ORPHAN: Row = (3, 99, "", Decimal(30), 2.0, *[None] * 7, "seven")


ROWS = [FIRST, EMPTY, ORPHAN]


def small() -> MemorySource:
    """Return two makers and three things; thing 3's maker does not exist, and one ``mixed`` is text."""
    return MemorySource({MAKERS: [(1, "Acme"), (2, "Zenith")], THINGS: [*ROWS]})


EDGES = Table(
    "edges",
    (
        Column("edge_id", ColumnType.INTEGER, nullable=False),
        *(Column(f"{kind}_value", kind) for kind in ColumnType if kind is not ColumnType.OTHER),
    ),
    primary_key=("edge_id",),
)
_INDIA = timezone(timedelta(hours=5, minutes=30))

# What is hard to store, in the order of ``ColumnType``: one row a column each of extremes, then nothing.
EDGE_ROWS: list[Row] = [
    (
        1,
        2**63 - 1,
        Decimal("123456789012345.678"),
        0.1,
        "it's \"quoted\", `ticked`, 100% \\N \\' %s ? :x",
        date(1970, 1, 1),
        time(0, 0),
        datetime(1999, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001 - a timestamp without a zone is what is tested
        datetime(2024, 3, 31, 3, 30, tzinfo=_INDIA),
        True,
        bytes(range(256)),
    ),
    (
        2,
        -(2**63),
        Decimal("-0.001"),
        -1.7976931348623157e308,
        "Zoë \u6771\u4eac \U0001f389\n\ttab\r\n -- ; /*",
        date(9999, 12, 31),
        time(23, 59, 59, 123456),
        datetime(1970, 1, 1),  # noqa: DTZ001
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        False,
        b"\x00",
    ),
    (3, *[None] * 10),
]


def edges(last_day: date = date.max) -> MemorySource:
    """Return the extremes of every column type, dates up to ``last_day``, and a row of NULLs."""
    return MemorySource({EDGES: [tuple(last_day if v == date.max else v for v in row) for row in EDGE_ROWS]})


def _naive(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None)


def _since_midnight(value: time) -> timedelta:
    return datetime.combine(date.min, value) - datetime.min  # noqa: DTZ901 - the difference has no zone


def _midnight(value: date) -> datetime:
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - Oracle's dates have none


# By dialect and column type; what is not listed comes back as the Python value that was loaded.
COMES_BACK: dict[str, dict[ColumnType, Callable[[Any], Any]]] = {
    "bigquery": {},
    "duckdb": {},
    "mysql": {ColumnType.TIME: _since_midnight, ColumnType.TIMESTAMPTZ: _naive, ColumnType.BOOLEAN: int},
    "oracle": {
        ColumnType.DATE: _midnight,
        ColumnType.TIME: str,
        ColumnType.BOOLEAN: int,
        ColumnType.TEXT: lambda text: text or None,
    },
    "postgres": {},
    "sqlite": {
        ColumnType.DECIMAL: float,
        ColumnType.DATE: str,
        ColumnType.TIME: str,
        ColumnType.TIMESTAMP: str,
        ColumnType.TIMESTAMPTZ: lambda value: str(_naive(value)),
        ColumnType.BOOLEAN: int,
    },
}
