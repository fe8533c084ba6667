"""What a step did as spans: names and attributes of OpenTelemetry's conventions, and those that Phoenix reads.

Models, tools and retrieval: https://github.com/open-telemetry/semantic-conventions-genai; queries:
https://opentelemetry.io/docs/specs/semconv/db; ``openinference.*``, ``llm.*``, ``input.*``, ``output.*`` and the like:
https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...agents.models import runs_here
from .query import Story
from .trace import Step

Attributes = dict[str, Any]
_INTERNAL, _CLIENT = 1, 3  # enum SpanKind
_PROVIDERS = {  # where the convention has another name, or none
    "google_genai": "gcp.gemini",
    "grammar": "isogloss",
    "hf": "huggingface",
    "smollm2": "huggingface",
}
_SYSTEMS = {"postgres": "postgresql", "oracle": "oracle.db"}  # likewise
_SUCCEEDED = ("runs", "match")


@dataclass(frozen=True, slots=True)
class Operation:
    """What a span tells but for its place: ``error`` is what went wrong, None if nothing did."""

    name: str
    kind: int
    attributes: Attributes = field(default_factory=dict)
    error: str | None = None


def step_attributes(step: Step) -> Attributes:
    """Return the attributes of a step as a node of the graph."""
    return {
        "openinference.span.kind": "CHAIN",
        "graph.node.id": step.node,
        "isogloss.node": step.node,
        "isogloss.cost": step.cost,
        "isogloss.outcome": step.outcome,
        "output.value": _json(step.delta) if step.delta else None,
        "output.mime_type": "application/json" if step.delta else None,
    }


def operations(story: Story, number: int) -> Iterator[Operation]:
    """Yield what step ``number`` did: a model's reply, tools called, snippets retrieved, a query executed."""
    step = story.steps[number]
    if step.snippets:
        yield _retrieval(step)
    if step.reply is not None:
        yield _chat(step, after_tools=number > 0 and story.steps[number - 1].node == "tools")
    if step.node == "tools":
        calls = story.steps[number - 1].tool_calls if number else []
        yield from (_tool(call, reply) for call, reply in zip(calls, step.delta.get("replies", []), strict=False))
    if step.sql is not None:
        yield _query(step, story.dialect)


def _chat(step: Step, after_tools: bool) -> Operation:
    spec = step.model or "unknown"
    kind, _, name = spec.partition(":")
    provider, model = _PROVIDERS.get(kind, kind), name or kind
    role = "tool" if after_tools else "user"
    said = {"type": "tool_call_response", "response": step.prompt} if after_tools else _text(step.prompt or "")
    calls = [{"type": "tool_call", "name": c.get("name"), "arguments": c.get("args")} for c in step.tool_calls]
    parts = calls or [_text(step.reply or "")]
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.system": provider,
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": step.tokens_in,
        "gen_ai.usage.output_tokens": step.tokens_out,
        "gen_ai.input.messages": _json([{"role": role, "parts": [said]}]),
        "gen_ai.output.messages": _json(
            [{"role": "assistant", "parts": parts, "finish_reason": "tool_call" if calls else "stop"}]
        ),
        "openinference.span.kind": "LLM",
        "llm.provider": provider,
        "llm.model_name": model,
        "llm.token_count.prompt": step.tokens_in,
        "llm.token_count.completion": step.tokens_out,
        "llm.token_count.total": step.tokens_in + step.tokens_out,
        "llm.cost.total": step.cost,
        "input.value": step.prompt,
        "output.value": step.reply,
        "llm.input_messages.0.message.role": role,
        "llm.input_messages.0.message.content": step.prompt,
        **_message_spoken(step),
    }
    in_process = spec == "grammar" or runs_here(spec)
    return Operation(f"chat {model}", _INTERNAL if in_process else _CLIENT, attributes)


def _message_spoken(step: Step) -> Attributes:
    message = "llm.output_messages.0.message"
    found: Attributes = {f"{message}.role": "assistant"}
    if not step.tool_calls:
        return {**found, f"{message}.content": step.reply}
    for number, call in enumerate(step.tool_calls):
        function = f"{message}.tool_calls.{number}.tool_call.function"
        found |= {f"{function}.name": call.get("name"), f"{function}.arguments": _json(call.get("args"))}
    return found


def _tool(call: dict[str, Any], reply: dict[str, Any]) -> Operation:
    name, arguments = str(reply.get("name")), _json(call.get("args"))
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.arguments": arguments,
        "gen_ai.tool.call.result": reply.get("reply"),
        "openinference.span.kind": "TOOL",
        "tool.name": name,
        "tool.parameters": arguments,
        "input.value": arguments,
        "input.mime_type": "application/json",
        "output.value": reply.get("reply"),
    }
    return Operation(f"execute_tool {name}", _INTERNAL, attributes)


def _retrieval(step: Step) -> Operation:
    found = [{"id": snippet.get("id"), "score": snippet.get("score")} for snippet in step.snippets]
    attributes: Attributes = {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": "tutorials",
        "gen_ai.retrieval.query.text": step.delta.get("focus"),
        "gen_ai.retrieval.documents": _json(found),
        "openinference.span.kind": "RETRIEVER",
        "input.value": step.delta.get("focus"),
    }
    for number, snippet in enumerate(step.snippets):
        document = f"retrieval.documents.{number}.document"
        attributes |= {
            f"{document}.id": snippet.get("id"),
            f"{document}.score": snippet.get("score"),
            f"{document}.content": snippet.get("text"),
            f"{document}.metadata": _json({"title": snippet.get("title"), "source": snippet.get("source")}),
        }
    return Operation("retrieval tutorials", _CLIENT, attributes)


def _query(step: Step, dialect: str) -> Operation:
    failed = step.error is not None or (step.outcome is not None and step.outcome not in _SUCCEEDED)
    system = "other_sql" if step.node == "gold" else _SYSTEMS.get(dialect, dialect)  # gold has a dialect of its own
    attributes = {
        "db.system.name": system,
        "db.query.text": step.sql,
        "error.type": (step.error_class or step.outcome or "_OTHER") if failed else None,
        "isogloss.outcome": step.outcome,
        "openinference.span.kind": "TOOL",
        "tool.name": "execute_query",
        "input.value": step.sql,
        "output.value": _json(step.rows) if step.rows is not None else step.error,
    }
    return Operation(system, _CLIENT, attributes, (step.error or step.outcome) if failed else None)


def _text(content: str) -> dict[str, Any]:
    return {"type": "text", "content": content}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
