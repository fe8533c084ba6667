"""What a run comes to: where items were lost, what each node took, what went wrong, which snippets help."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .funnel import Stage, read_stages
from .snippet_statistics import SnippetTotals, read_snippets
from .trace import Trace

_LISTED = 5  # slowest and dearest items
_ITEMS = "SELECT item, status, reason, repaired, seconds, tokens, cost, question FROM item_summary"


@dataclass(frozen=True, slots=True)
class NodeTotals:
    """A node: its steps, the items that came to it, replies of models, and what they took.

    ``seconds`` in all; ``median`` and ``p95``, the 95th percentile, of one step. ``cost`` in US dollars, None if a
    price is unknown.
    """

    node: str
    steps: int
    items: int
    replies: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    seconds: float
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class AttemptErrors:
    """One way in which executed queries went wrong: how often in which attempt, and how often it was mended after."""

    error: str
    by_attempt: dict[int, int]
    count: int
    mended: int


@dataclass(frozen=True, slots=True)
class RunStatistics:
    """A run: its stages from first to last, its nodes by time, its errors by frequency, its snippets the best first.

    ``slowest`` and ``dearest`` are rows of item, status, reason, repaired, seconds, tokens, cost and question.
    """

    items: int
    kept: int
    stages: list[Stage]
    nodes: list[NodeTotals]
    errors: list[AttemptErrors]
    slowest: list[dict[str, Any]]
    dearest: list[dict[str, Any]]
    snippets: list[SnippetTotals]


def read_statistics(run: Path, reading: Callable[[str], None] = lambda _: None) -> RunStatistics:
    """Return the statistics of a run, also of one under way; ``reading`` hears of each part before it is read.

    Raises ``UsageError`` if ``run`` has no trace.
    """
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        list(trace.query("BEGIN"))  # all parts tell of the same moment of a run under way
        counts = next(trace.query("SELECT count(*) AS items, ifnull(sum(status = 'kept'), 0) AS kept FROM items"))
        reading("nodes")
        nodes = list(trace.query("SELECT * FROM node_totals ORDER BY first_step, items"))
        reading("stages")
        stages = read_stages(trace, counts["kept"], nodes)
        reading("attempts")
        errors = _errors(trace)
        reading("items")
        slowest = list(trace.query(f"{_ITEMS} ORDER BY seconds DESC, item LIMIT {_LISTED}"))
        dearest = list(trace.query(f"{_ITEMS} WHERE tokens ORDER BY cost DESC, tokens DESC, item LIMIT {_LISTED}"))
        reading("snippets")
        snippets = read_snippets(trace)
    by_time = sorted(map(_node, nodes), key=lambda node: -node.seconds)
    return RunStatistics(counts["items"], counts["kept"], stages, by_time, errors, slowest, dearest, snippets)


def _node(row: dict[str, Any]) -> NodeTotals:
    return NodeTotals(**{name: value for name, value in row.items() if name != "first_step"})


def _errors(trace: Trace) -> list[AttemptErrors]:
    found: dict[str, AttemptErrors] = {}
    for row in trace.query("SELECT * FROM attempt_errors ORDER BY attempt"):
        error = f"{row['outcome']}: {row['error_class']}" if row["error_class"] else row["outcome"]
        known = found.get(error, AttemptErrors(error, {}, 0, 0))
        counted = known.by_attempt | {row["attempt"]: row["count"]}
        found[error] = AttemptErrors(error, counted, known.count + row["count"], known.mended + row["mended"])
    return sorted(found.values(), key=lambda each: -each.count)
