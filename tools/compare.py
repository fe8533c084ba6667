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
from itertools import pairwise
from typing import Any

from sqlglot import parse_one
from sqlglot.errors import SqlglotError

from .outcome import Execution, Outcome

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12  # how near to each other numbers that are not whole must be
_TRIES = 1000  # column assignments looked at before giving up on a permutation

Row = tuple[Hashable, ...]


def compare(gold: Execution, other: Execution, ordered: bool) -> Outcome:
    """Return ``match``, ``mismatch`` or, when both are empty, ``vacuous``.

    Rows are a multiset unless ``ordered``; columns may come in another order, the same for all rows.
    """
    left, right = _canonical_rows(gold.rows), _canonical_rows(other.rows)
    if not left and not right:
        return Outcome.VACUOUS
    near = _near_numbers([*left, *right])
    left, right = _replaced(left, near), _replaced(right, near)
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

    Booleans equal 0 and 1, as engines without a boolean type return them; numbers are left as precise as they are.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float | Decimal):
        return value if math.isfinite(value) else str(value).lower().removesuffix("inity")
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


def _near_numbers(rows: list[Row]) -> dict[Any, Any]:
    """Return, for each number that is not the first of a run of near ones, that first one.

    Two whole numbers of an exact type are never near: keys may be long. Numbers inside lists must be equal.
    """
    numbers = sorted({v for row in rows for v in row if isinstance(v, int | float | Decimal)})
    stands_for: dict[Any, Any] = {}
    for one, other in pairwise(numbers):
        exact = not isinstance(one, float) and not isinstance(other, float) and one % 1 == other % 1 == 0
        if not exact and math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE):
            stands_for[other] = stands_for.get(one, one)
    return stands_for


def _replaced(rows: list[Row], near: dict[Any, Any]) -> list[Row]:
    return [tuple(near.get(v, v) for v in row) for row in rows] if near else rows


def _canonical_rows(rows: Sequence[tuple[Any, ...]]) -> list[Row]:
    return [tuple(canonical(v) for v in row) for row in rows]


def _column_orders(left: list[Row], right: list[Row]) -> Iterator[list[int]]:
    """Yield the orders of ``right``'s columns that give each column of ``left`` its multiset of values.

    Columns with the same values are interchangeable only as far as rows agree, which the caller checks; the
    search is depth first over candidates with equal value counts and bounded. Of equal columns one is tried.
    """
    wanted = [frozenset(Counter(column).items()) for column in zip(*left, strict=True)]
    columns = list(zip(*right, strict=True))
    first_equal = [columns.index(column) for column in columns]
    offered = [frozenset(Counter(column).items()) for column in columns]
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
        free = {first_equal[i]: i for i in reversed(candidates[len(order)]) if i not in order}
        for i in sorted(free.values()):
            if _agree(left, right, order, i):
                yield from extend([*order, i])

    yield from extend([])


def _agree(left: list[Row], right: list[Row], order: list[int], column: int) -> bool:
    """Return whether the columns chosen so far and ``column`` hold the same partial rows on both sides."""
    if not order:
        return True
    ours = Counter(row[: len(order) + 1] for row in left)
    return ours == Counter((*(row[i] for i in order), row[column]) for row in right)
