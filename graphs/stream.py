"""Items through the graph: several under way at a time, their final states in the order of their index."""

import asyncio
import gc
import random
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from itertools import count
from typing import cast

from langgraph.graph.state import CompiledStateGraph

from ..tools.templates import Template
from .state import ItemState

ItemGraph = CompiledStateGraph[ItemState, None, ItemState, ItemState]


@dataclass(frozen=True, slots=True)
class Items:
    """What the items of a run are made of: item N is template N, round and round, with a keyword drawn for N."""

    templates: list[Template]
    keywords: list[str]
    seed: int

    def begin(self, index: int) -> ItemState:
        """Return the state in which item ``index`` begins."""
        template = self.templates[index % len(self.templates)]
        focus = random.Random(f"{self.seed}/{index}").choice(self.keywords)
        return {
            "index": index,
            "seed": template.seed,
            "seed_template": template.sql,
            "focus": focus,
            "messages": [],
            "attempts": [],
            "steps": [],
        }


async def final_states(
    graph: ItemGraph, items: Items, first: int, in_flight: int, on_sql: Callable[[str], None]
) -> AsyncGenerator[ItemState]:
    """Yield the final states of items ``first``, ``first + 1``, … for ever; close the generator to stop.

    At most ``in_flight`` are under way; as many more may have ended and wait behind a slower one.
    """
    gc.freeze()  # corpus, index and libraries stay: the collector need not go through them time and again
    places = asyncio.Semaphore(in_flight)
    waiting: deque[asyncio.Task[ItemState]] = deque()
    try:
        for index in count(first):
            waiting.append(asyncio.create_task(_to_the_end(graph, items.begin(index), on_sql, places)))
            if len(waiting) == 2 * in_flight:
                yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        gc.unfreeze()


async def _to_the_end(
    graph: ItemGraph, state: ItemState, on_sql: Callable[[str], None], places: asyncio.Semaphore
) -> ItemState:
    async with places:
        async for values in graph.astream(state, stream_mode="values"):
            if values.get("sql") != state.get("sql"):
                on_sql(values["sql"])
            state = cast(ItemState, values)
    return state
