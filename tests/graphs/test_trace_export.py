"""Exported items: whole, valid where others read them, and harmless."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.cleaning import Cleaner
from isogloss.graphs.tracing.export import export
from isogloss.graphs.tracing.export_markdown import fenced, plain
from isogloss.graphs.tracing.trace import Step, Trace
from isogloss.tools.errors import UsageError

from ..command_line import isogloss

SNIPPETS = [
    {"id": "joins.md#a", "title": "Join", "source": "joins.md", "score": 0.5, "text": "Use `JOIN`.", "keywords": []}
]
CALL = {"name": "sample_values", "args": {"table": "t", "column": "a"}}
BAD, GOOD = "SELECT a FROM t WHERE b = 'x'", "SELECT a, c FROM t WHERE b = 'x|y'"
STEPS = [
    Step("retrieve", 0.01, {"focus": "JOIN"}, snippets=SNIPPETS, started=1000.0),
    Step("fill", 0.5, {}, "Ask", reply="", tool_calls=[CALL], tokens_in=100, tokens_out=10, cost=0.002, started=1000.25,
         model="openai:gpt-5-mini"),
    Step("tools", 0.02, {"replies": [{"name": "sample_values", "reply": "[1]"}]}, started=1001.0),
    Step("fill", 0.5, {"sql": BAD}, "[1]", reply="Here:\n```sql\nSELECT\n```", tokens_in=120, tokens_out=12, cost=0.003,
         started=1002.0, model="openai:gpt-5-mini"),
    Step("execute", 0.1, {}, sql=BAD, outcome="error", error_class="syntax", error="near <b>", started=1003.0),
    Step("repair", 0.5, {"sql": GOOD}, "Mend", reply="ok", started=1004.0, model="grammar"),
    Step("execute", 0.1, {}, sql=GOOD, outcome="runs", rows=[[1, None], ["a|b\nc", "`"]], started=1005.0),
]  # fmt: skip


def make_run(folder: Path, *items: tuple[str, list[Step]], question: str = "What is <i>it</i>?") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"created": "now", "config": {"dialect": "postgres", "seed": 0}}))
    with closing(Trace.create(folder / "trace.sqlite")) as trace:
        for number, (reason, steps) in enumerate(items):
            row: dict[str, Any] = {
                "item": number, "status": "rejected" if reason else "kept", "reason": reason or None,
                "repaired": int(not reason), "attempts": 2, "question": question, "sql": GOOD, "seconds": 1.73,
                "pairs_end": 0, "attempts_end": 0,
            }  # fmt: skip
            trace.append(row, steps, Cleaner())
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run", ("", STEPS), ("no faithful words", STEPS[:1]))


def lines(run: Path, form: Any, out: Path, items: tuple[str, ...] = (), status: str | None = None) -> list[Any]:
    export(run, list(items), status, form, out)
    return [json.loads(line) for line in out.read_text().split("\n")[:-1]]


def spans(run: Path, out: Path, item: str = "0") -> list[dict[str, Any]]:
    (request,) = lines(run, "otel", out, (item,))
    found: list[dict[str, Any]] = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    return found


def told(span: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a span as plain values."""
    values = {each["key"]: next(iter(each["value"].items())) for each in span["attributes"]}
    return {key: int(value) if kind == "intValue" else value for key, (kind, value) in values.items()}


def test_a_page_tells_the_story_of_an_item(run: Path, tmp_path: Path) -> None:
    assert export(run, ["0"], None, "markdown", tmp_path / "item.md") == 1
    page = (tmp_path / "item.md").read_text()
    for part in (
        "# Item 0, repaired",
        r"> What is \<i\>it\</i\>?",
        "| postgres | 2 | 7 | 1.7 s | grammar | 242 |",
        "## 2. fill · 500 ms · openai:gpt-5-mini · 100 tokens in, 10 out · $0.0020",
        "| 0.5 | Join | joins.md |",
        "```text\nsyntax: near <b>\n```",
        "```diff\n- SELECT a\n+ SELECT a, c\n",
        "| a | c |\n| --- | --- |\n| 1 |  |\n| a\\|b c | \\` |",
        "````text\nHere:\n```sql\nSELECT\n```\n````",
    ):
        assert part in page, part
    assert page.endswith("\n")


@given(st.text())
def test_no_text_ends_the_block_it_is_in(text: str) -> None:
    first, *inside, last = fenced(text, "text").split("\n")
    assert first == f"{last}text"
    assert not [line for line in inside if line.strip().startswith(last)]


