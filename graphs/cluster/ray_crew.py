"""A crew as large as a Ray cluster: shards of items are Ray's tasks, which it does again where a machine is lost."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ray

from ...agents.budget import RunStopped
from ..totals import ItemResult
from ..work import Observer, Results, Work
from .connection import Archive, Connection, places_here, task, told_plainly
from .shards import Shards
from .site import site_of

_MOST_ITEMS = 10  # for each result that is wanted: what few items gave says little


@dataclass(frozen=True, slots=True)
class _Shard:
    """Items under way on the cluster, and their task; None where they were finished before."""

    items: range
    task: Any = None


class RayCrew:
    """The processors of a cluster at work on a run."""

    def __init__(self, work: Work, cluster: Connection, shards: Shards) -> None:
        """Let the cluster know of the work."""
        self._work, self._cluster, self._shards = work, cluster, shards
        self._sent = ray.put(work)
        self._is_free = set(work.asked) <= {"grammar"}  # else calls for items that nobody wants would be paid in vain

    async def results(self, first: int, wanted: Callable[[], int], observer: Observer) -> Results:
        """Yield the results of items from ``first`` on while more are ``wanted``, in order.

        Raises ``RunStopped`` when the models cannot go on, and ``IsoglossError`` where an engine fails.
        """
        under_way: deque[_Shard] = deque()
        finished, all_wanted = self._shards.finished(), wanted()
        begun = done = first
        observer.on_stage("work in shards")
        try:
            while wanted() > 0:
                ahead = items_for(wanted(), all_wanted - wanted(), done - first) if self._is_free else wanted()
                stop = done + ahead
                while len(under_way) < self._cluster.at_once() and begun < stop:
                    under_way.append(self._begin(begun, stop, finished))
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
        archive = self._cluster.archive(self._work.source(first))
        return _Shard(items, _TASK.remote(self._shards, [self._sent], items, archive))


def items_for(wanted: int, had: int, items: int) -> int:
    """Return how many items ``wanted`` results take, if ``items`` gave those that we ``had``; no more than tenfold."""
    each = items / had if had else max(1, items)
    return math.ceil(wanted * min(_MOST_ITEMS, each))


def _finish(shards: Shards, work: list[Any], items: range, archive: Archive) -> RunStopped | None:
    """Finish a shard in a process of the cluster; returns what kept the models from it."""
    return site_of(shards.url, lambda: ray.get(work[0]), places_here(archive)).finish(items, shards)


_TASK = task(_finish)


async def _ended(shard: _Shard) -> None:
    if shard.task is None:
        return
    with told_plainly():
        stop: RunStopped | None = await shard.task
    if stop:
        raise stop
