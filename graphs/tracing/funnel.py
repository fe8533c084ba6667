"""The stages that items of a run go through, and where they are lost."""

from dataclasses import dataclass, replace
from typing import Any

from .trace import Trace

_SUCCESSES = {"runs": "runs", "match": "matches"}
_SUCCEEDED = (
    "SELECT node, outcome, count(DISTINCT item) AS items FROM steps"
    f" WHERE outcome IN {tuple(_SUCCESSES)} GROUP BY node, outcome"
)
_AGREED = (
    "SELECT node, count(DISTINCT item) AS items FROM steps"
    " WHERE node = 'critic' AND json_extract(delta, '$.agree') GROUP BY node"
)
_LOST = (
    "SELECT node, reason, count(*) AS count FROM item_ends JOIN items USING (item)"
    " WHERE status = 'rejected' GROUP BY node, reason ORDER BY count DESC, reason"
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A node, or what came of items in it (``inner``): how many came to it, and were ``lost`` as none went further.

    ``reason`` is the most frequent one of those lost. Items need not come by a ``detour`` on their way.
    """

    name: str
    items: int
    lost: int = 0
    reason: str | None = None
    inner: bool = False
    detour: bool = False


def read_stages(trace: Trace, kept: int, nodes: list[dict[str, Any]]) -> list[Stage]:
    """Return the stages of a run, to ``kept``, from its ``node_totals`` in the order in which items come to them."""
    lost, inner = _lost(trace), _inner(trace)
    stages = []
    for name, items in ((row["node"], row["items"]) for row in nodes if row["node"] != "reject"):
        stages += [Stage(name, items, *lost.get(name, (0, None))), *inner.get(name, ())]
    stages.append(Stage("kept", kept))
    return [_placed(stage, stages[n + 1 :]) for n, stage in enumerate(stages)]


def _inner(trace: Trace) -> dict[str, list[Stage]]:
    """Return for each node what came of items in it, as its steps tell."""
    found: dict[str, list[Stage]] = {}
    for row in trace.query(_SUCCEEDED):
        found.setdefault(row["node"], []).append(Stage(_SUCCESSES[row["outcome"]], row["items"], inner=True))
    for row in trace.query(_AGREED):
        found.setdefault(row["node"], []).append(Stage("agrees", row["items"], inner=True))
    return found


def _placed(stage: Stage, later: list[Stage]) -> Stage:
    """Mark as a detour what fewer items came to than to a later node."""
    passed_by = not stage.inner and any(other.items > stage.items for other in later if not other.inner)
    return replace(stage, detour=passed_by)


def _lost(trace: Trace) -> dict[str, tuple[int, str | None]]:
    """Return for each node how many rejected items ended at it, and the most frequent reason."""
    found: dict[str, tuple[int, str | None]] = {}
    for row in trace.query(_LOST):
        count, reason = found.get(row["node"], (0, row["reason"]))
        found[row["node"]] = (count + row["count"], reason)
    return found
