"""How values come back from each dialect's engine, and what has types of its own, as data."""

from datetime import date, timedelta
from typing import Any

from isogloss.tools.memory_source import COMES_BACK
from isogloss.tools.schema import Table


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
