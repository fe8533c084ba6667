"""Questions to a trace: which items, and the story of one."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..run_catalog import run_dialect
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
        """Return the different queries up to step ``number``, in order."""
        queries = [sql for n in range(number + 1) if (sql := self.sql_at(n))]
        return list(dict.fromkeys(queries))


def list_items(
    run: Path, status: str | None = None, reason: str | None = None, repaired: bool = False, limit: int = 20
) -> list[dict[str, Any]]:
    """Return the latest ``limit`` items of ``item_summary`` in order, as asked for.

    ``reason`` is any part of the reason; ``repaired`` keeps only the repaired. Raises ``UsageError`` if
    ``run`` has no trace.
    """
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        rows = trace.query(
            "SELECT * FROM item_summary WHERE (?1 IS NULL OR status = ?1)"
            " AND (?2 IS NULL OR instr(lower(reason), lower(?2))) AND (NOT ?3 OR repaired) ORDER BY item DESC LIMIT ?4",
            (status, reason, repaired, limit),
        )
        return list(rows)[::-1]


def read_story(run: Path, item: int) -> Story:
    """Return the story of an item; raises ``UsageError`` if the run has no such item."""
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        summary = next(trace.query("SELECT * FROM item_summary WHERE item = ?", (item,)), None)
        if summary is None:
            raise UsageError(f"{run} has no item {item}: see 'isogloss trace list {run}'.")
        return Story(run_dialect(run), summary, trace.steps(item))


def rejections(run: Path) -> dict[str, int]:
    """Return how many items were rejected for each reason, the most frequent first."""
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        groups = "SELECT reason, count(*) AS count FROM items WHERE status = 'rejected' GROUP BY reason ORDER BY 2 DESC"
        return {row["reason"]: row["count"] for row in trace.query(groups)}
