"""Comparing results: typed canonical values, rows as a multiset or in order, columns matched row by row.

The rules are those of the design: numbers by value (30 = 30.0 = Decimal("30")), floats to a relative 1e-9,
NULL equal to NULL only, timestamps with a zone in UTC; nothing against nothing proves nothing.
"""

import json
import math
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlglot import parse_one
from sqlglot.errors import SqlglotError

from .outcome import Execution, Outcome

_DIGITS = 9  # significant decimal digits that floats must share
_TRIES = 20_000  # column assignments looked at before giving up on a permutation

Row = tuple[Hashable, ...]


def compare(gold: Execution, other: Execution, ordered: bool) -> Outcome:
    """Return ``match``, ``mismatch`` or, when both are empty, ``vacuous``.

    Rows are a multiset unless ``ordered``; columns may come in another order, the same for all rows.
    """
    left, right = _canonical_rows(gold.rows), _canonical_rows(other.rows)
    if not left and not right:
        return Outcome.VACUOUS
    if len(left) != len(right) or len(left[0]) != len(right[0]):
        return Outcome.MISMATCH
    wanted = left if ordered else Counter(left)
    for order in _column_orders(left, right):
        moved = [tuple(row[i] for i in order) for row in right]
        if (moved if ordered else Counter(moved)) == wanted:
            return Outcome.MATCH
    return Outcome.MISMATCH


def is_ordered(sql: str, dialect: str) -> bool:
    """Return whether the outermost query has an ORDER BY; False for what does not parse."""
    try:
        return parse_one(sql, read=dialect).args.get("order") is not None
    except SqlglotError:
        return False


def is_vacuous(execution: Execution) -> bool:
    """Return whether a result proves nothing: no rows, or no value but NULL."""
    return all(value is None for row in execution.rows for value in row)


def canonical(value: Any) -> Hashable:
    """Return a value such that two driver values are equal exactly if their canonical values are.

    Booleans equal 0 and 1, as engines without a boolean type return them. Floats and decimals are rounded to
    nine significant digits, so values at the edge of a rounding step may differ though nearer than 1e-9.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if abs(value) < 10**_DIGITS else _number(Decimal(value))
    if isinstance(value, float):
        return str(value) if math.isnan(value) or math.isinf(value) else _number(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _number(value) if value.is_finite() else str(value)
    if isinstance(value, datetime):
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return ("date", plain.date()) if plain.time() == time() else ("time", plain)
    if isinstance(value, date):
        return ("date", value)
    if isinstance(value, timedelta):
        return ("span", value.total_seconds())
    if isinstance(value, list | tuple):
        return ("list", tuple(canonical(v) for v in value))
    if isinstance(value, dict):
        return ("object", tuple(sorted((k, canonical(v)) for k, v in value.items())))
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    return value if isinstance(value, Hashable) else json.dumps(value, default=str)


def _number(value: Decimal) -> Hashable:
    if value == 0 or abs(value) < Decimal("1e-12"):
        return 0
    rounded = round(value, _DIGITS - 1 - value.adjusted())
    return int(rounded) if rounded == rounded.to_integral_value() else rounded.normalize()


def _canonical_rows(rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    return [tuple(canonical(v) for v in row) for row in rows]


def _column_orders(left: list[Row], right: list[Row]) -> Iterator[list[int]]:
    """Yield the orders of ``right``'s columns that give each column of ``left`` its multiset of values.

    Columns with the same values are interchangeable only as far as rows agree, which the caller checks; the
    search is depth first over candidates with equal value counts and bounded.
    """
    wanted = [frozenset(Counter(column).items()) for column in zip(*left, strict=True)]
    offered = [frozenset(Counter(column).items()) for column in zip(*right, strict=True)]
    candidates = [[i for i, have in enumerate(offered) if have == want] for want in wanted]
    tries = 0

    def extend(order: list[int]) -> Iterator[list[int]]:
        nonlocal tries
        tries += 1
        if tries > _TRIES:
            return
        if len(order) == len(candidates):
            yield order
            return
        for i in candidates[len(order)]:
            if i not in order and _agree(left, right, order, i):
                yield from extend([*order, i])

    yield from extend([])


def _agree(left: list[Row], right: list[Row], order: list[int], column: int) -> bool:
    """Return whether the columns chosen so far and ``column`` hold the same partial rows on both sides."""
    if not order:
        return True
    ours = Counter(row[: len(order) + 1] for row in left)
    return ours == Counter((*(row[i] for i in order), row[column]) for row in right)
