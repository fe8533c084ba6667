"""The one implementation of an engine that all dialects share."""

import random
from typing import Any, Self

from ..dialects import get_dialect
from ..errors import IsoglossError
from ..outcome import Execution, Limits, Outcome
from ..schema import ColumnType, Schema
from .database import Database
from .ddl import names, quoted
from .guard import broken_rule
from .pool import Pool

# Sampling is ours, not the model's, so it may take longer; it looks at this many values or rows at most.
_SAMPLING = Limits(seconds=120.0, rows=1000)
_ROWS_LOOKED_AT = 200


class PooledEngine:
    """An engine whose statements run in a pool of child processes."""

    stand_in = False

    def __init__(self, database: Database, workers: int, limits: Limits) -> None:
        self.dialect = database.dialect
        self._database, self._limits = database, limits
        self._descriptor = get_dialect(database.dialect)
        self._samples: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        self._pool = Pool(database.dialect, database.connect, workers, limits)
        try:
            self.version = self._pool.version()
        except IsoglossError:
            self.close()
            raise

    def schema(self) -> Schema:
        """Return the database's schema, with its source's keys and comments."""
        return self._database.schema

    def execute(self, sql: str, limits: Limits | None = None) -> Execution:
        """Execute one read-only statement in a killable child; thread-safe, blocking, never raises."""
        rule = broken_rule(sql, self._descriptor)
        if rule:
            return Execution(sql, Outcome.REJECTED, 0.0, rule=rule)
        return self._pool.execute(sql, limits or self._limits)

    def sample_values(self, table: str, column: str, limit: int = 20, seed: int = 0) -> list[Any]:
        """Return up to ``limit`` distinct non-null values, drawn with the seed from the most frequent ones.

        Columns of type ``other`` have none: their values need not be comparable. Raises ``KeyError`` for
        an unknown table or column, ``IsoglossError`` if the database cannot be read.
        """
        if self.schema().table(table).column(column).type is ColumnType.OTHER:
            return []
        name = quoted(column)
        sql = (
            f"SELECT {name} FROM {quoted(table)} WHERE {name} IS NOT NULL"
            f" GROUP BY {name} ORDER BY count(*) DESC, {name} LIMIT {_SAMPLING.rows}"
        )
        return [value for (value,) in self._drawn((table, column), sql, limit, seed)]

    def sample_rows(self, table: str, limit: int = 5, seed: int = 0) -> list[dict[str, Any]]:
        """Return up to ``limit`` rows, drawn with the seed from rows spread evenly over the sorted table.

        Raises ``KeyError`` for an unknown table, ``IsoglossError`` if the database cannot be read.
        """
        known = self.schema().table(table)
        columns = [column.name for column in known.columns]
        sortable = [column.name for column in known.columns if column.type is not ColumnType.OTHER]
        order = names(known.primary_key or sortable) or "1"
        [(count,)] = self._read((table,), f"SELECT count(*) FROM {quoted(table)}")
        # Every n-th row, whatever order the engine keeps its rows in.
        sql = (
            f"SELECT {names(columns)} FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS isogloss_row"
            f" FROM {quoted(table)}) AS numbered"
            f" WHERE isogloss_row % {1 + count // _ROWS_LOOKED_AT} = 0 ORDER BY isogloss_row"
        )
        return [dict(zip(columns, row, strict=True)) for row in self._drawn((table,), sql, limit, seed)]

    def _drawn(self, key: tuple[str, ...], sql: str, limit: int, seed: int) -> list[tuple[Any, ...]]:
        if key not in self._samples:
            self._samples[key] = self._read(key, sql)
        seen = self._samples[key]
        return random.Random(seed).sample(seen, min(limit, len(seen)))

    def _read(self, key: tuple[str, ...], sql: str) -> list[tuple[Any, ...]]:
        execution = self._pool.execute(sql, _SAMPLING)
        if execution.outcome is not Outcome.RUNS:
            reason = execution.error or execution.outcome
            raise IsoglossError(f"cannot sample {'.'.join(key)} of {self.schema().name}: {reason}")
        return list(execution.rows)

    def close(self) -> None:
        """End the children, then the database."""
        self._pool.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
