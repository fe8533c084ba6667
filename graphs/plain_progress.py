"""The progress of a build as plain lines, where there is no terminal."""

import threading
from types import TracebackType
from typing import TextIO

from .progress import Goal, Progress, clock_face
from .totals import ItemResult, Totals

_EVERY = 2.0  # seconds between lines
_SILENCE = 30.0  # seconds after which a line says that the build goes on


class PlainProgress:
    """Watches a build and prints a line at each stage, then one every 2 to 30 seconds; a context manager."""

    def __init__(self, stream: TextIO, title: str, goal: Goal) -> None:
        self._stream = stream
        self._title = title
        self._said = 0.0
        self.progress = Progress(goal)
        self._ended = threading.Event()

    def __enter__(self) -> "PlainProgress":
        self._say(self._title)
        threading.Thread(target=self._break_silence, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self.progress.end_stage()
        if self.progress.totals.items:
            self._say(self._line())

    def on_stage(self, name: str) -> None:
        """Print that a stage begins."""
        self.progress.on_stage(name)
        self._say(f"{name} …")

    def on_item(self, result: ItemResult, totals: Totals) -> None:
        """Count an item, and print where the build stands if it is time to."""
        self.progress.on_item(result, totals)
        if self.progress.clock() - self._said >= _EVERY:
            self._say(self._line())

    def on_sql(self, sql: str) -> None:
        """Nothing: a log has no use for each statement."""

    def _break_silence(self) -> None:
        while not self._ended.wait(_EVERY):
            if self.progress.clock() - self._said >= _SILENCE:
                self._say(f"{self._line()}, {clock_face(self.progress.elapsed)} gone")

    def _line(self) -> str:
        progress, totals = self.progress, self.progress.totals
        left = f", {clock_face(progress.remaining)} left" if progress.remaining else ""
        spent = f", {progress.spent_text}" if progress.spent_text else ""
        return (
            f"{totals.kept}/{progress.goal.number} kept ({totals.repaired} repaired), "
            f"{totals.rejected.total()} rejected, {progress.rate:.1f} {progress.unit}/s{left}{spent}"
        )

    def _say(self, line: str) -> None:
        self._said = self.progress.clock()
        print(line, file=self._stream, flush=True)
