"""Items through the graph: several under way at a time, their final states in the order of their index."""

import asyncio
import gc
import random
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol, TypeVar, cast

from langgraph.graph.state import CompiledStateGraph

from ..tools.templates import Template
from .recording import step
from .state import Conversation, ItemState, item_beginning
from .tracing.tape import Dropped

State = TypeVar("State", bound=Conversation)
State_co = TypeVar("State_co", bound=Conversation, covariant=True)


class ItemSource(Protocol[State_co]):
    """Where the items of a run come from."""

    def begin(self, index: int) -> State_co:
        """Return the state in which item ``index`` begins."""


@dataclass(frozen=True, slots=True)
class Items:
    """What the items of a run are made of: template after template, round and round, each time with another keyword.

    The keywords of a template come in an order of its own, and again when all of them have had their turn.
    """

    templates: list[Template]
    keywords: list[str]
    seed: int

    def begin(self, index: int) -> ItemState:
        """Return the state in which item ``index`` begins."""
        turn, place = divmod(index, len(self.templates))
        order = random.Random(f"{self.seed}/{place}").sample(self.keywords, len(self.keywords))
        template = self.templates[place]
        return item_beginning(index, template.seed, template.sql, order[turn % len(order)])


async def final_states(
    graph: CompiledStateGraph[State, None, State, State],
    items: ItemSource[State],
    first: int,
    in_flight: int,
    wanted: Callable[[], int],
    on_sql: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[State]:
    """Yield the final states of items ``first``, ``first + 1``, … while more are ``wanted``; close it to stop before.

    At most ``in_flight`` are under way; as many more may have ended and wait behind a slower one. No item is begun
    that may turn out not to be wanted, for its calls would be paid in vain.
    """
    gc.freeze()  # corpus, index and libraries stay: the collector need not go through them time and again
    places = asyncio.Semaphore(in_flight)
    waiting: deque[asyncio.Task[State]] = deque()
    try:
        indices = count(first)
        while wanted() > 0:
            while len(waiting) < min(2 * in_flight, wanted()):
                item = _to_the_end(graph, items.begin(next(indices)), on_sql, places)
                waiting.append(asyncio.create_task(item))
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        gc.unfreeze()


async def _to_the_end(
    graph: CompiledStateGraph[State, None, State, State],
    state: State,
    on_sql: Callable[[str], None],
    places: asyncio.Semaphore,
) -> State:
    async with places:
        try:
            async for values in graph.astream(state, stream_mode="values"):
                if values.get("sql") != state.get("sql"):
                    on_sql(values["sql"])
                state = cast(State, values)
        except Dropped as why:
            end = {"status": "rejected", "reason": str(why)}
            state = cast(State, dict(state) | end | {"steps": state["steps"] + step("drop", end)["steps"]})
    return state
