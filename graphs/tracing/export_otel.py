"""Items as OpenTelemetry traces: a trace for each item, a span for each step, in the JSON of OTLP's file exporter.

https://opentelemetry.io/docs/specs/otel/protocol/file-exporter: a line is one ``ExportTraceServiceRequest``.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ... import __version__
from ...tools.errors import UsageError
from ..cleaning import Cleaner
from ..run_files import read_record
from .query import Story
from .span_attributes import Attributes, Operation, operations, step_attributes

_INTERNAL = 1  # enum SpanKind
_OK, _ERROR = 1, 2  # enum StatusCode
_NANOSECONDS = 1_000_000_000


@dataclass(slots=True)
class RunSpans:
    """Makes the spans of a run's items; the same item of the same run always has the same ids."""

    run: Path
    _identity: str = field(init=False)
    _name: str = field(init=False)

    def __post_init__(self) -> None:
        record = read_record(self.run / "run.json")
        if record is None:
            raise UsageError(f"{self.run} is not a run: it has no run.json.")
        self._identity = json.dumps([record.get("created"), record["config"]], sort_keys=True)
        self._name = Cleaner().text(self.run.resolve().name)

    def request(self, name: str, story: Story) -> dict[str, Any]:
        """Return an item's ``ExportTraceServiceRequest``."""
        trace = _digest(32, self._identity, name)
        resource = {
            "service.name": "isogloss",
            "service.version": __version__,
            "openinference.project.name": self._name,
            "isogloss.run": self._name,
            "isogloss.dialect": story.dialect,
        }
        scope = {"scope": {"name": "isogloss", "version": __version__}, "spans": _spans(trace, name, story)}
        return {"resourceSpans": [{"resource": {"attributes": attributes(resource)}, "scopeSpans": [scope]}]}


def attributes(values: Attributes) -> list[dict[str, Any]]:
    """Return attributes as OTLP's JSON has them, in which integers are text."""
    return [{"key": key, "value": _value(value)} for key, value in values.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case _:
            return {"stringValue": str(value)}


def _spans(trace: str, name: str, story: Story) -> list[dict[str, Any]]:
    """Return the span of an item, those of its steps in it, and in these what the steps did."""
    root = _digest(16, trace)
    summary, times = story.summary, _times(story)
    kept = summary["status"] == "kept"
    told = {
        "openinference.span.kind": "AGENT",
        "input.value": summary["question"],
        "output.value": summary["sql"],
        **{f"isogloss.{key}": summary[key] for key in ("status", "reason", "attempts")},
        "isogloss.item": name,
        "isogloss.repaired": bool(summary["repaired"]),
    }
    whole = min(begin for begin, _ in times) if times else 0, max(end for _, end in times) if times else 0
    status = {"code": _OK} if kept else {"code": _ERROR, "message": summary["reason"] or ""}
    spans = [_span(trace, root, None, Operation(f"item {name}", _INTERNAL, told), whole) | {"status": status}]
    for number, (step, when) in enumerate(zip(story.steps, times, strict=True)):
        node = _digest(16, trace, str(number))
        spans.append(_span(trace, node, root, Operation(step.node, _INTERNAL, step_attributes(step)), when))
        for place, operation in enumerate(operations(story, number)):
            spans.append(_span(trace, _digest(16, trace, str(number), str(place)), node, operation, when))
    return spans


def _span(trace: str, span: str, parent: str | None, what: Operation, when: tuple[int, int]) -> dict[str, Any]:
    return {
        "traceId": trace,
        "spanId": span,
        **({"parentSpanId": parent} if parent else {}),
        "name": what.name,
        "kind": what.kind,
        "startTimeUnixNano": str(when[0]),
        "endTimeUnixNano": str(when[1]),
        "attributes": attributes(what.attributes),
        "status": {"code": _ERROR, "message": what.error} if what.error is not None else {},
    }


def _times(story: Story) -> list[tuple[int, int]]:
    """Return when each step began and ended, in nanoseconds since 1970; if it does not say, after the one before."""
    times: list[tuple[int, int]] = []
    for step in story.steps:
        before = times[-1][1] if times else _nanoseconds(story.summary["started"] or 0.0)
        begin = before if step.started is None else _nanoseconds(step.started)
        times.append((begin, begin + _nanoseconds(step.seconds)))
    return times


def _nanoseconds(seconds: float) -> int:
    return int(seconds * _NANOSECONDS)


def _digest(length: int, *of: str) -> str:
    return hashlib.sha256("\n".join(of).encode()).hexdigest()[:length]
