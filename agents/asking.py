"""Asking a model for one structured reply, with one bounded second try when it comes malformed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.messages.tool import tool_call
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

from .budget import Usage, reported_usage
from .channel import Channel
from .local_models.tool_text import read_calls
from .replies import GiveUp
from .reply_cache import setting_text
from .throughput import CallFailed

_LONGEST = 32_000  # characters of a reply: a query and its question have hundreds
_SHOWN = 2_000  # characters kept of one that is longer
_TOO_LONG = "the reply is too long"


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer: a structured ``reply``, or tool calls still to be run (``reply`` is None), or a ``problem``.

    ``usage`` is what it took, a malformed first reply included; ``model`` is who answered.
    """

    message: AIMessage
    reply: BaseModel | None = None
    problem: str | None = None
    usage: Usage = field(default_factory=Usage)
    model: str | None = None


class Agent:
    """A chat model bound to the tools it may call and the one reply that ends its turn.

    With a ``channel`` its calls are tried again, paid from a budget, and kept; without one they go straight
    to the model.
    """

    def __init__(
        self,
        model: BaseChatModel,
        reply: type[BaseModel],
        tools: Sequence[BaseTool] = (),
        channel: Channel | None = None,
    ) -> None:
        self.reply = reply
        self.name = channel.model if channel else "grammar"
        self.tool_names = {t.name for t in tools}
        offered: list[BaseTool | type] = [*tools, reply, GiveUp]
        model = channel.bounded(model) if channel else model
        self._bound = model.bind_tools(offered)
        self._channel = channel
        self._settings = setting_text(model, offered) if channel else ""

    async def ask(self, messages: list[BaseMessage]) -> Answer:
        """Return the model's answer to ``messages``; a malformed one is asked for once more.

        A call that was given up is an answer with a ``problem``. Raises ``RunStopped`` when no call has a chance.
        """
        used = Usage()
        try:
            message, used = await self._call(messages)
            answer = self._read(message)
            if answer.problem not in (None, _TOO_LONG):
                again = HumanMessage(
                    f"That was not usable: {answer.problem}. Call {self.reply.__name__} with all its arguments."
                )
                message, more = await self._call([*messages, AIMessage(spoken(message) or "(nothing)"), again])
                answer, used = self._read(message), used + more
        except CallFailed as failure:
            answer = Answer(AIMessage(""), problem=str(failure))
        return replace(answer, usage=used, model=self.name)

    async def _call(self, messages: list[BaseMessage]) -> tuple[AIMessage, Usage]:
        if self._channel:
            return await self._channel.ask(self._bound, messages, self._settings)
        message = await self._bound.ainvoke(messages)
        return message, reported_usage(message, None)

    def _read(self, message: AIMessage) -> Answer:
        if len(spoken(message)) > _LONGEST:
            return Answer(AIMessage(spoken(message)[:_SHOWN]), problem=_TOO_LONG)
        message = self._with_calls(message)
        for call in message.tool_calls:
            for kind in (self.reply, GiveUp):
                if call["name"] == kind.__name__:
                    return self._validated(message, kind, call["args"])
        names = {call["name"] for call in message.tool_calls}
        if names and names <= self.tool_names and not message.invalid_tool_calls:
            return Answer(message)
        return Answer(message, problem=self._unusable(message))

    def _with_calls(self, message: AIMessage) -> AIMessage:
        """Return the message with the calls that stand in its words, if it makes none otherwise."""
        if message.tool_calls or message.invalid_tool_calls:
            return message
        known = {*self.tool_names, self.reply.__name__, GiveUp.__name__}
        said = [(name, arguments) for name, arguments in read_calls(message.text) if name in known]
        calls = [tool_call(name=n, args=a, id=f"said_{i}") for i, (n, a) in enumerate(said)]
        return message.model_copy(update={"tool_calls": calls}) if calls else message

    def _unusable(self, message: AIMessage) -> str:
        if message.invalid_tool_calls:
            return f"the arguments of {message.invalid_tool_calls[0]['name']} are no JSON object"
        unknown = [c["name"] for c in message.tool_calls if c["name"] not in self.tool_names]
        return f"unknown tool {unknown[0]}" if unknown else "no tool was called"

    def _validated(self, message: AIMessage, kind: type[BaseModel], arguments: dict[str, object]) -> Answer:
        try:
            return Answer(message, reply=kind.model_validate(arguments))
        except ValidationError as error:
            first = error.errors()[0]
            return Answer(message, problem=f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


def spoken(message: BaseMessage) -> str:
    """Return what a message says, tool calls as JSON: the raw reply for the trace."""
    calls = [(c["name"], c["args"]) for key in ("tool_calls", "invalid_tool_calls") for c in getattr(message, key, [])]
    lines = [json.dumps({"call": n, "arguments": a}, ensure_ascii=False, default=str) for n, a in calls]
    return "\n".join(filter(None, [str(message.content), *lines]))
