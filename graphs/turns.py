"""An agent's turn: it answers, or calls tools and is asked again; and how a node is bound to what it works with."""

import time
from collections.abc import Awaitable, Callable
from itertools import takewhile
from typing import Protocol, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.prebuilt import ToolNode

from ..agents.asking import Agent, Answer
from ..agents.replies import GiveUp
from .recording import Update, step
from .state import Conversation

State_contra = TypeVar("State_contra", contravariant=True)
Bench = TypeVar("Bench")
MAX_TURNS = 6  # tool rounds per agent turn, so that no model can talk to its tools for ever
_NO_MESSAGES = [RemoveMessage(id=REMOVE_ALL_MESSAGES)]
_SAID = ("sql", "question", "paraphrases")  # of a reply, what goes into the item's state


class HasTools(Protocol):
    """A workbench whose agents may call tools."""

    @property
    def tools(self) -> ToolNode:
        """The tools."""


async def turn(node: str, state: Conversation, agent: Agent, first: list[BaseMessage]) -> Update:
    """One turn of an agent that may call tools: go on with the open conversation, or begin with ``first``."""
    messages: list[BaseMessage] = list(state["messages"]) or first
    answer = await agent.ask(messages)
    if answer.reply is not None and not isinstance(answer.reply, GiveUp):
        change: Update = answer.reply.model_dump()
        said = {k: change[k] for k in _SAID if k in change}
        return {**said, "messages": _NO_MESSAGES, "turns": 0, **step(node, change, messages, answer)}
    if (
        answer.reply is not None
        or answer.problem
        or state.get("turns", 0) >= MAX_TURNS
        or _goes_in_circles(messages, answer)
    ):
        return {"messages": _NO_MESSAGES, **gave_up(node, "no candidate", answer, messages)}
    opened = [*_NO_MESSAGES, *messages] if not state["messages"] else []
    return {
        "messages": [*opened, answer.message],
        "turns": state.get("turns", 0) + 1,
        **step(node, {}, messages, answer),
    }


def _goes_in_circles(messages: list[BaseMessage], answer: Answer) -> bool:
    """Say whether a call was made before, or the last error was told before and calls are made all the same."""
    asked = [(c["name"], c["args"]) for m in messages if isinstance(m, AIMessage) for c in m.tool_calls]
    told = [m.text for m in messages if isinstance(m, ToolMessage) and (m.status == "error" or '"error": ' in m.text)]
    last = {m.text for m in takewhile(lambda m: isinstance(m, ToolMessage), reversed(messages))}
    again = any(told.count(text) > 1 for text in last)
    return again or any((c["name"], c["args"]) in asked for c in answer.message.tool_calls)


async def call_tools(state: Conversation, bench: HasTools) -> Update:
    """Run the tool calls of the agent's last message."""
    result = await bench.tools.ainvoke({"messages": state["messages"]})
    replies = [{"name": m.name, "reply": m.content} for m in result["messages"] if isinstance(m, ToolMessage)]
    return {"messages": result["messages"], **step("tools", {"replies": replies})}


def gave_up(node: str, what: str, answer: Answer, messages: list[BaseMessage]) -> Update:
    """Return the update with which an item ends because its agent gave no usable reply."""
    why = answer.reply.reason if isinstance(answer.reply, GiveUp) else answer.problem or "went in circles"
    reason = why.split(":")[0] if isinstance(answer.reply, GiveUp) else f"{what}: {why}"
    return {"reason": reason, **step(node, {"reason": f"{what}: {why}"}, messages, answer)}


class BoundNode(Protocol[State_contra]):
    """A node that has its workbench, as LangGraph calls it."""

    def __call__(self, state: State_contra) -> Awaitable[Update]:
        """Return what the node changes in ``state``."""


def timed(node: Callable[[State_contra, Bench], Awaitable[Update]], bench: Bench) -> BoundNode[State_contra]:
    """Return ``node`` bound to ``bench``, its step told when it began and how long it took, in seconds."""

    async def run(state: State_contra) -> Update:
        started, began = time.time(), time.perf_counter()
        update = await node(state, bench)
        update["steps"][0] |= {"started": started, "seconds": time.perf_counter() - began}
        return update

    return run
