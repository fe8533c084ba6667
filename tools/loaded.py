"""Whether an engine holds what its source holds: row counts and a checksum of every column."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from .dialects import get_dialect
from .engines import Engine
from .engines.loading import Source, chosen, chunks
from .engines.sampling import column_values
from .errors import IsoglossError
from .outcome import Limits, Outcome
from .schema import ColumnType, Table

_READING = Limits(seconds=600.0, rows=10**8, result_bytes=2**30, memory_bytes=8 * 2**30)
_CHECKED_DIGITS = 15  # of a float, what every engine keeps


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One table compared: rows at the source and in the engine, and the columns whose checksums differ.

    Of a ``sampled`` table only the rows that were to be loaded count.
    """

    table: str
    source_rows: int
    rows: int
    columns: int
    differing: tuple[str, ...]
    sampled: bool = False

    @property
    def equal(self) -> bool:
        """Whether nothing was lost, added or changed."""
        return self.source_rows == self.rows and not self.differing


def check_loaded(source: Source, engine: Engine) -> Iterator[TableCheck]:
    """Compare each table of ``source`` with the engine's copy; raises ``IsoglossError`` if one cannot be read.

    A checksum is the sum of its values' hashes, so the order of rows does not matter. Values are compared by
    the type the engine loaded them as; in Oracle the empty text is NULL
    (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Nulls.html).
    """
    for original, table in zip(source.schema().tables, engine.schema().tables, strict=True):
        plain = [_PLAIN.get(column.type, str) for column in table.columns]
        empty_is_null = engine.dialect == "oracle"
        kept = engine.sampled.get(table.name)
        rows, wanted = _checksums(chosen(source.rows(original.name), kept), plain, empty_is_null)
        found = [_read(engine, table, column.name) for column in table.columns]
        sums = [_checksums(values, [text], empty_is_null) for values, text in zip(found, plain, strict=True)]
        differing = tuple(
            column.name for column, want, (_, [have]) in zip(table.columns, wanted, sums, strict=True) if want != have
        )
        yield TableCheck(table.name, rows, len(found[0]), len(table.columns), differing, kept is not None)


def _read(engine: Engine, table: Table, column: str) -> tuple[tuple[Any, ...], ...]:
    dialect = get_dialect(engine.dialect).sqlglot
    execution = engine.execute(column_values(table.name, column, dialect), _READING)
    if execution.outcome is not Outcome.RUNS:
        reason = execution.error or execution.rule or execution.outcome
        raise IsoglossError(f"cannot read {table.name}.{column} back: {reason}")
    return execution.rows


def _checksums(
    rows: Iterable[tuple[Any, ...]], plain: list[Callable[[Any], str]], empty_is_null: bool
) -> tuple[int, list[int]]:
    """Return the number of rows and, for each column, the sum of its values' hashes (modulo 2^64)."""
    count, sums = 0, [0] * len(plain)
    for chunk in chunks(iter(rows)):
        count += len(chunk)
        for place, (values, text) in enumerate(zip(zip(*chunk, strict=True), plain, strict=True)):
            sums[place] += _sum(Counter(values), text, empty_is_null)
    return count, [total % 2**64 for total in sums]


def _sum(values: Counter[Any], text: Callable[[Any], str], empty_is_null: bool) -> int:
    nulls = (None, "") if empty_is_null else (None,)
    return sum(times * _hash(text(value)) for value, times in values.items() if value not in nulls)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _number(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    rounded = f"{Decimal(str(value)):.{_CHECKED_DIGITS - 1}e}"
    return "0" if float(rounded) == 0 else rounded


def _day(value: Any) -> str:
    return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]


def _clock(value: Any) -> str:
    """Return a time of day to the microsecond, which MySQL's driver returns as a span."""
    if isinstance(value, timedelta):
        value = (datetime(1, 1, 1, tzinfo=UTC) + value).time()
    return time.fromisoformat(str(value)).isoformat("microseconds")


def _moment(value: Any) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return str(moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment)


_PLAIN: dict[ColumnType, Callable[[Any], str]] = {
    ColumnType.INTEGER: lambda value: str(int(value)),
    ColumnType.DECIMAL: _number,
    ColumnType.FLOAT: _number,
    ColumnType.DATE: _day,
    ColumnType.TIME: _clock,
    ColumnType.TIMESTAMP: _moment,
    ColumnType.TIMESTAMPTZ: _moment,
    ColumnType.BOOLEAN: lambda value: str(int(value)),
    ColumnType.BINARY: lambda value: bytes(value).hex(),
}
