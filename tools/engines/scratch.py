"""Folders for databases that live no longer than their engine.

Each holds a locked file while its owner lives. The lock goes with the process, however it ends, so whoever
makes the next folder can tell which ones were left behind.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

_PREFIX = "isogloss-"
_LOCK = "owner.lock"
_LONGEST_SOCKET_FOLDER = 60  # a Unix socket's path must stay under 108 bytes


class Scratch:
    """A temporary folder, removed by ``close``, at exit, or, if its owner was killed, by the next one."""

    def __init__(self) -> None:
        parent = _parent()
        _sweep(parent)
        # Under a name that no sweep looks at until it is locked.
        unlocked = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=parent))
        lock = os.open(unlocked / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.path = unlocked.rename(parent / unlocked.name.removeprefix("."))
        self._remove = weakref.finalize(self, _remove, self.path, lock)

    def close(self) -> None:
        """Remove the folder and all in it."""
        self._remove()


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _parent() -> Path:
    """Return the temporary folder, or /tmp if its path is too long or another user could not pass it."""
    named = Path(tempfile.gettempdir())
    passable = all(folder.stat().st_mode & 0o001 for folder in (named, *named.parents))
    return named if passable and len(str(named)) <= _LONGEST_SOCKET_FOLDER else Path("/tmp")


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR)
        except OSError:
            continue  # another user's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            _remove(folder, lock)
