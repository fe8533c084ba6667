"""Comparing results: a labelled battery, the algebra of it, and columns that are hard to tell apart."""

import random
import time
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools import column_matching
from isogloss.tools.canonical import Rules, rules_between
from isogloss.tools.compare import Comparison, Label, compare, compare_results, is_vacuous
from isogloss.tools.outcome import Execution, Outcome

from .comparison_cases import CASES, Case, Rows

MATCH, MISMATCH, VACUOUS = Outcome.MATCH, Outcome.MISMATCH, Outcome.VACUOUS


def result(rows: Rows, *columns: str) -> Execution:
    return Execution("", Outcome.RUNS, 0.0, columns=columns, rows=tuple(rows))


def compared(gold: Rows, predicted: Rows, ranks: list[int] | None = None) -> Comparison:
    return compare_results(result(gold), result(predicted), ranks)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_labelled_case(case: Case) -> None:
    comparison = compare_results(result(case.gold), result(case.predicted), case.ranks, case.rules)
    assert comparison.label is case.label
    assert (comparison.reason is None) is (comparison.outcome is MATCH)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_labelled_case_with_gold_and_prediction_swapped_amounts_to_the_same(case: Case) -> None:
    there = compare_results(result(case.gold), result(case.predicted), case.ranks, case.rules)
    back = compare_results(result(case.predicted), result(case.gold), case.ranks, case.rules)
    assert back.outcome is there.outcome


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 45
    assert len({case.name for case in CASES}) == len(CASES)


def test_what_is_taken_for_the_same_is_noted() -> None:
    empty = compare_results(result([("",)]), result([("x",)]), rules=Rules(empty_is_null=True))
    assert empty.notes == ("'' was taken for NULL, as Oracle does",)
    assert compared([("ab ",)], [("ab",)]).notes == (
        "blanks at the end of texts of one length were dropped, as of CHAR(n)",
    )
    assert not compared([("ab",)], [("ab",)]).notes


def test_rules_follow_the_dialects() -> None:
    assert rules_between("oracle", "sqlite") == Rules(empty_is_null=True, dates_in_text=True)
    assert rules_between("sqlite", "sqlite") == rules_between("duckdb", "postgres") == Rules()


REASONS: list[tuple[Rows, Rows, list[int] | None, str]] = [
    ([(1,), (2,)], [(1,)], None, "1 row where gold has 2"),
    ([(1, 2)], [(1,)], None, "1 column where gold has 2"),
    ([(1,), (2,)], [(2,), (1,)], [0, 1], "the same rows in another order: row 1 is (2), not (1)"),
    ([(1, "a")], [(1, "b")], None, "no column has the values of gold's column 2; first row only in gold: (1, 'a')"),
    (
        [(1, None), (2, 4)],
        [(2, None), (1, 4)],
        None,
        "each of gold's columns is there, but their rows are paired otherwise; first row only in gold: (1, NULL)",
    ),
    (
        [("\x1b[31m",)],
        [("",)],
        None,
        "no column has the values of gold's column 1; first row only in gold: ('\\x1b[31m')",
    ),
]


@pytest.mark.parametrize(("gold", "predicted", "ranks", "why"), REASONS)
def test_a_mismatch_says_why_in_one_line(gold: Rows, predicted: Rows, ranks: list[int] | None, why: str) -> None:
    assert compared(gold, predicted, ranks).reason == why


def test_the_difference_is_a_difference_of_multisets() -> None:
    rows = compare_results(result([(1, "a"), (1, "a"), (2, "b")], "n", "t"), result([("a", 1), ("c", 3)], "t", "n"))
    assert rows.difference.only_gold == ((1, "a"), (2, "b"))
    assert rows.difference.only_predicted == ((3, "c"),)


def test_rows_of_nothing_but_null_are_vacuous() -> None:
    assert is_vacuous(result([(None, None)]))
    assert not is_vacuous(result([(None, 0)]))


VALUES = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from(["a", "b", ""]), st.floats(-2, 2, width=16))
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[VALUES] * width), min_size=1, max_size=6))
FEW = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[st.integers(0, 1)] * width), min_size=1, max_size=4))


def equal(rows: Rows) -> Outcome:
    return VACUOUS if is_vacuous(result(rows)) else MATCH


