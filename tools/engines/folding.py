"""Names as a dialect without quotes keeps them, so that queries on a loaded database need none."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..schema import ForeignKey, Schema, Table
from .loading import Source

_FOLDS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class FoldedSource:
    """A source whose names are in lower case, but for those that only quotes can hold or tell apart.

    PostgreSQL and Oracle fold unquoted names: ``SELECT Name`` does not find a column loaded as ``"Name"``
    (https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS).
    """

    def __init__(self, source: Source) -> None:
        original = source.schema()
        tables = _folded(table.name for table in original.tables)
        columns = {table.name: _folded(column.name for column in table.columns) for table in original.tables}
        self._source, self._original = source, {tables[table.name]: table.name for table in original.tables}
        self._schema = Schema(original.name, tuple(_renamed(table, tables, columns) for table in original.tables))

    def schema(self) -> Schema:
        """Return the schema with folded names."""
        return self._schema

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the table that is called ``table`` here."""
        return self._source.rows(self._original[table])


def _folded(names: Iterable[str]) -> dict[str, str]:
    originals = list(names)
    times = Counter(name.lower() for name in originals)
    return {name: name.lower() if _FOLDS.fullmatch(name) and times[name.lower()] == 1 else name for name in originals}


def _renamed(table: Table, tables: dict[str, str], columns: dict[str, dict[str, str]]) -> Table:
    own = columns[table.name]
    return replace(
        table,
        name=tables[table.name],
        columns=tuple(replace(column, name=own[column.name]) for column in table.columns),
        primary_key=tuple(own[name] for name in table.primary_key),
        foreign_keys=tuple(
            ForeignKey(
                tuple(own[name] for name in key.columns),
                tables.get(key.referred_table, key.referred_table),
                tuple(columns.get(key.referred_table, {}).get(name, name) for name in key.referred_columns),
            )
            for key in table.foreign_keys
        ),
    )
