"""Reading single keys from a terminal."""

import os
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager

_NAMES = {
    "\r": "enter",
    "\n": "enter",
    "\t": "tab",
    " ": "space",
    "\x1b": "escape",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x03": "quit",
    "\x04": "quit",
    "": "quit",
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
    "\x1bOH": "home",
    "\x1bOF": "end",
    "\x1b[1~": "home",
    "\x1b[4~": "end",
    "\x1b[5~": "page up",
    "\x1b[6~": "page down",
    "\x1b[Z": "back tab",
}
_REST_OF_KEY = 0.05  # seconds within which a terminal sends the rest of an arrow key's sequence, also from afar


class Keyboard:
    """The keys pressed at a terminal, and changes of its size, which come as the key ``resize``."""

    def __init__(self, terminal: int, resized: int | None) -> None:
        self._terminal = terminal
        self._resized = resized

    def read(self) -> str:
        """Wait for a key and return its character, or its name if it has none; ``quit`` at the end of input."""
        try:
            heard = [self._terminal] if self._resized is None else [self._terminal, self._resized]
            ready = select.select(heard, [], [])[0]
            if self._terminal not in ready:
                os.read(ready[0], 1024)
                return "resize"
            text = self._sequence()
        except KeyboardInterrupt:
            return "quit"
        return _NAMES.get(text, text)

    def _sequence(self) -> str:
        """Return one character, or the escape sequence of one key and nothing of the key after it."""
        first = os.read(self._terminal, 1)
        if first != b"\x1b":
            return self._character(first)
        pressed = first + self._soon()
        if pressed in (b"\x1b[", b"\x1bO"):
            while not b"@" <= (more := self._soon() or b"@")[-1:] <= b"~":
                pressed += more
            pressed += more
        return pressed.decode("ascii", "replace")

    def _character(self, first: bytes) -> str:
        length = next((n for n, least in ((4, 0xF0), (3, 0xE0), (2, 0xC0)) if first and first[0] >= least), 1)
        rest = b"".join(self._soon() for _ in range(length - 1))
        return (first + rest).decode("utf-8", "replace")

    def _soon(self) -> bytes:
        """Return the next byte if it is there already."""
        return os.read(self._terminal, 1) if select.select([self._terminal], [], [], _REST_OF_KEY)[0] else b""


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Make the terminal on standard input give each key at once, unechoed.

    In a thread other than the main one Ctrl-C is a key too, for its signal would not come here.
    """
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    try:
        if threading.current_thread() is threading.main_thread():
            with _resizes() as resized:
                yield Keyboard(terminal, resized)
        else:
            _without_signals(terminal)
            yield Keyboard(terminal, None)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextmanager
def _resizes() -> Iterator[int]:
    """Yield what can be read from when the size of the terminal changed."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    handler = signal.signal(signal.SIGWINCH, lambda *_: None)  # or the signal wakes nobody
    waking = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(waking)
        signal.signal(signal.SIGWINCH, handler)
        os.close(reading)
        os.close(writing)


def _without_signals(terminal: int) -> None:
    attributes = termios.tcgetattr(terminal)
    attributes[3] &= ~termios.ISIG
    termios.tcsetattr(terminal, termios.TCSADRAIN, attributes)