@given(st.text())
def test_no_text_is_taken_for_markdown(text: str) -> None:
    written = plain(text)
    assert "\n" not in written
    assert not set("<>|`*_[]#~&") & set(re.sub(r"\\.", "", written))


def test_more_items_go_to_a_folder(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name one item, or a folder"):
        export(run, [], None, "markdown", None)
    assert export(run, [], None, "markdown", tmp_path / "pages") == 2
    assert sorted(page.name for page in (tmp_path / "pages").iterdir()) == ["item-0.md", "item-1.md"]


def test_a_line_has_an_item_and_its_steps(run: Path, tmp_path: Path) -> None:
    first, second = lines(run, "jsonl", tmp_path / "all.jsonl")
    assert (first["item"], first["dialect"], first["status"], first["tokens"]) == ("0", "postgres", "kept", 242)
    assert [step["node"] for step in first["steps"]] == [step.node for step in STEPS]
    assert first["steps"][1]["tool_calls"] == [CALL]
    assert first["steps"][6]["rows"] == [[1, None], ["a|b\nc", "`"]]
    assert second["reason"] == "no faithful words"
    assert [each["item"] for each in lines(run, "jsonl", tmp_path / "kept.jsonl", status="kept")] == ["0"]
    assert [each["item"] for each in lines(run, "jsonl", tmp_path / "some.jsonl", ("1", "0"))] == ["1", "0"]


def test_nothing_that_is_there_is_overwritten(run: Path) -> None:
    before = (run / "trace.sqlite").read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        export(run, [], None, "jsonl", run / "trace.sqlite")
    assert (run / "trace.sqlite").read_bytes() == before
    with pytest.raises(UsageError, match="cannot be written"):
        export(run, [], None, "jsonl", run / "none" / "out.jsonl")


def test_an_item_that_is_not_there_is_bad_input(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no item 7"):
        export(run, ["7"], None, "jsonl", tmp_path / "out.jsonl")


def test_spans_are_a_tree_in_time(run: Path, tmp_path: Path) -> None:
    found = spans(run, tmp_path / "out.jsonl")
    root, *others = found
    assert "parentSpanId" not in root
    by_id = {span["spanId"]: span for span in found}
    assert len(by_id) == len(found)
    assert {span["traceId"] for span in found} == {root["traceId"]}
    assert re.fullmatch("[0-9a-f]{32}", root["traceId"])
    for span in others:
        parent = by_id[span["parentSpanId"]]
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
        assert int(parent["startTimeUnixNano"]) <= int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        assert int(span["endTimeUnixNano"]) <= int(parent["endTimeUnixNano"])
    assert [s["name"] for s in others if s["parentSpanId"] == root["spanId"]] == [step.node for step in STEPS]
    assert (root["startTimeUnixNano"], root["endTimeUnixNano"]) == ("1000000000000", "1005100000000")


def test_ids_are_those_of_the_run_and_the_item(run: Path, tmp_path: Path) -> None:
    once, again = (spans(run, tmp_path / name) for name in ("one.jsonl", "two.jsonl"))
    assert once == again
    assert spans(run, tmp_path / "other.jsonl", "1")[0]["traceId"] != once[0]["traceId"]
    (run / "run.json").write_text(json.dumps({"created": "later", "config": {"dialect": "postgres", "seed": 0}}))
    assert spans(run, tmp_path / "later.jsonl")[0]["traceId"] != once[0]["traceId"]


def test_what_steps_did_follows_the_conventions(run: Path, tmp_path: Path) -> None:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for span in spans(run, tmp_path / "out.jsonl"):
        by_name.setdefault(span["name"], []).append(span)
    chat = told(by_name["chat gpt-5-mini"][0])
    assert (chat["gen_ai.operation.name"], chat["gen_ai.provider.name"], chat["gen_ai.system"]) == (
        "chat",
        "openai",
        "openai",
    )
    assert (chat["gen_ai.request.model"], chat["gen_ai.usage.input_tokens"]) == ("gpt-5-mini", 100)
    assert json.loads(chat["gen_ai.input.messages"]) == [
        {"role": "user", "parts": [{"type": "text", "content": "Ask"}]}
    ]
    assert json.loads(chat["gen_ai.output.messages"])[0]["parts"] == [
        {"type": "tool_call", "name": "sample_values", "arguments": CALL["args"]}
    ]
    assert (chat["openinference.span.kind"], chat["llm.token_count.total"], chat["llm.cost.total"]) == (
        "LLM",
        110,
        0.002,
    )
    answer = told(by_name["chat gpt-5-mini"][1])
    assert json.loads(answer["gen_ai.input.messages"])[0]["parts"] == [
        {"type": "tool_call_response", "response": "[1]"}
    ]
    tool = told(by_name["execute_tool sample_values"][0])
    assert (tool["gen_ai.operation.name"], tool["gen_ai.tool.call.result"]) == ("execute_tool", "[1]")
    assert json.loads(tool["gen_ai.tool.call.arguments"]) == CALL["args"]
    failed, ran = by_name["postgresql"]
    assert (told(failed)["db.system.name"], told(failed)["db.query.text"]) == ("postgresql", BAD)
    assert (told(failed)["error.type"], failed["status"]) == ("syntax", {"code": 2, "message": "near <b>"})
    assert "error.type" not in told(ran)
    retrieval = told(by_name["retrieval tutorials"][0])
    assert retrieval["openinference.span.kind"] == "RETRIEVER"
    assert retrieval["retrieval.documents.0.document.content"] == "Use `JOIN`."
    assert (by_name["chat grammar"][0]["kind"], by_name["chat gpt-5-mini"][0]["kind"]) == (1, 3)


def test_a_rejected_item_is_an_error_for_its_reason(run: Path, tmp_path: Path) -> None:
    assert spans(run, tmp_path / "out.jsonl", "1")[0]["status"] == {"code": 2, "message": "no faithful words"}


def test_the_lines_are_what_the_protocol_defines(run: Path, tmp_path: Path) -> None:
    service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    from google.protobuf.json_format import ParseDict

    for request in lines(run, "otel", tmp_path / "out.jsonl"):
        for span in request["resourceSpans"][0]["scopeSpans"][0]["spans"]:
            for name in {"traceId", "spanId", "parentSpanId"} & span.keys():  # OTLP's JSON has these in hexadecimal
                span[name] = b64encode(bytes.fromhex(span[name])).decode()
        parsed = ParseDict(request, service.ExportTraceServiceRequest())
        for span in parsed.resource_spans[0].scope_spans[0].spans:
            assert (len(span.trace_id), len(span.span_id)) == (16, 8)
            assert span.start_time_unix_nano > 0


@pytest.mark.parametrize("form", ["markdown", "jsonl", "otel"])
def test_an_export_has_no_escape_and_no_secret(tmp_path: Path, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not from a trace that something else has written to."""
    monkeypatch.setenv("SOME_API_KEY", "canary-0123")
    dirty = "\x1b]52;c;ZXZpbA==\x07\x9b2J and canary-0123"
    run = make_run(tmp_path / "run", ("", [Step("x", 0.1, {})]))
    with closing(Trace.create(run / "trace.sqlite")) as trace:
        for column in ("node", "prompt", "reply", "sql", "outcome", "error", "model"):
            list(trace.query(f"UPDATE steps SET {column} = ?", (dirty,)))
        for column in ("question", "sql", "reason"):
            list(trace.query(f"UPDATE items SET {column} = ?", (dirty,)))
        list(trace.query("UPDATE steps SET rows = ?, delta = ?", (json.dumps([[dirty]]), json.dumps({dirty: dirty}))))
        list(trace.query("COMMIT"))
    export(run, ["0"], None, form, tmp_path / "out")
    written = (tmp_path / "out").read_text()
    assert "and" in written
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|\\u00[019]|0123", written)


def test_the_command_prints_or_writes(run: Path) -> None:
    page = isogloss("trace", "export", str(run), "0", cwd=run)
    assert page.stdout.startswith("# Item 0, repaired\n")
    printed = isogloss("trace", "export", str(run), "--format", "jsonl", "--status", "rejected", cwd=run)
    assert [json.loads(line)["item"] for line in printed.stdout.splitlines()] == ["1"]
    written = isogloss("trace", "export", str(run), "--format", "otel", "--out", "spans.jsonl", cwd=run)
    assert (written.stdout, written.stderr) == ("", "2 items written to spans.jsonl\n")
    refused = isogloss("trace", "export", str(run), "--format", "otel", "--out", "spans.jsonl", cwd=run)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_the_reader_of_a_pipe_may_leave(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", *[("", [Step("fill", 0.1, {}, "long " * 50_000)])] * 4)
    words = ["trace", "export", str(run), "--format", "jsonl"]
    with subprocess.Popen(
        [sys.executable, "-m", "isogloss", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as printing:
        assert printing.stdout is not None
        assert printing.stderr is not None
        assert printing.stdout.readline().startswith(b'{"item": "0"')
        printing.stdout.close()
        assert (printing.stderr.read(), printing.wait()) == (b"", 0)
