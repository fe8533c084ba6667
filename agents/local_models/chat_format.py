"""From messages to a prompt in a model's own chat template, and from its reply back to a message."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from langchain_core.exceptions import ModelInvalidRequestError
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, ToolMessage

from ...tools.chat_turns import Turn, chat_tokens, merged
from ...tools.errors import UsageError
from .tool_text import Call, as_call, call_text, read_calls, tools_text


class _Generation(Extension):
    """Reads ``{% generation %}``, with which templates mark for training what the model said, as if it were not there.

    ``return_assistant_tokens_mask`` in https://huggingface.co/docs/transformers/main_classes/tokenizer
    """

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


_JINJA = Environment(extensions=["jinja2.ext.loopcontrols", _Generation])  # to read templates, never to run them
_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)

Tools = Sequence[Mapping[str, Any]]


class ChatFormat:
    """How one tokenizer's chat template wants its turns; tools go through it if it knows them, else as text.

    Without a template the prompt is what the turns say, one after another, for the model to go on from.
    """

    def __init__(self, tokenizer: Any) -> None:
        """Look through the template; raises ``UsageError`` if it cannot be read."""
        self._tokenizer = tokenizer
        template = tokenizer.chat_template
        self.has_template = bool(template)
        self._knows_tools = self.has_template and (
            (isinstance(template, dict) and "tool_use" in template) or _names_tools(template)
        )

    def prompt(self, messages: Sequence[BaseMessage], tools: Tools) -> list[int]:
        """Return the token ids of the prompt that asks for the next turn.

        Raises ``ModelInvalidRequestError`` if the template refuses such turns.
        """
        if not self.has_template:
            return list(self._tokenizer("\n\n".join(str(message.text) for message in messages))["input_ids"])
        turns = [self._turn(message) for message in messages]
        if self._knows_tools:
            return self._render(turns, tools=list(tools) or None)
        return self._render(merged(_with_tools(turns, tools) if tools else turns))

    def _turn(self, message: BaseMessage) -> Turn:
        if isinstance(message, SystemMessage):
            return {"role": "system", "content": str(message.text)}
        if isinstance(message, AIMessage):
            return self._model_turn(message)
        if not isinstance(message, ToolMessage):
            return {"role": "user", "content": str(message.text)}
        if self._knows_tools:
            return {"role": "tool", "name": message.name or "tool", "content": str(message.text)}
        return {"role": "user", "content": f"{message.name or 'The tool'} returned: {message.text}"}

    def _model_turn(self, message: AIMessage) -> Turn:
        if self._knows_tools:
            calls = [
                {"type": "function", "function": {"name": c["name"], "arguments": c["args"]}}
                for c in message.tool_calls
            ]
            return {"role": "assistant", "content": str(message.text), **({"tool_calls": calls} if calls else {})}
        said = [str(message.text), *(call_text(c["name"], c["args"]) for c in message.tool_calls)]
        return {"role": "assistant", "content": "\n".join(filter(None, said))}

    def _render(self, turns: list[Turn], **options: Any) -> list[int]:
        try:
            return chat_tokens(self._tokenizer, turns, **options)
        except TemplateError as error:
            raise ModelInvalidRequestError(f"the chat template refuses the prompt: {error.message}") from error

    def message(self, prompt: list[int], reply: list[int], tools: Tools, turn: int) -> AIMessage:
        """Return the reply as a message, its tool calls read if there are tools; ``turn`` makes their ids unique.

        A tokenizer that says what its model's replies look like (``response_template``) reads them itself.
        """
        if getattr(self._tokenizer, "response_template", None):
            text, calls = self._parsed(prompt, reply, tools)
        else:
            text = _THOUGHTS.sub("", self._tokenizer.decode(reply, skip_special_tokens=True)).strip()
            calls = read_calls(text) if tools else []
        made = [
            {"name": name, "args": arguments, "id": f"call_{turn}_{i}", "type": "tool_call"}
            for i, (name, arguments) in enumerate(calls)
        ]
        return AIMessage("" if made else text, tool_calls=made)

    def _parsed(self, prompt: list[int], reply: list[int], tools: Tools) -> tuple[str, list[Call]]:
        parsed = self._tokenizer.parse_response(reply, prefix=prompt, tools=list(tools) or None)
        calls = [as_call(made.get("function")) for made in parsed.get("tool_calls") or []]
        return str(parsed.get("content") or ""), [call for call in calls if call]


def _names_tools(template: Any) -> bool:
    """True if a chat template makes use of the tools it is given; raises ``UsageError`` if it cannot be read."""
    texts = template.values() if isinstance(template, dict) else [template]
    try:
        return any("tools" in meta.find_undeclared_variables(_JINJA.parse(text)) for text in texts)
    except TemplateSyntaxError as error:
        why = str(error.message).partition(". ")[0].rstrip(".")
        raise UsageError(
            f"The model's chat template cannot be read ({why}): correct it, or choose another model."
        ) from error


def _with_tools(turns: list[Turn], tools: Tools) -> list[Turn]:
    """Say at the end how tools are called in text: small models keep to what they read last."""
    return [*turns, {"role": "user", "content": tools_text(tools)}]
