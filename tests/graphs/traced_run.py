"""A run with a trace, made up: for tests that look at one."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from isogloss.graphs.cleaning import Cleaner
from isogloss.graphs.tracing.trace import Step, Trace

BROKEN = "SELECT nam FROM airlines WHERE carrier = 'AA'"
MENDED = "SELECT name, count(*) FROM airlines WHERE carrier = 'AA' GROUP BY name"
STEPS = [
    Step("retrieve", 0.0042, {"focus": "WHERE"}, snippets=[
        {"title": "Names of things", "score": 0.9, "source": "names.md", "text": "A name is a text.\n"},
        {"title": "日本語の題", "score": 0.5, "source": "a_long_name.md", "text": "Wide \x1b[2Jletters"},
    ]),
    Step("fill", 1.5, {"sql": BROKEN, "question": "Which name?", "paraphrases": ["What name?", "Name?"]},
         prompt="Fill the template.\n" + "A line of the schema, which has a zebra in it. " * 200, reply="Filled.",
         tool_calls=[{"name": "run_query", "args": {"sql": BROKEN}}], tokens_in=1200, tokens_out=34, cost=0.0021,
         model="openai:gpt-4.1-nano"),
    Step("tools", 0.01, {"replies": [{"name": "run_query", "reply": "no such column: nam"}]}),
    Step("execute", 0.01, {}, sql=BROKEN, outcome="error", error_class="unknown_column", error="no such column: nam"),
    Step("repair", 0.2, {"sql": MENDED}, reply="Mended."),
    Step("execute", 0.01, {}, sql=MENDED, outcome="runs", rows=[["American", 14], ["Ünited \x1b[31mred", None]]),
    Step("accept", 0.0, {"status": "kept"}),
]  # fmt: skip


def item(number: int, **changed: Any) -> dict[str, Any]:
    """Return a row of the table ``items``, kept and free of charge unless it is changed."""
    row = {
        "item": number, "status": "kept", "reason": None, "repaired": 0, "attempts": 1,
        "question": f"Question {number}?", "sql": "SELECT 1", "seconds": 0.25, "pairs_end": 0, "attempts_end": 0,
    }  # fmt: skip
    return row | changed


def make_run(run: Path, *items: tuple[dict[str, Any], list[Step]]) -> Path:
    """Write a run with these items and their steps, and return its directory."""
    run.mkdir(parents=True, exist_ok=True)
    (run / "run.json").write_text(json.dumps({"config": {"dialect": "sqlite"}}))
    with closing(Trace.create(run / "trace.sqlite")) as trace:
        for row, steps in items:
            trace.append(row, steps, Cleaner())
    return run
