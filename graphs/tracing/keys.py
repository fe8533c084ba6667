"""Reading single keys from a terminal."""

import os
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

_NAMES = {
    "\r": "enter",
    "\n": "enter",
    " ": "space",
    "\x1b": "escape",
    "\x03": "q",
    "\x04": "q",
    "": "q",
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1bOA": "up",
    "\x1bOB": "down",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\x1b[H": "home",
    "\x1b[F": "end",
    "\x1b[1~": "home",
    "\x1b[4~": "end",
    "\x1b[5~": "page up",
    "\x1b[6~": "page down",
}
_REST_OF_KEY = 0.02  # seconds within which a terminal sends the rest of an arrow key's sequence


@contextmanager
def single_keys() -> Iterator[int]:
    """Make the terminal on standard input give each key at once, unechoed; yields its file descriptor."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        yield terminal
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def read_key(terminal: int) -> str:
    """Wait for a key and return its character, or its name if it has none; the end of input counts as ``q``."""
    pressed = os.read(terminal, 1)
    if pressed == b"\x1b" and select.select([terminal], [], [], _REST_OF_KEY)[0]:
        pressed += os.read(terminal, 8)
    text = pressed.decode("utf-8", "replace")
    return _NAMES.get(text, text)
