"""How a training looks: its progress, and at the end its loss, its numbers, and what to run next."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..cleaning import strip_escapes
from ..console import PLAIN_TEXT
from ..theme import ACTIVE, KEPT, QUIET, REPAIRED
from .loss_plot import loss_plot

if TYPE_CHECKING:
    from ...training.finetuning.journal import LogLine
    from ...training.finetuning.summary import TrainingSummary

_EVERY = 2.0  # seconds between lines where there is no terminal


class TrainingWatch:
    """Told of each line of a training's log, it keeps them and shows where the training is."""

    def __init__(self, show: "Callable[[TrainingWatch], None]") -> None:
        self.lines: list[LogLine] = []
        self._show = show

    def __call__(self, line: "LogLine") -> None:
        """Take the next line."""
        self.lines.append(line)
        self._show(self)

    def text(self) -> str:
        """Return the last losses and the speed in one line."""
        last, first, losses = self.lines[-1], self.lines[0], _losses(self.lines)
        held_out = next((x.held_out_loss for x in reversed(self.lines) if x.held_out_loss is not None), None)
        said = [f"loss {losses[-1][1]:.4f}"] if losses else []
        said += [f"held out {held_out:.4f}"] if held_out is not None else []
        if last.tokens > first.tokens:
            said += [f"{(last.tokens - first.tokens) / (last.seconds - first.seconds):,.0f} tokens/s"]
        return ", ".join(said)


@contextmanager
def watched_training(name: str, out: Path) -> "Iterator[TrainingWatch]":
    """Yield what is told of the log of the training that makes ``out``.

    It is shown as a bar in a terminal, as a line every two seconds elsewhere.
    """
    console = Console(stderr=True, **PLAIN_TEXT)
    try:
        if not console.is_terminal:
            yield TrainingWatch(_line_teller())
            return
        columns = (TextColumn(name, style=ACTIVE), BarColumn(None, complete_style=ACTIVE, finished_style=KEPT))
        told = (TextColumn("{task.description}"), TimeRemainingColumn())
        with Progress(*columns, *told, console=console, transient=True, expand=True) as bar:
            task = bar.add_task("reading the model and the data", total=None)

            def show(watch: TrainingWatch) -> None:
                last = watch.lines[-1]
                told = f"{last.step}/{last.steps} {watch.text()}"
                bar.update(task, completed=last.step, total=last.steps, description=told)

            yield TrainingWatch(show)
    except KeyboardInterrupt:
        from ...training.finetuning.work_folder import WorkFolder

        goes = "goes on from the last checkpoint" if WorkFolder(out).last_whole() else "begins again"
        print(f"Stopped; the same command {goes}.", file=sys.stderr)
        raise


def _losses(lines: "Iterable[LogLine]") -> list[tuple[int, float]]:
    return [(line.step, line.loss) for line in lines if line.loss is not None]


def _line_teller() -> Callable[[TrainingWatch], None]:
    said = time.monotonic()

    def tell(watch: TrainingWatch) -> None:
        nonlocal said
        if time.monotonic() - said >= _EVERY:
            said = time.monotonic()
            last = watch.lines[-1]
            print(f"step {last.step}/{last.steps}: {watch.text()}", file=sys.stderr, flush=True)

    return tell


def show_training(console: Console, summary: "TrainingSummary") -> None:
    """Print how the loss fell, what was trained on, where the model is and what to run next."""
    from ...training.finetuning.journal import read_log

    losses = _losses(read_log(summary.directory / "losses.jsonl"))  # also those before it was interrupted
    for line in loss_plot(losses, min(console.width, 80)):
        console.print(line, style=ACTIVE, soft_wrap=True)
    console.print(_numbers(summary))
    for note in summary.notes:
        console.print(note, style=REPAIRED)
    place = strip_escapes(str(summary.directory))
    ended = "stopped early, best weights kept" if summary.stopped_early else f"{summary.epochs:.2f} epochs"
    console.print(f"trained {place}: {summary.steps} steps, {ended}, {summary.seconds:.1f} s", style=KEPT)
    console.print(f"next: isogloss eval SET --dialect NAME --generator hf:{place}", soft_wrap=True)


def _numbers(summary: "TrainingSummary") -> Table:
    left = {"left out by the split": summary.left_out, "too long": summary.too_long, "duplicates": summary.duplicates}
    best, margin = summary.best_held_out_loss, summary.first_margin
    rows = {
        "trained on": f"{summary.train:,} examples",
        "held out": f"{summary.held_out:,}",
        **{name: f"{count:,}" for name, count in left.items() if count},
        "loss": _course(summary.first_loss, summary.last_loss),
        "held-out loss": "" if best is None else f"{_loss(best)} at best",
        "margin": "" if margin is None else _course(margin, summary.last_margin),
        "tokens": f"{summary.tokens:,}, of them {summary.trained:,} in the loss",
        "speed": f"{summary.tokens_per_second:,.0f} tokens/s",
        "peak memory": f"{summary.peak_memory_mb:,.0f} MB",
    }
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style=QUIET)
    grid.add_column()
    for name, text in rows.items():
        if text:
            grid.add_row(name, text)
    return grid


def _course(first: float | None, last: float | None) -> str:
    return f"{_loss(first)} → {_loss(last)}"


def _loss(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
