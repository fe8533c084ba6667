"""Telling on standard error that a long trace is being read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from ..console import PLAIN_TEXT
from ..theme import QUIET

_LONG = 2**28  # bytes that may take longer to read than one waits without a word


@contextmanager
def told_of_reading(run: Path) -> Iterator[Callable[[str], None]]:
    """Yield what to call with the name of each part; in a terminal, it is shown while a long trace is read."""
    console, trace = Console(stderr=True, **PLAIN_TEXT), run / "trace.sqlite"
    if not console.is_terminal or not trace.is_file() or trace.stat().st_size < _LONG:
        yield lambda _: None
        return
    with console.status("reading the trace", spinner_style=QUIET) as status:
        yield lambda part: status.update(f"reading the trace: {part}")