@given(TABLES, st.randoms())
def test_rows_and_columns_may_be_permuted(rows: Rows, random: Any) -> None:
    order = list(range(len(rows[0])))
    random.shuffle(order)
    moved = [tuple(row[i] for i in order) for row in rows]
    assert compare(result(rows), result(moved), ordered=True) is equal(rows)
    random.shuffle(moved)
    assert compare(result(rows), result(moved), ordered=False) is equal(rows)


@given(FEW, FEW)
def test_the_label_is_that_of_trying_every_permutation(gold: Rows, predicted: Rows) -> None:
    width, wanted = len(gold[0]), sorted(gold)
    choices = permutations(range(len(predicted[0])), width)
    found = any(sorted(tuple(row[i] for i in choice) for row in predicted) == wanted for choice in choices)
    comparison = compared(gold, predicted)
    assert (comparison.label in (Label.EXACT, Label.PERMUTED, Label.SUPERSET)) is found
    assert (comparison.label is Label.SUPERSET) is (found and len(predicted[0]) > width)
    assert (comparison.label is Label.EXACT) is (sorted(predicted) == wanted)


@given(TABLES, st.randoms())
def test_a_column_more_is_a_superset(rows: Rows, random: Any) -> None:
    more = [(*row, random.randint(0, 1)) for row in rows]
    random.shuffle(more)
    assert compared(rows, more).label is Label.SUPERSET
    assert compared(more, rows).label is Label.MISMATCH


@given(TABLES, st.integers(1, 3))
def test_a_multiset_counts_its_rows(rows: Rows, times: int) -> None:
    more = rows * times + rows[:1]
    assert compare(result(more), result(more[::-1]), ordered=False) is equal(rows)
    assert compare(result(more), result(more[:-1]), ordered=False) is MISMATCH


@given(TABLES, TABLES)
def test_comparison_is_symmetric(one: Rows, other: Rows) -> None:
    assert compare(result(one), result(other), False) is compare(result(other), result(one), False)


NEAR = st.lists(st.sampled_from([(n * 0.4e-9 + 1,) for n in range(8)] + [(1,), (2,)]), min_size=1, max_size=4)


@given(NEAR, NEAR)
def test_near_numbers_are_symmetric_and_never_chained_apart(one: Rows, other: Rows) -> None:
    there = compare(result(one), result(other), False)
    assert there is compare(result(other), result(one), False)
    if there is MATCH:
        pairs = zip(sorted(one), sorted(other), strict=True)
        assert all(abs(x - y) <= 1.0001e-9 * max(x, y) for (x,), (y,) in pairs)


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5), st.floats(-1e-10, 1e-10))
def test_floats_nearer_than_a_billionth_are_equal(values: list[float], shift: float) -> None:
    apart = [value for n, value in enumerate(sorted(values)) if n == 0 or value - sorted(values)[n - 1] > 1e4]
    moved = [(value * (1 + shift),) for value in apart]
    assert compare(result([(value,) for value in apart]), result(moved), ordered=True) is MATCH


@given(st.floats(1e-3, 1e12), st.floats(1e-8, 1))
def test_floats_farther_apart_differ(value: float, shift: float) -> None:
    assert compare(result([(value,)]), result([(value * (1 + shift),)]), ordered=False) is MISMATCH


# 26 columns -------------------------------------------------------------------------------------------------------

WIDTH = 26
Table = list[tuple[int, ...]]


def shuffled(rows: Table, seed: int = 0) -> Table:
    source = random.Random(seed)
    order = source.sample(range(len(rows[0])), len(rows[0]))
    return [tuple(row[i] for i in order) for row in source.sample(rows, len(rows))]


def from_columns(columns: list[list[int]]) -> Table:
    return list(zip(*columns, strict=True))


def permuted_columns(height: int) -> list[list[int]]:
    source = random.Random(1)
    return [source.sample(range(height), height) for _ in range(WIDTH)]


