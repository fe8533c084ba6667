"""Questions to a trace: which items, and the story of one."""

from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..run_catalog import run_dialect
from .family import number_of, trace_of
from .filters import Condition, column, compiled
from .trace import Step, Trace


@dataclass(frozen=True, slots=True)
class Story:
    """The whole of an item: its row of ``item_summary`` and its steps in order."""

    dialect: str
    summary: dict[str, Any]
    steps: list[Step]

    def sql_at(self, number: int) -> str | None:
        """Return the SQL proposed or executed in step ``number``, if it did either."""
        step = self.steps[number]
        return step.sql or step.delta.get("sql")

    def versions_until(self, number: int) -> list[str]:
        """Return the queries up to step ``number`` in order, each that differs from the one before it."""
        queries = [sql for n in range(number + 1) if (sql := self.sql_at(n))]
        return [sql for sql, _ in groupby(queries)]


@dataclass(frozen=True, slots=True)
class Listing:
    """Some items, rows of ``item_summary``, and how many there are that match what was asked."""

    items: list[dict[str, Any]]
    matching: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items to list: all of these hold. ``reason`` is any part of the reason, ``where`` an expression.

    ``sort`` names a field, with ``-`` before it for the largest first; without it the latest items are listed in order.
    """

    status: str | None = None
    reason: str | None = None
    repaired: bool = False
    where: str | None = None
    sort: str | None = None
    limit: int = 20


def list_items(run: Path, selection: Selection) -> Listing:
    """Return the items of ``run`` that ``selection`` asks for.

    Raises ``UsageError`` if the run has no trace, or the selection names what items do not have.
    """
    condition, order = _condition(selection), _order(selection.sort)
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        values = (*condition.values, selection.limit)
        asked = f"SELECT * FROM item_summary WHERE {condition.sql} ORDER BY {order} LIMIT ?"
        items = list(trace.query(asked, values))
        matching = len(items)
        if matching == selection.limit:
            counted = trace.query(f"SELECT count(*) AS n FROM item_summary WHERE {condition.sql}", condition.values)
            matching = next(counted)["n"]
    return Listing(items if selection.sort else items[::-1], matching)


def _condition(selection: Selection) -> Condition:
    conditions = [compiled(selection.where)] if selection.where is not None else []
    if selection.status:
        conditions.append(Condition("status = ?", (selection.status,)))
    if selection.reason:
        conditions.append(Condition("instr(lower(reason), lower(?))", (selection.reason,)))
    if selection.repaired:
        conditions.append(Condition("repaired"))
    if not conditions:
        return Condition()
    return Condition(" AND ".join(c.sql for c in conditions), tuple(v for c in conditions for v in c.values))


def _order(sort: str | None) -> str:
    if sort is None:
        return "item DESC"
    field = column(sort.removeprefix("-"))
    return f"{field} IS NULL, {field} {'DESC' if sort.startswith('-') else 'ASC'}, item"


def read_story(run: Path, item: int | str) -> Story:
    """Return the story of an item, a fork as ``f3``; raises ``UsageError`` if the run has no such item."""
    with closing(Trace.read(trace_of(run, str(item)))) as trace:
        number = number_of(str(item))
        summary = next(trace.query("SELECT * FROM item_summary WHERE item = ?", (number,)), None)
        if summary is None:
            raise UsageError(f"{run} has no item {item}: see 'isogloss trace list {run}'.")
        return Story(run_dialect(run), summary, trace.steps(number))


def rejections(run: Path) -> dict[str, int]:
    """Return how many items were rejected for each reason, the most frequent first."""
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        groups = "SELECT reason, count(*) AS count FROM items WHERE status = 'rejected' GROUP BY reason ORDER BY 2 DESC"
        return {row["reason"]: row["count"] for row in trace.query(groups)}
