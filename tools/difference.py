"""Why two results are not the same: the rows that only one has, and one line that says it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .column_matching import Codes, UndecidedError, match_columns
from .outcome import Execution

_SHOWN_VALUE, _SHOWN_ROW = 30, 100  # characters

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """Two results column by column, equal values as equal numbers, and the places of gold's rows.

    ``ranks`` gives each place in gold's order, the same for ties, from 0 without gaps; zeros leave the order free.
    """

    gold: Execution
    predicted: Execution
    left: Codes
    right: Codes
    ranks: Sequence[int]

    @property
    def is_ordered(self) -> bool:
        """Whether the order of rows counts."""
        return any(self.ranks)


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows that one result has more often than the other, in the order they came in."""

    only_gold: tuple[Row, ...] = ()
    only_predicted: tuple[Row, ...] = ()


def difference(results: Coded) -> Difference:
    """Return the rows that differ, columns paired by name or else by place; none if they cannot be paired."""
    if not results.left or not results.right:  # one side is empty, and has no columns then
        return Difference(results.gold.rows, results.predicted.rows)
    columns = _paired_by_name(results) or list(range(len(results.left)))
    if len(results.right) < len(results.left):
        return Difference()
    left = list(zip(*results.left, strict=True))
    right = list(zip(*(results.right[place] for place in columns), strict=True))
    shown = [tuple(row[place] for place in columns) for row in results.predicted.rows]
    return Difference(_surplus(left, results.gold.rows, right), _surplus(right, shown, left))


def reason(results: Coded, rows: Difference) -> str:
    """Return in one line why results differ: number of rows or columns, order, values, pairing."""
    wanted, found = len(results.gold.rows), len(results.predicted.rows)
    if wanted != found:
        return f"{_counted(found, 'row')} where gold has {wanted:,}"
    if len(results.right) < len(results.left):
        return f"{_counted(len(results.right), 'column')} where gold has {len(results.left)}"
    return _order_reason(results) or f"{_column_reason(results)}{_first_row(rows)}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _order_reason(results: Coded) -> str | None:
    """Say where the order is first violated, if the rows are the same."""
    if not results.is_ordered:
        return None
    try:
        columns = match_columns(results.left, results.right, [0] * len(results.ranks))
    except UndecidedError:
        return None
    if columns is None:
        return None
    place = next(_misplaced(results, columns))
    moved = tuple(results.predicted.rows[place][column] for column in columns)
    return f"the same rows in another order: row {place + 1} is {_shown(moved)}, not {_shown(results.gold.rows[place])}"


def _misplaced(results: Coded, columns: tuple[int, ...]) -> Iterator[int]:
    left = Counter(zip(results.ranks, *results.left, strict=True))
    moved = zip(results.ranks, *(results.right[column] for column in columns), strict=True)
    for place, row in enumerate(moved):
        left[row] -= 1
        if left[row] < 0:
            yield place


def _column_reason(results: Coded) -> str:
    offered = {frozenset(Counter(column).items()) for column in results.right}
    missing = [place for place, column in enumerate(results.left) if frozenset(Counter(column).items()) not in offered]
    if not missing:
        return "each of gold's columns is there, but their rows are paired otherwise"
    names = results.gold.columns
    named = f" ({names[missing[0]]})" if names else ""
    return f"no column has the values of gold's column {missing[0] + 1}{named}"


def _first_row(rows: Difference) -> str:
    return f"; first row only in gold: {_shown(rows.only_gold[0])}" if rows.only_gold else ""


def _shown(row: Row) -> str:
    values = ", ".join(_short("NULL" if value is None else repr(value), _SHOWN_VALUE) for value in row)
    return _short(f"({values})", _SHOWN_ROW)


def _short(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _paired_by_name(results: Coded) -> list[int] | None:
    gold, predicted = ([name.lower() for name in side.columns] for side in (results.gold, results.predicted))
    unique = len(set(gold)) == len(gold) > 0 and all(predicted.count(name) == 1 for name in gold)
    return [predicted.index(name) for name in gold] if unique else None


def _surplus(keys: Sequence[Row], rows: Sequence[Row], others: Sequence[Row]) -> tuple[Row, ...]:
    left_over = Counter(others)
    surplus = []
    for key, row in zip(keys, rows, strict=True):
        left_over[key] -= 1
        if left_over[key] < 0:
            surplus.append(row)
    return tuple(surplus)
