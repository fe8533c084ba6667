"""Tool calls as text, for models whose chat template knows no tools, and reading them back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..prompting import prompt_text

_TRIES = 200  # braces to look behind, so that a reply full of them costs no more than that
_ARGUMENTS = ("arguments", "parameters")  # Llama's templates use the second word
_JSON = json.JSONDecoder(strict=False)  # SQL with line breaks inside a string is what models write

Call = tuple[str, dict[str, Any]]


def tools_text(tools: Sequence[Mapping[str, Any]]) -> str:
    """Return the instruction that names ``tools`` (in OpenAI's form) and shows how to call them in plain text."""
    lines = []
    for function in (tool["function"] for tool in tools):
        arguments = function.get("parameters", {}).get("properties", {})
        shape = ", ".join(f'"{name}": <{_kind(schema)}>' for name, schema in arguments.items())
        lines.append(f'- {{"name": "{function["name"]}", "arguments": {{{shape}}}}} {function.get("description", "")}')
    return prompt_text("tools_in_text").replace("{tools}", "\n".join(lines)).strip()


def _kind(schema: Mapping[str, Any]) -> str:
    kind, about = schema.get("type", "value"), schema.get("description")
    return f"{kind}: {about}" if about else str(kind)


def call_text(name: str, arguments: Mapping[str, Any]) -> str:
    """Return a tool call as ``tools_text`` asks for it."""
    return json.dumps({"name": name, "arguments": dict(arguments)}, ensure_ascii=False, default=str)


def read_calls(text: str) -> list[Call]:
    """Return the tool calls in a reply: every JSON object with a name and arguments, wherever it stands.

    So a call is found in plain text, in a fence, between the marks of Hermes, Qwen or Mistral, and as Llama writes it.
    """
    return list(_calls(text))


def _calls(text: str) -> Iterator[Call]:
    at = text.find("{")
    for _ in range(_TRIES):
        if at < 0:
            return
        try:
            value, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError):  # no JSON after all, or nested past all reason
            value, end = None, at + 1
        call = as_call(value)
        if call:
            yield call
        at = text.find("{", end if call else at + 1)


def as_call(value: Any) -> Call | None:
    """Return what an object with a name and arguments calls, None if it is no such object."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    arguments = next((value[key] for key in _ARGUMENTS if key in value), None)
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments, strict=False)
        except ValueError:
            return None
    return (value["name"], arguments) if isinstance(arguments, dict) else None
