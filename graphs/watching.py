"""Choosing how a run is watched: live in a terminal, as plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from .cleaning import Cleaner
from .console import PLAIN_TEXT
from .dashboard import Dashboard
from .plain_progress import PlainProgress
from .progress import Goal


@contextmanager
def watched(title: str, goal: Goal) -> Iterator[Dashboard | PlainProgress]:
    """Yield the observer of a run, which reports on standard error; say how to go on if it is interrupted."""
    console = Console(stderr=True, **PLAIN_TEXT)
    title = Cleaner().text(title)
    watcher = Dashboard(console, title, goal) if console.is_terminal else PlainProgress(sys.stderr, title, goal)
    try:
        with watcher:
            yield watcher
    except KeyboardInterrupt:
        kept = watcher.progress.totals.kept
        print(f"Stopped with {kept} pairs kept. The same command goes on from here.", file=sys.stderr)
        raise
