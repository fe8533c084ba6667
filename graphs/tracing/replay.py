"""Running a recorded item again from what models, engine and tutorials answered then: nothing is asked, nothing paid.

The nodes, the checks and the prompts are those of today, so a replay shows where these would go another way.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...agents.prompting import read_prompts_anew
from ...tools.errors import UsageError
from ..cleaning import Cleaner
from ..run_files import read_record
from .family import number_of, trace_of
from .played_bench import played_graph
from .tape import BY_HAND, PLAYER, Call, Diverged, Dropped, Playback, Tape, digest
from .trace import Step, Trace

_COMPARED = ("node", "delta", "prompt", "reply", "tool_calls", "sql", "outcome", "error_class", "error", "rows")


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first difference: ``part`` of step number ``step``, as it was recorded and as it is now."""

    step: int
    node: str
    part: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """How many steps of an item were replayed, and where they first diverged, if they did."""

    item: str
    steps: int
    divergence: Divergence | None


class Replayer:
    """Plays the recorded steps of an item back."""

    def __init__(self, steps: Sequence[Step], calls: Sequence[Sequence[Call]]) -> None:
        self._steps, self._calls = steps, calls

    def tape(self, step: int) -> Tape:
        """Return the tape for step number ``step``, empty after the last that was recorded."""
        return Playback(self._calls[step] if step < len(self._calls) else ())

    async def before(self, step: int, node: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """Change what was changed by hand then; raises ``Dropped`` where the item was."""
        was = self._steps[step] if step < len(self._steps) else None
        if was is not None and was.node == "drop":
            raise Dropped("dropped by hand")
        return dict(was.delta.get(BY_HAND, {})) if was is not None else {}


def replay(
    run: Path, items: Sequence[str] = (), progress: Callable[[int, int], None] = lambda done, of: None
) -> list[Replay]:
    """Replay items of a run, forks among them as ``f3``; by default all that are no forks.

    ``progress`` is told how many are done, and of how many. Raises ``UsageError`` for what cannot be replayed.
    """
    read_prompts_anew()
    config = run_config(run)
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        names = items or [str(row["item"]) for row in trace.query("SELECT item FROM items ORDER BY item")]
        graphs = _Graphs(trace, config)
        replays = []
        for name in names:
            replays.append(_replayed(run, name, graphs))
            progress(len(replays), len(names))
        return replays


class _Graphs:
    """The graphs of a run's items, made of what was asked before them."""

    def __init__(self, trace: Trace, config: dict[str, Any]) -> None:
        self._trace, self._config = trace, config
        self._known: dict[str, Any] = {}

    def of(self, item: int) -> Any:
        """Return the graph of an item."""
        opening = self._trace.opening(item)
        key = digest([asdict(call) for call in opening])
        if key not in self._known:
            self._known = {key: played_graph(opening, self._config)}  # items come in order, databases after each other
        return self._known[key]


def run_config(run: Path) -> dict[str, Any]:
    """Return the configuration of a run; raises ``UsageError`` if there is none."""
    record = read_record(run / "run.json")
    if record is None:
        raise UsageError(f"{run} is no run: it has no run.json.")
    return dict(record["config"])


def beginning_of(trace: Trace, item: int) -> dict[str, Any]:
    """Return the state in which a recorded item began; raises ``UsageError`` if it was not kept."""
    row = next(trace.query("SELECT beginning FROM items WHERE item = ?", (item,)), None)
    if row is None:
        raise UsageError(f"{trace.path.parent} has no item {item}: see 'isogloss trace list {trace.path.parent}'.")
    if row["beginning"] is None:
        raise UsageError(f"Item {item} has no beginning in {trace.path}: it cannot be replayed.")
    return {**json.loads(row["beginning"]), "messages": [], "attempts": [], "steps": []}


def _replayed(run: Path, name: str, graphs: _Graphs) -> Replay:
    number = number_of(name)
    with closing(Trace.read(trace_of(run, name))) as trace:
        recorded, state = trace.steps(number), beginning_of(trace, number)
        replayer = Replayer(recorded, trace.calls(number))
    graph = graphs.of(number if not name.startswith("f") else int(state["index"]))
    steps, divergence = asyncio.run(_compared(recorded, state, graph, replayer))
    return Replay(name, steps, divergence)


async def _compared(
    recorded: Sequence[Step], state: dict[str, Any], graph: Any, replayer: Replayer
) -> tuple[int, Divergence | None]:
    """Return how many steps are as they were, and the first that is not."""
    PLAYER.set(replayer)
    done = 0
    try:
        async for values in graph.astream(state, stream_mode="values"):
            for step in values["steps"][done:]:
                if found := _difference(done, recorded, step):
                    return done, found
                done += 1
    except Dropped:
        done += 1
    except Diverged as why:
        return done, _asked_otherwise(done, recorded, str(why))
    return done, _ended_early(done, recorded) if done < len(recorded) else None


def _difference(number: int, recorded: Sequence[Step], made: dict[str, Any]) -> Divergence | None:
    if number >= len(recorded):
        return Divergence(number, made["node"], "end", "the item had ended", f"goes on with {made['node']}")
    was, cleaner = recorded[number], Cleaner()
    now = Step(**made)
    for part in _COMPARED:
        before, after = getattr(was, part), cleaner.value(getattr(now, part))
        if before != json.loads(json.dumps(after)):
            return Divergence(number, was.node, part, _text(before), _text(after))
    return None


def _asked_otherwise(number: int, recorded: Sequence[Step], why: str) -> Divergence:
    was = recorded[number] if number < len(recorded) else None
    return Divergence(number, was.node if was else "", "request", (was.prompt or "") if was else "", why)


def _ended_early(number: int, recorded: Sequence[Step]) -> Divergence:
    return Divergence(number, recorded[number].node, "end", f"went on with {recorded[number].node}", "the item ends")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
