"""Pseudo-terminals, for tests that press keys."""

import os
import pty
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from isogloss.graphs.cleaning import strip_escapes


@contextmanager
def terminal(place: Path, *words: str, last: str = "q", **settings: str) -> Iterator[int]:
    """Run the command in a pseudo-terminal of 80 by 24 and end it with the key ``last``; it must end well."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", **settings}
    child, screen = pty.fork()
    if child == 0:
        os.chdir(place)
        os.execve(sys.executable, [sys.executable, "-m", "isogloss", *words], environment)
    yield screen
    os.write(screen, last.encode())
    with suppress(OSError):  # it has ended
        while os.read(screen, 65536):
            pass
    _, status = os.waitpid(child, 0)
    os.close(screen)
    assert os.waitstatus_to_exitcode(status) == 0


def seen(screen: int, until: str) -> str:
    """Read what a terminal is sent until it holds some text and a pause follows."""
    text, end = b"", time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([screen], [], [], 0.1)[0]:
            text += os.read(screen, 65536)
        elif until in strip_escapes(text.decode(errors="replace")):
            return text.decode()
    raise AssertionError(f"no {until!r} in {text!r}")
