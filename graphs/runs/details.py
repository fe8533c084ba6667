"""All about one run: what it is made of, by which command, what came of it, what it holds, and what to do next."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..spending import Spending, spending
from ..tracing.query import rejections
from .counts import stages_of
from .finding import files_in, size
from .overview import RunOverview, overview, run_record, writer

_BY_NODE = 20_000  # items of which what each node took is counted; of more it takes seconds
_CONTENTS = {
    "pairs.jsonl": "the pairs",
    "attempts.jsonl": "every execution",
    "trace.sqlite": "every step",
    "valid.jsonl": "right queries, for supervised training",
    "negative.jsonl": "wrong ones, with their grades",
    "preferences.jsonl": "pairs of both, for preference training",
    "answers.jsonl": "every graded answer",
    "references.jsonl": "gold in the dialect",
    "stages.jsonl": "every stage",
    "report.html": "the report",
    "report.md": "the report",
    "report.json": "the report, for scripts",
    "run.json": "this record",
    "eval.json": "this record",
    "recipe.json": "this record",
}
_NEXT = {
    "build": ("dataset stats {}", "trace list {} --status rejected", "train prepare {} --out examples.jsonl"),
    "translate": ("dataset show {}", "trace list {} --status rejected", "train prepare {} --out examples.jsonl"),
    "sample": ("trace list {} --status rejected", "train prepare {} --out examples.jsonl"),
}


@dataclass(frozen=True, slots=True)
class Content:
    """A file of a run, or a folder with all below: its bytes, and what is in it."""

    name: str
    bytes: int
    what: str


@dataclass(frozen=True, slots=True)
class RunDetails:
    """All about a run; ``process`` writes to it, ``folder`` is where ``command`` was given.

    ``results`` are its figures in words, ``next`` commands to go on with.
    """

    run: RunOverview
    process: str | None
    created: str
    versions: dict[str, str]
    command: str | None
    folder: str | None
    config: dict[str, Any]
    rejected: dict[str, int]
    spending: Spending | None
    results: list[str]
    contents: list[Content]
    next: list[str]


def run_details(path: Path) -> RunDetails:
    """Return all about a run; raises ``UsageError`` if ``path`` is none."""
    run, (_, record) = overview(path), run_record(path)
    command = record.get("command")
    return RunDetails(
        run=run,
        process=writer(path),
        created=record.get("created", ""),
        versions=_versions(record),
        command=f"isogloss {shlex.join(command)}" if command else None,
        folder=record.get("folder"),
        config=record.get("config", {}),
        rejected=_rejected(path, record),
        spending=spending(path) if run.tokens and run.items is not None and run.items <= _BY_NODE else None,
        results=list(_results(path, run.kind)),
        contents=list(_contents(path)),
        next=[f"isogloss {words.format(shlex.quote(str(path)))}" for words in _next(run, command is not None)],
    )


def _versions(record: dict[str, Any]) -> dict[str, str]:
    places = (record.get("summary", {}), record.get("notes", {}), record)
    engine = next((place["engine"] for place in places if place.get("engine")), None)
    found = {"isogloss": record.get("isogloss"), "engine": engine}
    return {name: version for name, version in found.items() if version}


def _rejected(run: Path, record: dict[str, Any]) -> dict[str, int]:
    """Return the items rejected by reason, the most frequent first."""
    if "totals" in record:
        found: dict[str, int] = record["totals"]["rejected"]
        return dict(sorted(found.items(), key=lambda reason: -reason[1]))
    try:
        return rejections(run)
    except UsageError:  # an evaluation or a training has none
        return {}


def _results(run: Path, kind: str) -> Iterator[str]:
    if kind == "train":
        yield from (f"{s['name']}: {s['seconds']:.0f} s" for s in stages_of(run) if "result" in s)
    if kind in ("eval", "train") and (run / "report.json").is_file():
        report = json.loads((run / "report.json").read_bytes())
        for score in [report] if kind == "eval" else report["scores"]:
            who = "" if kind == "eval" else f" of {score['model']} in {score['dialect']}"
            yield _accuracy(who, score["accuracy"] if kind == "train" else score["accuracy"]["estimate"])


def _accuracy(who: str, estimate: dict[str, float | None]) -> str:
    if estimate["value"] is None:
        return f"accuracy{who}: nothing proves anything"
    low, value, high = (100 * (estimate[name] or 0.0) for name in ("low", "value", "high"))
    return f"accuracy{who}: {value:.1f} % ({low:.1f} to {high:.1f})"


def _contents(run: Path) -> Iterator[Content]:
    for entry in sorted(run.iterdir()):
        held = size(files_in(entry)) if entry.is_dir() else entry.stat().st_size
        if not entry.name.endswith((".lock", ".tmp", "-shm")):
            yield Content(entry.name + "/" * entry.is_dir(), held, _CONTENTS.get(entry.name, ""))


def _next(run: RunOverview, started: bool) -> tuple[str, ...]:
    if run.status == "stopped" and started:
        return ("runs resume {}", *_NEXT.get(run.kind, ())[:2])
    if run.status == "damaged":
        return ("runs prune {}",)
    return _NEXT.get(run.kind, ())
