"""Deleting runs: never one that a live process writes to, and each at once or not at all."""

import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ...tools.errors import UsageError
from ..run_files import RunLock, writer_of
from .finding import LOCKS, all_runs, files_in, record_name
from .overview import RunOverview, Status, overview

_UNITS = {"h": 3_600, "d": 86_400, "w": 7 * 86_400}
_GOING = ".isogloss-pruned-"  # what a run is called once it is no run any more


@dataclass(frozen=True, slots=True)
class Wish:
    """Which runs may go: those not written to for ``older_than`` seconds, of a ``status``, and not the latest ``keep``.

    All that is given must hold; the latest are told apart by kind.
    """

    older_than: float | None = None
    status: Status | None = None
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Pruning:
    """The ``runs`` that go, or have gone if ``deleted``, the ``bytes`` that this frees, and why others are ``left``."""

    runs: list[RunOverview]
    bytes: int
    deleted: bool
    left: dict[str, str]


def prunable(named: Sequence[Path], wish: Wish) -> list[RunOverview]:
    """Return which of the runs, or of those in the folders, that are ``named`` may go; by default of all here.

    Raises ``UsageError`` if neither a run nor a wish is named, and for a run that a live process writes to.
    """
    if wish == Wish() and not (named and all(map(record_name, named))):
        raise UsageError("Say which runs are to go: name them, or give --older-than, --status or --keep.")
    for run in filter(record_name, named):
        _require_free(run)
    found = [run for folder in named for run in all_runs(folder)] if named else all_runs(None)
    latest_first = sorted(map(overview, dict.fromkeys(found)), key=lambda run: -run.updated)
    return list(_wished(latest_first, wish))[::-1]


def prune(runs: Sequence[RunOverview], delete: bool) -> Pruning:
    """Delete runs, or only say what would be freed."""
    left: dict[str, str] = {}
    if delete:
        for run in runs:
            try:
                _delete(run.directory)
            except UsageError as error:
                left[str(run.directory)] = str(error)
    gone = [run for run in runs if str(run.directory) not in left]
    return Pruning(gone, sum(run.bytes for run in gone), delete, left)


def seconds_of(age: str) -> float:
    """Return the seconds in an age such as ``30d``; raises ``UsageError`` for what is none."""
    found = re.fullmatch(r"(\d+)([hdw])", age)
    if not found:
        raise UsageError(f"'{age}' is no age: write 12h, 30d or 8w.")
    return int(found[1]) * _UNITS[found[2]]


def _wished(latest_first: Iterable[RunOverview], wish: Wish) -> Iterable[RunOverview]:
    now, seen = time.time(), defaultdict[str, int](int)
    for run in latest_first:
        seen[run.kind] += 1
        old = wish.older_than is None or now - run.updated >= wish.older_than
        of_status = wish.status in (None, run.status)
        if run.status != "running" and old and of_status and seen[run.kind] > (wish.keep or 0):
            yield run


def _delete(run: Path) -> None:
    """Rename a run, so that it is gone at once, then remove it and what interrupted deletions left beside it."""
    _require_free(run)
    try:
        with ExitStack() as held:
            for lock in _locks(run):
                held.callback(RunLock(lock).release)
            run.rename(run.with_name(f"{_GOING}{run.name}-{os.getpid()}"))
            for going in run.parent.glob(f"{_GOING}*"):
                shutil.rmtree(going)
    except OSError as error:
        raise UsageError(f"it cannot be deleted: {error.strerror}.") from error


def _require_free(run: Path) -> None:
    """Raise ``UsageError`` for a run that a process is in, or that is but a link to one."""
    if run.is_symlink():
        raise UsageError(f"{run} is a link: name the directory that it leads to.")
    if Path.cwd().is_relative_to(run.resolve()):
        raise UsageError(f"{run} is where you are: go elsewhere first.")
    for lock in (*_locks(run), *(parent / name for parent in run.resolve().parents for name in LOCKS.values())):
        if process := writer_of(lock):
            raise UsageError(f"Process {process} is writing to {lock.parent}: wait for it, or stop it.")


def _locks(run: Path) -> list[Path]:
    """Return the locks of a run and of the runs inside."""
    return [Path(file.path) for file in files_in(run) if file.name in LOCKS.values()]