def binary_columns(height: int) -> list[list[int]]:
    source = random.Random(2)
    return [source.sample([0, 1] * (height // 2), height) for _ in range(WIDTH)]


def cycles(*lengths: int) -> Table:
    """A table of 0 and 1 in which each row joins two columns, so that columns form cycles of these lengths."""
    rows: Table = []
    start = 0
    for length in lengths:
        joined = [(start + n, start + (n + 1) % length) for n in range(length)]
        rows += [tuple(int(place in pair) for place in range(sum(lengths))) for pair in joined]
        start += length
    return rows


def hadamard(height: int) -> Table:
    """Columns any two of which hold each pair of values equally often (Sylvester's construction)."""
    rows: Table = [(1,)]
    while len(rows) < height:
        rows = [row + row for row in rows] + [row + tuple(-value for value in row) for row in rows]
    return [row[1 : WIDTH + 1] for row in rows]


def swapped_in_one(columns: list[list[int]]) -> list[list[int]]:
    """Return the columns with two unequal values of one column swapped: the same values, paired otherwise."""
    changed = [column.copy() for column in columns]
    other = next(n for n, value in enumerate(changed[3]) if value != changed[3][0])
    changed[3][0], changed[3][other] = changed[3][other], changed[3][0]
    return changed


HARD: list[tuple[str, Table, Table, Label]] = [
    ("all different", [tuple(range(WIDTH))] * 3, [tuple(range(WIDTH))[::-1]] * 3, Label.PERMUTED),
    ("all alike but one", [(1,) * WIDTH], [(1,) * (WIDTH - 1) + (2,)], Label.MISMATCH),
    (
        "one multiset",
        from_columns(permuted_columns(500)),
        shuffled(from_columns(permuted_columns(500))),
        Label.PERMUTED,
    ),
    (
        "one multiset, re-paired",
        from_columns(permuted_columns(500)),
        shuffled(from_columns(swapped_in_one(permuted_columns(500)))),
        Label.MISMATCH,
    ),
    ("binary", from_columns(binary_columns(500)), shuffled(from_columns(binary_columns(500))), Label.PERMUTED),
    (
        "binary, re-paired",
        from_columns(binary_columns(500)),
        shuffled(from_columns(swapped_in_one(binary_columns(500)))),
        Label.MISMATCH,
    ),
    (
        "20 of 26 binary",
        [row[:20] for row in from_columns(binary_columns(500))],
        from_columns(binary_columns(500)),
        Label.SUPERSET,
    ),
    (
        "24 alike",
        [(1,) * 24 + (n, n % 7) for n in range(500)],
        [(n, n % 7) + (1,) * 24 for n in range(500)],
        Label.PERMUTED,
    ),
    (
        "24 alike, the others re-paired",
        [(1,) * 24 + (n, n % 7) for n in range(500)],
        [(n, (n + 1) % 7) + (1,) * 24 for n in range(500)],
        Label.MISMATCH,
    ),
    ("identity", cycles(*[2] * 13), shuffled(cycles(*[2] * 13)), Label.PERMUTED),
    ("one cycle", cycles(26), shuffled(cycles(26)), Label.PERMUTED),
    ("two cycles against one", cycles(13, 13), shuffled(cycles(26)), Label.MISMATCH),
    ("Hadamard", hadamard(32), shuffled(hadamard(32)), Label.PERMUTED),
    ("10 of Hadamard's", [row[:10] for row in hadamard(32)], shuffled(hadamard(32)), Label.SUPERSET),
]


@pytest.mark.parametrize(("gold", "predicted", "label"), [case[1:] for case in HARD], ids=[case[0] for case in HARD])
def test_26_columns_take_less_than_a_second(gold: Table, predicted: Table, label: Label) -> None:
    started = time.process_time()
    assert compared(list(gold), list(predicted)).label is label
    assert time.process_time() - started < 1


def test_columns_of_the_same_values_are_paired_by_their_rows() -> None:
    rows = [tuple((n * factor) % 11 for factor in range(1, 11)) for n in range(11)]
    comparison = compared(list(rows), [tuple(row[i] for i in (7, 2, 9, 0, 5, 4, 8, 1, 6, 3)) for row in rows])
    assert comparison.columns is not None
    assert comparison.label is Label.PERMUTED


def test_a_search_that_is_given_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_matching, "_LEAST_BOUND", 10_000)
    monkeypatch.setattr(column_matching, "_PASSES", 1)
    comparison = compared(list(cycles(13, 13)), list(shuffled(cycles(26))))
    assert comparison.label is Label.UNDECIDED
    assert comparison.outcome is MISMATCH
    assert comparison.reason == "the search for equal columns was given up after 10,000 cells"
