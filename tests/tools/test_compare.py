"""Comparing results: a labelled battery, and the algebra of it."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.compare import compare, is_ordered, is_vacuous
from isogloss.tools.outcome import Execution, Outcome

Rows = list[tuple[Any, ...]]
MATCH, MISMATCH, VACUOUS = Outcome.MATCH, Outcome.MISMATCH, Outcome.VACUOUS


def result(rows: Rows) -> Execution:
    return Execution("", Outcome.RUNS, 0.0, rows=tuple(rows))


CASES: list[tuple[str, Rows, Rows, bool, Outcome]] = [
    ("row order is free", [(1,), (2,)], [(2,), (1,)], False, MATCH),
    ("row order counts when ordered", [(1,), (2,)], [(2,), (1,)], True, MISMATCH),
    ("columns permuted", [(1, "a"), (2, "b")], [("a", 1), ("b", 2)], False, MATCH),
    ("values re-paired across rows", [(1, 2), (3, 4)], [(1, 4), (3, 2)], False, MISMATCH),
    ("a duplicate lost", [(1,), (1,)], [(1,)], False, MISMATCH),
    ("a duplicate moved", [(1,), (1,), (2,)], [(1,), (2,), (2,)], False, MISMATCH),
    ("NULL is not 0", [(None,), (1,)], [(0,), (1,)], False, MISMATCH),
    ("NULL is not the empty text", [(None,), ("x",)], [("",), ("x",)], False, MISMATCH),
    ("NULL is NULL", [(None, 1)], [(None, 1)], False, MATCH),
    ("floats to nine digits", [(0.3,)], [(0.1 + 0.2,)], False, MATCH),
    ("floats at the edge of a rounding step", [(0.1234567895,)], [(0.12345678949999999,)], False, MATCH),
    ("sums of decimals and floats", [(Decimal("1234.5"), 1)], [(1, 1234.5000000001)], False, MATCH),
    ("long keys are exact", [(12345678901,)], [(12345678902,)], False, MISMATCH),
    ("long whole decimals are exact", [(Decimal(12345678901),)], [(12345678902,)], False, MISMATCH),
    ("infinity and NaN", [(float("inf"), float("nan"))], [(Decimal("Infinity"), Decimal("NaN"))], False, MATCH),
    ("rounded differently", [(2.35,)], [(2.3,)], False, MISMATCH),
    ("floats that differ", [(0.5,)], [(0.5045,)], False, MISMATCH),
    ("decimal, integer and float", [(Decimal("30.00"), 30)], [(30, 30.0)], False, MATCH),
    ("text is not a number", [("1",)], [(1,)], False, MISMATCH),
    ("true is 1 where there is no boolean", [(True,)], [(1,)], False, MATCH),
    ("an extra column", [(1,)], [(1, 2)], False, MISMATCH),
    ("both empty prove nothing", [], [], False, VACUOUS),
    ("empty against something", [], [(1,)], False, MISMATCH),
    ("two equal columns", [(1, 1), (2, 2)], [(1, 1), (2, 2)], False, MATCH),
    ("two equal columns against different ones", [(1, 1), (2, 2)], [(1, 2), (2, 1)], False, MISMATCH),
    ("a date and its midnight", [(date(2024, 5, 1),)], [(datetime.fromisoformat("2024-05-01"),)], False, MATCH),
    (
        "one moment in two zones",
        [(datetime(2024, 5, 1, 12, tzinfo=UTC),)],
        [(datetime(2024, 5, 1, 14, tzinfo=timezone(timedelta(hours=2))),)],
        False,
        MATCH,
    ),
    ("bytes are bytes", [(b"\x00",)], [(memoryview(b"\x00"),)], False, MATCH),
    ("objects in any order of keys", [({"a": 1, "b": [2]},)], [({"b": [2.0], "a": 1},)], False, MATCH),
    ("lists in order", [([1, 2],)], [([2, 1],)], False, MISMATCH),
]


@pytest.mark.parametrize(("gold", "other", "ordered", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_labelled_case(gold: Rows, other: Rows, ordered: bool, expected: Outcome) -> None:
    assert compare(result(gold), result(other), ordered) is expected


def test_many_equal_columns_take_no_factorial_time() -> None:
    row = tuple(range(26))
    assert compare(result([row] * 3), result([row[::-1]] * 3), ordered=True) is MATCH
    assert compare(result([(1,) * 26]), result([(1,) * 25 + (2,)]), ordered=False) is MISMATCH


def test_many_columns_alike_are_told_apart_in_no_time() -> None:
    rows = [(1,) * 24 + (n, n % 7) for n in range(8000)]
    paired_otherwise = [(1,) * 24 + (n, (n + 1) % 7) for n in range(8000)]
    assert compare(result(rows), result([row[::-1] for row in rows]), ordered=False) is MATCH
    started = time.monotonic()
    assert compare(result(rows), result(paired_otherwise), ordered=False) is MISMATCH
    assert time.monotonic() - started < 4


def test_columns_of_the_same_values_are_paired_by_their_rows() -> None:
    rows = [tuple((n * factor) % 11 for factor in range(1, 11)) for n in range(11)]
    order = [7, 2, 9, 0, 5, 4, 8, 1, 6, 3]
    assert compare(result(rows), result([tuple(row[i] for i in order) for row in rows]), ordered=False) is MATCH


VALUES = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from(["a", "b", ""]), st.floats(-2, 2, width=16))
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[VALUES] * width), min_size=1, max_size=6))


@given(TABLES, st.randoms())
def test_rows_and_columns_may_be_permuted(rows: Rows, random: Any) -> None:
    order = list(range(len(rows[0])))
    random.shuffle(order)
    moved = [tuple(row[i] for i in order) for row in rows]
    assert compare(result(rows), result(moved), ordered=True) is MATCH
    random.shuffle(moved)
    assert compare(result(rows), result(moved), ordered=False) is MATCH


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5), st.floats(-1e-10, 1e-10))
def test_floats_nearer_than_a_billionth_are_equal(values: list[float], shift: float) -> None:
    moved = [(value * (1 + shift),) for value in values]
    assert compare(result([(value,) for value in values]), result(moved), ordered=True) is MATCH


@given(st.floats(1e-3, 1e12), st.floats(1e-8, 1))
def test_floats_farther_apart_differ(value: float, shift: float) -> None:
    assert compare(result([(value,)]), result([(value * (1 + shift),)]), ordered=False) is MISMATCH


@given(TABLES, st.integers(1, 3))
def test_a_multiset_counts_its_rows(rows: Rows, times: int) -> None:
    more = rows * times + rows[:1]
    assert compare(result(more), result(more[::-1]), ordered=False) is MATCH
    fewer = more[:-1]
    assert compare(result(more), result(fewer), ordered=False) is MISMATCH


@given(TABLES, TABLES)
def test_comparison_is_symmetric(one: Rows, other: Rows) -> None:
    assert compare(result(one), result(other), False) is compare(result(other), result(one), False)


@given(TABLES)
def test_a_repeated_row_is_seen(rows: Rows) -> None:
    assert compare(result(rows), result([*rows, rows[0]]), ordered=False) is MISMATCH


def test_only_the_outermost_order_counts() -> None:
    assert is_ordered("SELECT a FROM t ORDER BY a", "postgres")
    assert not is_ordered("SELECT a FROM (SELECT a FROM t ORDER BY a) AS s", "postgres")
    assert not is_ordered("SELECT rank() OVER (ORDER BY a) FROM t", "postgres")
    assert not is_ordered("SELECT 'order by'", "postgres")


def test_rows_of_nothing_but_null_are_vacuous() -> None:
    assert is_vacuous(result([(None, None)]))
    assert not is_vacuous(result([(None, 0)]))
