"""An agent's turn: it answers, or calls tools and is asked again; and how a node is bound to what it works with."""

import time
from collections.abc import Awaitable, Callable
from itertools import takewhile
from typing import Protocol, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.prebuilt import ToolNode

from ..agents.asking import Agent, Answer
from ..agents.replies import GiveUp
from .recording import Update, step
from .state import Conversation
from .tracing.tape import BY_HAND, PLAYER, Recording, on_tape

State_contra = TypeVar("State_contra", bound=Conversation, contravariant=True)
Bench = TypeVar("Bench")
MAX_TURNS = 6  # tool rounds per agent turn, so that no model can talk to its tools for ever
_NO_MESSAGES = [RemoveMessage(id=REMOVE_ALL_MESSAGES)]
_WRITERS = {"fill", "repair", "rewrite", "transpile"}  # nodes that come to a query
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


def traced(
    name: str, node: Callable[[State_contra, Bench], Awaitable[Update]], bench: Bench
) -> BoundNode[State_contra]:
    """Return ``node`` bound to ``bench``; its step is told when it began, its seconds, and what it asked whom.

    Whoever has a hand in the item (``PLAYER``) may change its state before. SQL that is put in the place of what the
    node would write goes on without asking the node.
    """

    async def run(state: State_contra) -> Update:
        player, number = PLAYER.get(), len(state["steps"])
        started, began = time.time(), time.perf_counter()
        change = await player.before(number, name, state) if player else {}
        given = cast(State_contra, dict(state) | change)
        tape = player.tape(number) if player else Recording()
        with on_tape(tape):
            by_hand = "sql" in change and name in _WRITERS
            update = _written(name, change) if by_hand else await node(given, bench)
        if change:
            update["steps"][0]["delta"] = update["steps"][0]["delta"] | {BY_HAND: change}
        update["steps"][0] |= {"started": started, "seconds": time.perf_counter() - began, "calls": tape.calls}
        return change | update

    return run


def _written(name: str, change: Update) -> Update:
    """Return the update of a node in whose place SQL was written by hand."""
    return {"messages": _NO_MESSAGES, "turns": 0, **step(name, {})}
