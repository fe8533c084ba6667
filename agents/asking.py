"""Asking a model for one structured reply, with one bounded second try when it comes malformed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

from .replies import GiveUp


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer: a structured ``reply``, or tool calls still to be run (``reply`` is None), or a ``problem``."""

    message: AIMessage
    reply: BaseModel | None = None
    problem: str | None = None


class Agent:
    """A chat model bound to the tools it may call and the one reply that ends its turn."""

    def __init__(self, model: BaseChatModel, reply: type[BaseModel], tools: Sequence[BaseTool] = ()) -> None:
        self.reply = reply
        self.tool_names = {t.name for t in tools}
        self._bound = model.bind_tools([*tools, reply, GiveUp])

    async def ask(self, messages: list[BaseMessage]) -> Answer:
        """Return the model's answer to ``messages``; a malformed one is asked for once more."""
        answer = self._read(await self._bound.ainvoke(messages))
        if answer.problem is None:
            return answer
        again = HumanMessage(
            f"That was not usable: {answer.problem}. Call {self.reply.__name__} with all its arguments."
        )
        return self._read(await self._bound.ainvoke([*messages, AIMessage(str(answer.message.content)), again]))

    def _read(self, message: AIMessage) -> Answer:
        for call in message.tool_calls:
            for kind in (self.reply, GiveUp):
                if call["name"] == kind.__name__:
                    return self._validated(message, kind, call["args"])
        if message.tool_calls and all(call["name"] in self.tool_names for call in message.tool_calls):
            return Answer(message)
        unknown = [c["name"] for c in message.tool_calls if c["name"] not in self.tool_names]
        return Answer(message, problem=f"unknown tool {unknown[0]}" if unknown else "no tool was called")

    def _validated(self, message: AIMessage, kind: type[BaseModel], arguments: dict[str, object]) -> Answer:
        try:
            return Answer(message, reply=kind.model_validate(arguments))
        except ValidationError as error:
            first = error.errors()[0]
            return Answer(message, problem=f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


def spoken(message: BaseMessage) -> str:
    """Return what a message says, tool calls as JSON: the raw reply for the trace."""
    calls = getattr(message, "tool_calls", [])
    lines = [json.dumps({"call": c["name"], "arguments": c["args"]}, ensure_ascii=False, default=str) for c in calls]
    return "\n".join(filter(None, [str(message.content), *lines]))
