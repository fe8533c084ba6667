"""How an evaluation is watched: a bar in a terminal, lines elsewhere."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ...training.graded import GradedAnswer
from ...training.metrics import NO_EVIDENCE
from ..cleaning import strip_escapes
from ..console import PLAIN_TEXT
from ..theme import ACTIVE, KEPT
from .graded import Watcher

_EVERY = 2.0  # seconds between lines where there is no terminal


class _Counts:
    """How far an evaluation is; a ``Watcher`` that says nothing."""

    def __init__(self) -> None:
        self.done = self.of = 0
        self.database = ""
        self._outcomes: Counter[str] = Counter()

    def on_start(self, done: int, of: int) -> None:
        """Take in what was graded before."""
        self.done, self.of = done, of

    def on_database(self, name: str) -> None:
        """Remember the database under way."""
        self.database = strip_escapes(name)

    def on_answer(self, answer: GradedAnswer) -> None:
        """Count an answer."""
        self.done += 1
        self._outcomes["nothing" if answer.outcome in NO_EVIDENCE else answer.outcome] += 1

    @property
    def matching(self) -> str:
        """The share of matches among what was graded since the start and proves something."""
        proving = self._outcomes.total() - self._outcomes["nothing"]
        return f"{100 * self._outcomes['match'] / proving:.0f} % match" if proving else ""


class LineProgress(_Counts):
    """Prints a line every two seconds."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream, self._said = stream, time.monotonic()

    def on_answer(self, answer: GradedAnswer) -> None:
        """Count an answer, and print how far the evaluation is if it is time to."""
        super().on_answer(answer)
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            text = ", ".join(filter(None, [f"{self.done}/{self.of}", self.matching, self.database]))
            print(text, file=self._stream, flush=True)


class BarProgress(_Counts):
    """Moves a bar in a terminal."""

    def __init__(self, bar: Progress) -> None:
        super().__init__()
        self._bar = bar
        self._task: TaskID = bar.add_task("", total=None, matching="")

    def on_start(self, done: int, of: int) -> None:
        """Show how much there is to do."""
        super().on_start(done, of)
        self._bar.update(self._task, completed=done, total=of)

    def on_database(self, name: str) -> None:
        """Show the database under way."""
        super().on_database(name)
        self._bar.update(self._task, description=self.database)

    def on_answer(self, answer: GradedAnswer) -> None:
        """Move the bar."""
        super().on_answer(answer)
        self._bar.update(self._task, completed=self.done, matching=self.matching)


@contextmanager
def watched_evaluation() -> Iterator[Watcher]:
    """Yield an observer that reports on standard error: a bar in a terminal, lines elsewhere."""
    console = Console(stderr=True, **PLAIN_TEXT)
    try:
        if not console.is_terminal:
            yield LineProgress(sys.stderr)
            return
        columns = (
            TextColumn("{task.description}", style=ACTIVE, markup=False),
            BarColumn(bar_width=None, complete_style=ACTIVE, finished_style=KEPT),
            MofNCompleteColumn(),
            TextColumn("{task.fields[matching]}", style=KEPT, markup=False),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True, expand=True) as bar:
            yield BarProgress(bar)
    except KeyboardInterrupt:
        print("Stopped; what was graded is kept. The same command goes on from here.", file=sys.stderr)
        raise
