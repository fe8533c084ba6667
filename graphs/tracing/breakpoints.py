"""Breakpoints on a live run: an item waits before a node for a person's word, while the others go on."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ...tools.errors import UsageError
from ...tools.outcome import ErrorClass, Outcome
from .tape import Dropped, Recording, Tape

NODES = ("retrieve", "expand", "fill", "tools", "execute", "critic", "repair", "paraphrase", "accept", "reject")


@dataclass(frozen=True, slots=True)
class Breakpoints:
    """Where items wait: before ``nodes``, after an execution that came to one of ``outcomes``, before an attempt.

    An outcome is ``error``, ``error:unknown_column`` or the like, or any other outcome by its name.
    """

    nodes: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    attempt: int | None = None

    def why(self, node: str, state: Mapping[str, Any]) -> str | None:
        """Return why an item is to wait before ``node``, None if it is not."""
        attempts = state.get("attempts", [])
        if node in self.nodes:
            return f"before {node}"
        if node == "execute" and self.attempt == len(attempts) + 1:
            return f"before attempt {self.attempt}"
        if state["steps"] and state["steps"][-1]["node"] == "execute" and attempts:
            last = attempts[-1]
            met = {last["outcome"], f"{last['outcome']}:{last['error_class']}"} & self.outcomes
            return f"after {min(met)}" if met else None
        return None


def breakpoints(nodes: list[str], outcomes: list[str], attempt: int | None) -> Breakpoints | None:
    """Return the breakpoints that were asked for, None if there are none; raises ``UsageError`` for unknown names."""
    known = {*(outcome.value for outcome in Outcome), *(f"error:{each.value}" for each in ErrorClass)}
    for name, among, what in [(n, NODES, "node") for n in nodes] + [(o, sorted(known), "outcome") for o in outcomes]:
        if name not in among:
            raise UsageError(f"{name} is no {what}: choose one of {', '.join(among)}.")
    wanted = nodes or outcomes or attempt
    return Breakpoints(frozenset(nodes), frozenset(outcomes), attempt) if wanted else None


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word: go on, with a ``change`` of the item's SQL or question; let it or all go on; drop it; stop."""

    action: Literal["go on", "let go", "let all go", "drop", "stop"]
    change: dict[str, str] = field(default_factory=dict)


Ask = Callable[[str, str, Mapping[str, Any]], Decision]


class Breaker:
    """Stops items at breakpoints, one at a time, and asks a person what to do.

    ``ask`` is told why, before which node, and the item's state; it runs in a thread.
    """

    def __init__(self, points: Breakpoints, ask: Ask) -> None:
        self._points, self._ask = points, ask
        self._one_at_a_time = asyncio.Lock()
        self._let_go: set[int] = set()
        self._all_go = False

    def tape(self, step: int) -> Tape:
        """Return a new tape for each step."""
        return Recording()

    async def before(self, step: int, node: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the person changed; raises ``Dropped`` to end the item, ``KeyboardInterrupt`` to end the run."""
        why = self._points.why(node, state)
        if why is None:
            return {}
        async with self._one_at_a_time:
            if self._all_go or state["index"] in self._let_go:
                return {}
            decision = await asyncio.to_thread(self._ask, why, node, state)
        asked = {} if "question" in state or "sql" not in decision.change else {"question": ""}
        return asked | self._follow(decision, state["index"])

    def _follow(self, decision: Decision, item: int) -> dict[str, Any]:
        if decision.action == "drop":
            raise Dropped("dropped by hand")
        if decision.action == "stop":
            raise KeyboardInterrupt
        self._all_go |= decision.action == "let all go"
        if decision.action == "let go":
            self._let_go.add(item)
        return dict(decision.change)
