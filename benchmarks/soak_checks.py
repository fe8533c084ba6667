"""What can be wrong with the directory of a run that was killed again and again."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from isogloss.graphs.tracing.trace import Trace


def faults(run: Path) -> Iterator[str]:
    """Yield what is wrong with the directory of a run that was stopped."""
    try:
        pairs, attempts = _lines(run / "pairs.jsonl"), _lines(run / "attempts.jsonl")
    except ValueError as error:
        yield f"a line that is no JSON: {error}"
        return
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        items = list(trace.query("SELECT item, status, reason, repaired, attempts FROM items ORDER BY item"))
        stray = next(trace.query("SELECT count(*) AS n FROM steps WHERE item NOT IN (SELECT item FROM items)"))["n"]
    if [item["item"] for item in items] != list(range(len(items))):
        yield "items are missing or double"
    kept = [item["item"] for item in items if item["status"] == "kept"]
    if [int(pair["id"].rsplit("-", 1)[1]) for pair in pairs] != kept or len({p["id"] for p in pairs}) != len(pairs):
        yield "pairs.jsonl and the trace differ"
    if Counter(a["item"] for a in attempts) != {i["item"]: i["attempts"] for i in items if i["attempts"]}:
        yield "attempts.jsonl and the trace differ"
    if stray:
        yield f"{stray} steps of no item"
    record = json.loads((run / "run.json").read_text())
    rejected = Counter(item["reason"] for item in items if item["status"] == "rejected")
    repaired = sum(item["repaired"] for item in items if item["status"] == "kept")
    counted = {"items": len(items), "kept": len(kept), "repaired": repaired, "rejected": dict(rejected)}
    if record.get("totals") != counted:
        yield f"run.json counts {record.get('totals')}, the trace {counted}"


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
