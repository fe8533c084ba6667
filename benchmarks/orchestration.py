"""What the item graph costs beside its calls: `python benchmarks/orchestration.py [ITEMS] [DELAY]`.

A server on this machine, in a process of its own, answers each call DELAY seconds (default 2) after it came. ITEMS
items (default 192), 64 under way at a time, go through the graph with all that a build has around a model: throttle,
budget, reply cache, and the run directory. Then a bare loop makes the same calls, as many at a time, and nothing else;
then one that also searches and executes as the items do. Printed are the ratios of their times, the best of three
rounds. The machine must be idle: on a busy one the processor time of both loops is what is compared. Exits with status
1 if the graph takes more than 1.05 times as long as the loop with the same searches and executions.
"""

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, aclosing, closing
from pathlib import Path
from typing import Any

from isogloss.agents.budget import Budget
from isogloss.agents.channel import open_channel
from isogloss.agents.models import chat_model
from isogloss.agents.models_providers import close_connections
from isogloss.agents.replies import GiveUp, ProposeTemplate
from isogloss.agents.reply_cache import ReplyCache
from isogloss.graphs.duplicates import Duplicates
from isogloss.graphs.execution import attempt_query
from isogloss.graphs.item_graph import item_graph
from isogloss.graphs.results import item_result
from isogloss.graphs.run_directory import RunDirectory
from isogloss.graphs.run_models import Voice
from isogloss.graphs.stream import Items, final_states
from isogloss.graphs.workbench import Workbench, open_workbench
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.engines import open_engine
from isogloss.tools.templates import seed_templates
from langchain_core.language_models import BaseChatModel
from rich.console import Console
from rich.table import Table

IN_FLIGHT = 64
_MOST = 1.05  # times the seconds of the loop that does the same
_GRAPH, _SAME_WORK, _CALLS = "graph", "bare loop, searches and executions too", "bare loop, calls alone"
_ROUNDS = 3  # of which the quickest counts: the others tell of the machine
_LINEAGE = {"dialect": "sqlite", "database": "shop", "seed": 0}
_SERVER = Path(__file__).with_name("delayed_server.py")


async def with_graph(bench: Workbench, items: Items, count: int, run: RunDirectory) -> tuple[float, list[Any]]:
    """Return the seconds that the items take through the graph, and their final states."""
    began, kept = time.perf_counter(), Duplicates()
    seen: list[Any] = []
    async with aclosing(final_states(item_graph(bench), items, 0, IN_FLIGHT, lambda: count - len(seen))) as states:
        async for state in states:
            seen.append(state)
            run.commit(kept.sorted_out(item_result(state, _LINEAGE)))
        return time.perf_counter() - began, seen


async def bare(bench: Workbench, states: list[Any], model: BaseChatModel, tools_too: bool) -> float:
    """Return the seconds that the same calls take in a loop, ``tools_too`` with the same searches and executions."""
    places, bound = asyncio.Semaphore(IN_FLIGHT), model.bind_tools([ProposeTemplate, GiveUp])

    async def one(state: Any) -> None:
        async with places:
            for step in state["steps"]:
                if "prompt" in step:
                    await bound.ainvoke([("system", "You write SQL."), ("human", step["prompt"])])
                elif tools_too and step["node"] == "retrieve":
                    await asyncio.to_thread(bench.index.search, state["focus"], 6)
                elif tools_too and step["node"] == "execute":
                    await asyncio.to_thread(attempt_query, state, bench)

    began = time.perf_counter()
    await asyncio.gather(*(one(state) for state in states))
    return time.perf_counter() - began


async def measure(url: str, count: int, folder: Path) -> tuple[int, dict[str, float]]:
    """Return how many calls the items make, and the seconds of graph and bare loops, the best of three rounds."""
    times: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine("sqlite", "shop"))
        index = open_index(load_corpus("sqlite", "builtin"))
        model = chat_model("openai:delayed", url)
        items = Items(seed_templates("sqlite"), ["IIF"], 0)
        for number in range(_ROUNDS):
            cache = stack.enter_context(closing(ReplyCache(folder / f"replies-{number}.sqlite")))
            run = stack.enter_context(closing(RunDirectory.open(folder / f"run-{number}", _LINEAGE)))
            channel = open_channel("openai:delayed", url, in_flight=IN_FLIGHT, budget=Budget(), cache=cache)
            voice = Voice(model, channel)
            bench = open_workbench(engine, index, voice, voice, 3)
            seconds, states = await with_graph(bench, items, count, run)
            times[_GRAPH].append(seconds)
            times[_SAME_WORK].append(await bare(bench, states, model, True))
            times[_CALLS].append(await bare(bench, states, model, False))
    await close_connections(model)
    calls = sum("prompt" in step for state in states for step in state["steps"])
    return calls, {name: min(each) for name, each in times.items()}


def main() -> None:
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # else a line for each call
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 192
    delay = sys.argv[2] if len(sys.argv) > 2 else "2"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ["ISOGLOSS_HOME"] = folder
        command = [sys.executable, str(_SERVER), delay]
        server = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stack.callback(server.terminate)
        assert server.stdout is not None
        calls, times = asyncio.run(measure(server.stdout.readline().strip(), count, Path(folder)))
    table = Table("", "seconds", "calls/s", "graph takes", title=f"{calls} calls of {delay} s, {IN_FLIGHT} at a time")
    for name, seconds in times.items():
        table.add_row(name, f"{seconds:.2f}", f"{calls / seconds:.1f}", f"{times[_GRAPH] / seconds:.3f} x")
    Console().print(table)
    sys.exit(1 if times[_GRAPH] > _MOST * times[_SAME_WORK] else 0)


if __name__ == "__main__":
    main()
