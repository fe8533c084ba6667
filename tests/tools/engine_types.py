"""How values come back from each dialect's engine, and what has types of its own, as data."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from isogloss.tools.schema import ColumnType, Table

_T = ColumnType


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
    "mysql": {_T.TIME: _since_midnight, _T.TIMESTAMPTZ: _naive, _T.BOOLEAN: int},
    "oracle": {_T.DATE: _midnight, _T.TIME: str, _T.BOOLEAN: int, _T.TEXT: lambda text: text or None},
    "postgres": {},
    "sqlite": {
        _T.DECIMAL: float,
        _T.DATE: str,
        _T.TIME: str,
        _T.TIMESTAMP: str,
        _T.TIMESTAMPTZ: lambda value: str(_naive(value)),
        _T.BOOLEAN: int,
    },
}


def returned(dialect: str, table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row as the dialect's engine should give it back."""
    converters = [COMES_BACK[dialect].get(column.type, lambda value: value) for column in table.columns]
    return tuple(None if v is None else convert(v) for v, convert in zip(row, converters, strict=True))


def names(dialect: str, table: Table) -> tuple[str, ...]:
    """Return the names of a table's columns as results show them: Oracle's in capitals."""
    return tuple(column.name.upper() if dialect == "oracle" else column.name for column in table.columns)


# What only some dialects have: dialect, expression, value.
OWN_VALUES: list[tuple[str, str, Any]] = [
    ("duckdb", "[1, NULL, 2]", [1, None, 2]),
    ("duckdb", "[['a'], []]", [["a"], []]),
    ("duckdb", "{'a': 1, 'b': [DATE '2024-02-29']}", {"a": 1, "b": [date(2024, 2, 29)]}),
    ("duckdb", "map {'k': 1}", {"k": 1}),
    ("duckdb", "INTERVAL 36 HOUR", timedelta(hours=36)),
    ("postgres", "ARRAY[1, NULL, 2]", [1, None, 2]),
    ("postgres", "ARRAY[['a'], ['b']]", [["a"], ["b"]]),
    ("postgres", "ROW(1, 'a')", ("1", "a")),
    ("postgres", """'{"a": [1, null]}'::jsonb""", {"a": [1, None]}),
    ("postgres", "interval '36 hours'", timedelta(hours=36)),
    ("bigquery", "[1, 2]", [1, 2]),
    ("bigquery", "[STRUCT(1 AS a, ['x'] AS b)]", [{"a": 1, "b": ["x"]}]),
    ("bigquery", "[STRUCT(1 AS a)]", [{"a": 1}]),
]
