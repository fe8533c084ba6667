"""Comparing results: which label a prediction's result gets beside gold's, and why."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .canonical import STRICT, Rules, canonical_column
from .column_matching import UndecidedError, match_columns, same_rows
from .difference import Coded, Difference, difference, reason
from .near_numbers import near_numbers, replaced
from .outcome import Execution, Outcome

Rows = Sequence[tuple[Any, ...]]


class Label(StrEnum):
    """How a prediction compares with gold; the last five say how it failed to give a result."""

    EXACT = "exact"
    PERMUTED = "permuted columns"
    SUPERSET = "superset"
    MISMATCH = "mismatch"
    VACUOUS = "vacuous"
    UNDECIDED = "undecided"
    NONDETERMINISTIC = "nondeterministic"
    ERROR = "error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"

    @property
    def outcome(self) -> Outcome:
        """What the label amounts to: ``superset`` and ``undecided`` are no match."""
        return _AMOUNTS_TO.get(self) or Outcome(self.value)


_AMOUNTS_TO = {
    Label.EXACT: Outcome.MATCH,
    Label.PERMUTED: Outcome.MATCH,
    Label.SUPERSET: Outcome.MISMATCH,
    Label.UNDECIDED: Outcome.MISMATCH,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison; ``reason`` is one line, None for a match.

    ``columns`` gives, for each of gold's columns, the prediction's if rows are equal. ``notes`` say what was taken
    for the same and need not be, such as '' for NULL in Oracle.
    """

    label: Label
    gold: Execution
    predicted: Execution
    reason: str | None = None
    columns: tuple[int, ...] | None = None
    difference: Difference = field(default_factory=Difference)
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What the label amounts to."""
        return self.label.outcome


def compare(gold: Execution, other: Execution, ordered: bool) -> Outcome:
    """Return ``match``, ``mismatch`` or, when both prove nothing, ``vacuous``.

    Rows are a multiset unless ``ordered``; columns may come in another order, the same for all rows.
    """
    return compare_results(gold, other, range(len(gold.rows)) if ordered else None).outcome


def compare_results(
    gold: Execution, predicted: Execution, ranks: Sequence[int] | None = None, rules: Rules = STRICT
) -> Comparison:
    """Compare two results that are there.

    ``ranks`` gives each of gold's rows its place, the same for ties, from 0 without gaps; None leaves the order
    free. Columns may come in another order, and the prediction may have more of them (``superset``).
    """
    left, right, notes = coded(gold.rows, predicted.rows, rules)
    results = Coded(gold, predicted, left, right, [0] * len(gold.rows) if ranks is None else ranks)
    try:
        columns = _matched(results)
    except UndecidedError as error:
        return Comparison(Label.UNDECIDED, gold, predicted, str(error), notes=notes)
    if columns is None:
        rows = difference(results)
        return Comparison(Label.MISMATCH, gold, predicted, reason(results, rows), difference=rows, notes=notes)
    label, why = _label(results, columns)
    return Comparison(label, gold, predicted, why, columns, notes=notes)


def is_vacuous(execution: Execution) -> bool:
    """Return whether a result proves nothing: no rows, or no value but NULL."""
    return all(value is None for row in execution.rows for value in row)


def coded(
    gold: Rows, predicted: Rows, rules: Rules = STRICT
) -> tuple[list[list[int]], list[list[int]], tuple[str, ...]]:
    """Return the columns of both with equal values as equal numbers, and notes of what was taken for the same."""
    notes: dict[str, None] = {}
    sides = [
        [canonical_column(column, rules, notes.setdefault) for column in zip(*rows, strict=True)]
        for rows in (gold, predicted)
    ]
    near = near_numbers({value for columns in sides for column in columns for value in column})
    codes: dict[Hashable, int] = {}
    left, right = ([_codes(column, near, codes) for column in columns] for columns in sides)
    return left, right, tuple(notes)


def _codes(column: Iterable[Hashable], near: dict[Any, Any], codes: dict[Hashable, int]) -> list[int]:
    values = (replaced(value, near) for value in column) if near else column
    return [codes.setdefault(value, len(codes)) for value in values]


def _matched(results: Coded) -> tuple[int, ...] | None:
    """Return the prediction's column for each of gold's if the rows are equal, preferring the order they are in."""
    if len(results.gold.rows) != len(results.predicted.rows):
        return None
    as_they_are = results.right[: len(results.left)]
    if len(as_they_are) == len(results.left) and same_rows(results.left, as_they_are, results.ranks):
        return tuple(range(len(results.left)))
    return match_columns(results.left, results.right, results.ranks)


def _label(results: Coded, columns: tuple[int, ...]) -> tuple[Label, str | None]:
    if len(results.right) > len(columns):
        return Label.SUPERSET, f"gold's columns and {len(results.right) - len(columns)} more"
    if is_vacuous(results.gold):
        return Label.VACUOUS, "both results are empty or nothing but NULL, which proves nothing"
    return (Label.EXACT if columns == tuple(range(len(columns))) else Label.PERMUTED), None
