"""Choosing how a build is watched: live in a terminal, as plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from .build import BuildConfig
from .cleaning import Cleaner
from .console import PLAIN_TEXT
from .dashboard import Dashboard
from .plain_progress import PlainProgress


@contextmanager
def watched(config: BuildConfig) -> Iterator[Dashboard | PlainProgress]:
    """Yield the observer of a build, which reports on standard error; say how to go on if it is interrupted."""
    console = Console(stderr=True, **PLAIN_TEXT)
    title = Cleaner().text(f"isogloss build · {config.dialect} · {config.db} · seed {config.seed}")
    watcher = Dashboard(console, title, config.n) if console.is_terminal else PlainProgress(sys.stderr, title, config.n)
    try:
        with watcher:
            yield watcher
    except KeyboardInterrupt:
        kept = watcher.progress.totals.kept
        print(f"Stopped with {kept} pairs kept. The same command goes on from here.", file=sys.stderr)
        raise
