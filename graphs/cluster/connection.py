"""A Ray cluster: joined, or started on this machine, and what is sent to it."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from ...tools.errors import IsoglossError
from .sources import carried, here, in_a_file

_WAITING = 2  # tasks for each processor: one under way, one next
_OBJECTS = 256 * 2**20  # bytes of shared memory on this machine: results travel as files

Archive = list[Any]  # of a database: its name, its place on every machine, a reference to it packed; empty if it stays


class Connection:
    """A cluster that is joined."""

    def __init__(self, carry: bool) -> None:
        """``carry`` databases in files to machines that have no such files."""
        self._carry = carry
        self._archives: dict[str, Archive] = {}

    def at_once(self) -> int:
        """Return how many tasks may be under way: machines come and go."""
        return _WAITING * max(1, int(ray.cluster_resources().get("CPU", 1)))

    def archive(self, source: str) -> Archive:
        """Return a database, packed once if it is to be carried.

        Ray follows no references in a list: a machine that has the database does not fetch it.
        """
        if not (self._carry and in_a_file(source)):
            return []
        if source not in self._archives:
            packed = carried(source)
            self._archives[source] = [source, packed.place, ray.put(packed)]
        return self._archives[source]


@contextmanager
def join(address: str | None) -> Iterator[Connection]:
    """Join the cluster at ``address``, or start one on this machine for as long.

    Raises ``IsoglossError`` where there is none.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    own: dict[str, Any] = {"include_dashboard": False, "object_store_memory": _OBJECTS} if address is None else {}

    def begin() -> None:
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)

    try:
        try:
            begin()
        except ConnectionAbortedError:  # the server of Ray's client fails to start now and then
            begin()
    except (ConnectionError, RuntimeError, ValueError) as error:
        why = [type(error).__name__, *str(error).strip().splitlines()][-1]
        raise IsoglossError(f"There is no Ray cluster at {address or 'hand'}: {why}") from error
    try:
        yield Connection(carry=address is not None)
    finally:
        ray.shutdown()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Raise what went wrong in a task as itself if it is an error of ours; a lost cluster is one."""
    try:
        yield
    except RayTaskError as error:
        if isinstance(error.cause, IsoglossError):
            raise error.cause from None
        raise
    except (RayError, ConnectionError) as error:
        why = [*str(error).strip().splitlines(), type(error).__name__][0]
        raise IsoglossError(f"The cluster is lost ({why}): the same command goes on where it was.") from error


def places_here(archive: Archive) -> dict[str, str]:
    """Return where the database of an archive lies on this machine, fetched and unpacked unless it is there."""
    if not archive:
        return {}
    source, place, packed = archive
    if not here(place).exists():
        ray.get(packed).unpack()
    return {source: str(here(place))}


def task(function: Callable[..., Any]) -> Any:
    """Return ``function`` as a task for one processor, done again wherever its process or machine is lost."""
    return ray.remote(num_cpus=1, max_retries=-1)(function)
