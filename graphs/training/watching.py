"""How a piece of work is watched: a bar in a terminal, lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..console import PLAIN_TEXT
from ..theme import ACTIVE, KEPT

_EVERY = 2.0  # seconds between lines where there is no terminal
Tell = Callable[[int, int], None]  # how much is done, and of how much


@contextmanager
def watched(work: str, done: str) -> Iterator[Tell]:
    """Yield what work tells its progress, which stands beside a bar as ``work``, and in lines as what was ``done``."""
    console = Console(stderr=True, **PLAIN_TEXT)
    try:
        if not console.is_terminal:
            yield _lines(done)
            return
        columns = (TextColumn(work, style=ACTIVE), BarColumn(None, complete_style=ACTIVE, finished_style=KEPT))
        with Progress(
            *columns, TaskProgressColumn(), TimeRemainingColumn(), console=console, transient=True, expand=True
        ) as bar:
            task = bar.add_task("", total=None)
            yield lambda now, of: bar.update(task, completed=now, total=of)
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        raise


def _lines(done: str) -> Tell:
    said = time.monotonic()

    def tell(now: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said >= _EVERY:
            said = time.monotonic()
            print(f"{100 * now / of:.0f} % {done}", file=sys.stderr, flush=True)

    return tell
