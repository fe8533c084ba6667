"""The one implementation of an engine that all dialects share."""

import random
from dataclasses import replace
from typing import Any, Self

from ..dialects import get_dialect
from ..errors import IsoglossError
from ..outcome import ErrorClass, Execution, Limits, Outcome
from ..schema import ColumnType, Schema
from .database import Database
from .guard import broken_rule
from .pool import Pool
from .sampling import every_nth_row, frequent_values, row_count

# Sampling is ours, not the model's, so it may take longer; it looks at this many values or rows at most.
_SAMPLING = Limits(seconds=120.0, rows=1000)
_ROWS_LOOKED_AT = 200


class PooledEngine:
    """An engine whose statements run in a pool of child processes."""

    def __init__(self, database: Database, workers: int, limits: Limits) -> None:
        self.dialect, self.stand_in, self.sampled = database.dialect, database.stand_in, database.sampled
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
        """Execute one read-only statement in a killable child; thread-safe, blocking.

        One whose child dies is executed again, for who killed it is unknown. Raises ``EngineLostError`` where no other
        child reaches the database either: that says nothing about the statement.
        """
        rule = broken_rule(sql, self._descriptor)
        if rule:
            return Execution(sql, Outcome.REJECTED, 0.0, rule=rule)
        execution = self._pool.execute(sql, limits or self._limits)
        if execution.error_class is ErrorClass.ENGINE_LOST:
            execution = self._pool.execute(sql, limits or self._limits)
        if execution.error_class is ErrorClass.ENGINE_LOST:
            self._pool.check()
        return execution

    def sample_values(self, table: str, column: str, limit: int = 20, seed: int = 0) -> list[Any]:
        """Return up to ``limit`` distinct non-null values, drawn with the seed from the most frequent ones.

        Columns of type ``other`` have none: their values need not be comparable. Raises ``KeyError`` for
        an unknown table or column, ``IsoglossError`` if the database cannot be read.
        """
        if self.schema().table(table).column(column).type is ColumnType.OTHER:
            return []
        sql = frequent_values(table, column, _SAMPLING.rows, self._descriptor.sqlglot)
        return [value for (value,) in self._drawn((table, column), sql, limit, seed)]

    def sample_rows(self, table: str, limit: int = 5, seed: int = 0) -> list[dict[str, Any]]:
        """Return up to ``limit`` rows, drawn with the seed from rows spread evenly over the sorted table.

        Raises ``KeyError`` for an unknown table, ``IsoglossError`` if the database cannot be read.
        """
        known = self.schema().table(table)
        columns = [column.name for column in known.columns]
        [(count,)] = self._read((table,), row_count(table, self._descriptor.sqlglot))
        sql = every_nth_row(known, 1 + count // _ROWS_LOOKED_AT, self._descriptor.sqlglot)
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

    def apart(self, workers: int = 1) -> "PooledEngine":
        """Return an engine on the same database with child processes of its own, to be closed before this one."""
        return PooledEngine(replace(self._database, close=lambda: None), workers, self._limits)

    def close(self) -> None:
        """End the children, then the database."""
        self._pool.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
