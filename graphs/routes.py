"""Where an item goes next: the edges of the build graph as pure functions of its state."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from .state import ItemState

State = TypeVar("State")
REPAIRABLE = {"error", "vacuous", "nondeterministic", "too_large"}
HOPELESS = {"engine_lost", "resources", "permission"}


def after_expand(state: ItemState) -> str:
    """A template that could not be expanded is rejected."""
    return "reject" if state.get("reason") else "fill"


def after_agent(finished: str) -> Callable[[ItemState], str]:
    """An agent with open tool calls goes to the tools, one that gave up to reject, else to ``finished``."""

    def route(state: ItemState) -> str:
        if state.get("reason"):
            return "reject"
        return "tools" if state["messages"] else finished

    return route


def after_tools(state: ItemState) -> str:
    """The tools' replies go back to the agent that asked: the repairer once something was executed."""
    return "repair" if state.get("attempts") else "fill"


def after_execute(max_repairs: int) -> Callable[[ItemState], str]:
    """A good attempt goes to the critic; a failed one to repair, unless that is spent or going in circles."""

    def route(state: ItemState) -> str:
        attempts = state["attempts"]
        last = attempts[-1]
        if last["outcome"] == "runs":
            return "critic"
        hopeless = last["outcome"] not in REPAIRABLE or last["error_class"] in HOPELESS
        return "reject" if hopeless or len(attempts) > max_repairs or _repeats(state) else "repair"

    return route


def _repeats(state: ItemState) -> bool:
    """The same error or the same query twice in a row: another try would be no better."""
    attempts = state["attempts"]
    if len(attempts) < 2:
        return False
    last, before = attempts[-1], attempts[-2]
    same_error = last["outcome"] == "error" and (last["error_class"], last["error"]) == (
        before["error_class"],
        before["error"],
    )
    return same_error or last["sql"] == before["sql"]


def after_critic(accepted: str) -> Callable[[ItemState], str]:
    """What the critic agrees with goes to ``accepted``."""

    def route(state: ItemState) -> str:
        return accepted if state["verdict"]["agree"] else "reject"

    return route


def at_once(route: Callable[[State], str]) -> Callable[[State], Awaitable[str]]:
    """Return ``route`` as a coroutine: LangGraph sends plain functions to threads, to wait behind queries."""

    async def choose(state: State) -> str:
        return route(state)

    return choose
