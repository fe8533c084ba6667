"""The processes below ours, by what Linux says of them in /proc."""

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def descendants(process: int) -> list[int]:
    """Return the ids of a process's children and theirs."""
    children: list[int] = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children += map(int, listed.read_text().split())
        except OSError:
            continue  # the thread has ended
    return children + [deeper for child in children for deeper in descendants(child)]


def command_of(process: int) -> str:
    """Return a process's command line, "" if it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def below_us(part: str, known: set[int] | None = None) -> list[int]:
    """Return the ids of our descendants, but for the ``known``, in whose command line ``part`` stands."""
    return [found for found in descendants(os.getpid()) if part in command_of(found) and found not in (known or set())]


def resident_bytes() -> int:
    """Return the memory that all processes below ours take up, counting shared pages for each of them.

    One that is about to become another program has our own pages still, and our command line: it does not count.
    """
    own = command_of(os.getpid())
    return sum(_resident(each) for each in descendants(os.getpid()) if command_of(each) != own)


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        return 0


class MemoryWatch:
    """Sees by how many bytes the processes below ours grew, at most, while it was open."""

    def __enter__(self) -> Self:
        self._first = self._most = resident_bytes()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, resident_bytes())

    @property
    def grown(self) -> int:
        """The growth, in bytes."""
        return self._most - self._first
