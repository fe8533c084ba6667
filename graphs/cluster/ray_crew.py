"""A crew as large as a Ray cluster: shards of items are Ray's tasks, which it does again where a machine is lost."""

import logging
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from ...agents.budget import RunStopped
from ...tools.errors import IsoglossError
from ..totals import ItemResult
from ..work import Observer, Results, Work
from .shards import Shards
from .site import site_of
from .sources import carried, here, in_a_file

_WAITING = 2  # shards for each processor: one under way, one next
_OBJECTS = 256 * 2**20  # bytes of shared memory on this machine: results travel as files


@contextmanager
def ray_crew(work: Work, address: str | None, shards: Shards) -> Iterator["RayCrew"]:
    """Connect to the cluster at ``address``, or start one on this machine for as long.

    Raises ``IsoglossError`` where there is none.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": _OBJECTS} if address is None else {}
    try:
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise IsoglossError(f"There is no Ray cluster at {address}: {error}") from error
    try:
        yield RayCrew(work, shards, carry=address is not None)
    finally:
        ray.shutdown()


@dataclass(frozen=True, slots=True)
class _Shard:
    """Items under way on the cluster, and their task; None where they were finished before."""

    items: range
    task: Any = None


class RayCrew:
    """The processors of a cluster at work on a run."""

    def __init__(self, work: Work, shards: Shards, carry: bool) -> None:
        """Let the cluster know of the ``work``; ``carry`` its databases to machines that have no such files."""
        self._work, self._shards, self._carry = work, shards, carry
        self._sent = ray.put(work)
        self._archives: dict[str, list[Any]] = {}

    async def results(self, first: int, wanted: Callable[[], int], observer: Observer) -> Results:
        """Yield the results of items from ``first`` on while more are ``wanted``, in order.

        Raises ``RunStopped`` when the models cannot go on, and ``IsoglossError`` where an engine fails.
        """
        under_way: deque[_Shard] = deque()
        finished = self._shards.finished()
        begun = done = first
        observer.on_stage("work in shards")
        try:
            while wanted() > 0:
                while len(under_way) < _at_once() and begun < done + wanted():
                    under_way.append(self._begin(begun, done + wanted(), finished))
                    begun = under_way[-1].items.stop
                shard = under_way.popleft()
                await _ended(shard)
                for each in self._shards.read(shard.items):
                    if not isinstance(each, ItemResult):
                        yield each
                    elif each.index == done and wanted() > 0:
                        yield each
                        done += 1
        finally:
            for shard in under_way:
                if shard.task is not None:
                    ray.cancel(shard.task, force=True)

    def _begin(self, first: int, stop: int, finished: list[range]) -> _Shard:
        """Return the shard that begins with an item, under way unless it is finished."""
        for items in finished:
            if first in items:
                return _Shard(items)
        stop = min([stop, *(items.start for items in finished if items.start > first)])
        items = self._work.shard(first, stop)
        return _Shard(items, _TASK.remote(self._shards, [self._sent], items, self._archive(self._work.source(first))))

    def _archive(self, source: str) -> list[Any]:
        """Return a database's name, its place on every machine, and a reference to it packed; nothing if it stays.

        Ray follows no references in a list: a machine that has the database does not fetch it.
        """
        if not (self._carry and in_a_file(source)):
            return []
        if source not in self._archives:
            packed = carried(source)
            self._archives[source] = [source, packed.place, ray.put(packed)]
        return self._archives[source]


def _finish(shards: Shards, work: list[Any], items: range, archive: list[Any]) -> RunStopped | None:
    """Finish a shard in a process of the cluster; returns what kept the models from it."""
    places = {}
    if archive:
        source, place, packed = archive
        places = {source: str(here(place))}
        if not here(place).exists():
            ray.get(packed).unpack()
    return site_of(shards.url, lambda: ray.get(work[0]), places).finish(items, shards)


_TASK = ray.remote(num_cpus=1, max_retries=-1)(_finish)


def _at_once() -> int:
    """Return how many shards may be under way: machines come and go."""
    return _WAITING * max(1, int(ray.cluster_resources().get("CPU", 1)))


async def _ended(shard: _Shard) -> None:
    if shard.task is None:
        return
    try:
        stop: RunStopped | None = await shard.task
    except RayTaskError as error:
        if isinstance(error.cause, IsoglossError):
            raise error.cause from None
        raise
    except (RayError, ConnectionError) as error:
        why = str(error).strip().splitlines()[0]
        raise IsoglossError(f"The cluster is lost ({why}): the same command goes on where it was.") from error
    if stop:
        raise stop
