"""How far a run is and what it has spent, from its record; where a killed process left none, from its files."""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..tracing.trace import Trace

_SUMMED = 20_000  # items whose tokens are summed up at once; of more it takes seconds
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a run is: ``done`` of ``goal``, ``kept`` of ``items``; what models took, ``cost`` in US dollars.

    None is what it does not have, or what nothing tells.
    """

    done: int | None = None
    goal: int | None = None
    items: int | None = None
    kept: int | None = None
    tokens: int | None = None
    cost: float | None = None


def counts(run: Path, record_name: str, record: dict[str, Any]) -> Counts:
    """Return how far a run is, without reading the whole of large files."""
    match record_name:
        case "run.json":
            return _of_items(run, record)
        case "eval.json":
            return _of_answers(run, record)
        case _:
            return _of_stages(run, record)


def _of_items(run: Path, record: dict[str, Any]) -> Counts:
    totals, (tokens, cost) = record.get("totals"), _spent(record.get("notes", {}))
    try:
        items, kept, tokens, cost = (totals["items"], totals["kept"], tokens, cost) if totals else _in_trace(run)
    except UsageError:  # of another version, or damaged
        return Counts(goal=record.get("goal"), tokens=tokens, cost=cost)
    pairs_are_the_goal = "kind" not in record["config"]
    return Counts(kept if pairs_are_the_goal else items, record.get("goal"), items, kept, tokens, cost)


def _in_trace(run: Path) -> tuple[int, int, int | None, float | None]:
    """Return items, kept, tokens and cost; the first two by index, the others if that is quick."""
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        by_status = "SELECT status, count(*) AS count FROM items GROUP BY status"
        found = {row["status"]: row["count"] for row in trace.query(by_status)}
        items, kept = sum(found.values()), found.get("kept", 0)
        if items > _SUMMED:
            return items, kept, None, None
        [spent] = trace.query(
            "SELECT total(tokens_in + tokens_out) AS tokens, iif(count(cost) = count(*), total(cost), NULL) AS cost"
            " FROM items"
        )
        return items, kept, int(spent["tokens"]), spent["cost"]


def _of_answers(run: Path, record: dict[str, Any]) -> Counts:
    graded, goal = record.get("graded"), record.get("goal")
    done = _lines(run / "answers.jsonl") if graded is None else graded
    return Counts(done, goal and max(goal, done), None, None, *_spent(record))


def _spent(notes: dict[str, Any]) -> tuple[int | None, float | None]:
    spent = notes.get("spent")
    return (spent["tokens_in"] + spent["tokens_out"], spent["cost"]) if spent else (None, None)


def _of_stages(run: Path, record: dict[str, Any]) -> Counts:
    return Counts(len({stage["name"] for stage in stages_of(run) if "result" in stage}), record.get("goal"))


def stages_of(run: Path) -> list[dict[str, Any]]:
    """Return what a training has noted of its stages, as they began and as they were done."""
    try:
        lines = (run / "stages.jsonl").read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    return [json.loads(line) for line in lines]


def _lines(path: Path) -> int:
    try:
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
    except OSError:
        return 0
