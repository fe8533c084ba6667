"""A folder that is there whole or not at all: made beside its place, and moved there when it is done."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...tools.errors import IsoglossError, UsageError


def require_free(place: Path) -> None:
    """Raise ``UsageError`` if something stands at ``place`` already; an empty folder may."""
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise UsageError(f"{place} exists already: choose another --out.")


@contextmanager
def new_folder(place: Path, size: int) -> Iterator[Path]:
    """Yield an empty folder, which moves to ``place`` at the end; after an error nothing is left.

    ``size`` is how many bytes it will hold, at least. What a killed process left is removed by the next that writes to
    the same place. Raises ``UsageError`` where that is taken, being written to or too small, and ``IsoglossError``
    where it cannot be written.
    """
    require_free(place)
    work = place.parent / f".{place.name}.unfinished"
    try:
        work.mkdir(parents=True, exist_ok=True)
        with _owned(work, place):
            _clear(work)
            _require_space(work, size)
            yield work
            os.replace(work, place)
    except OSError as error:
        raise IsoglossError(f"{place} cannot be written: {error}.") from error


@contextmanager
def _owned(work: Path, place: Path) -> Iterator[None]:
    """Hold the lock on a folder, which the system frees if the process dies, and remove what is left of it."""
    folder = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise UsageError(f"Another process is writing to {place}: wait for it, or choose another --out.") from None
    try:
        yield
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(folder)


def _clear(work: Path) -> None:
    for left in work.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _require_space(work: Path, size: int) -> None:
    free = shutil.disk_usage(work).free
    if free < size:
        raise UsageError(
            f"The model takes {size / 1e9:.1f} GB and {work.parent} has {free / 1e9:.1f} GB free: choose another --out."
        )
