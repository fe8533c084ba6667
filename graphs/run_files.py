"""The files of a run directory: its lock, its record, and JSON Lines files that only grow."""

import fcntl
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..tools.errors import UsageError

_MOMENT = 0.05  # seconds


class RunLock:
    """The lock by which one live process owns a run directory; the system frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raises ``UsageError`` if another live process holds it."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not _locked(self._file):
            owner = _owner(self._file)
            os.close(self._file)
            raise UsageError(f"Process {owner} is writing to {path.parent}: wait for it, or choose another --out.")
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Free the lock."""
        os.close(self._file)


def writer_of(lock: Path) -> str | None:
    """Return the id of the live process that holds a lock, None if none does."""
    try:
        file = os.open(lock, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _owner(file)
    else:
        return None
    finally:
        os.close(file)


def _locked(file: int) -> bool:
    """Lock a file, if need be after a moment: whoever asks for its writer holds it for as long."""
    for pause in (_MOMENT, 0.0):
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(pause)
    return False


def _owner(file: int) -> str:
    return os.pread(file, 32, 0).decode() or "unknown"


class JsonLines:
    """A JSON Lines file that is appended to, and cut back to a size it had before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        self.size = self.on_disk()

    def on_disk(self) -> int:
        """Return the size of the file in bytes; ``size`` is what it will be once every append is done."""
        return os.fstat(self._file).st_size

    def append(self, records: Iterable[Any]) -> None:
        """Write one line per record and hand them to the system; raises ``OSError``, maybe after a part."""
        unwritten = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records).encode()
        self.size += len(unwritten)
        while unwritten:
            unwritten = unwritten[os.write(self._file, unwritten) :]

    def lines(self) -> list[bytes]:
        """Return the whole lines, and cut what a killed process left of one at the end."""
        *whole, rest = self.path.read_bytes().split(b"\n")
        self.cut(self.on_disk() - len(rest))
        return whole

    def cut(self, size: int) -> None:
        """Drop what follows the first ``size`` bytes; raises ``UsageError`` if these do not end a line."""
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            raise UsageError(f"{self.path} was changed since its run stopped: restore it, or choose another --out.")
        os.ftruncate(self._file, size)
        self.size = size

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read_record(path: Path) -> dict[str, Any] | None:
    """Return the record of a run, ``run.json``, or None if there is none; raises ``UsageError`` if it is damaged."""
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("config"), dict):
        raise UsageError(f"{path} is damaged: choose another --out.")
    return record


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write the record of a run, stamped with the time, atomically: a reader sees the old or the new one."""
    fresh = path.with_suffix(".tmp")
    stamped = {**record, "updated": now()}
    fresh.write_text(json.dumps(stamped, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(fresh, path)


def now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
