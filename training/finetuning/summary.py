"""What a training was, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .journal import LogLine

_MARGIN = "rewards/margins"  # as TRL calls it


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How many examples train, are held out, or take no part.

    ``left_out`` have their database or template on the other side of the split; ``too_long`` have more tokens than
    allowed; ``duplicates`` are the same as others. ``tokens`` are those of the examples to train on, ``trained`` those
    of them that are completions.
    """

    train: int
    held_out: int
    left_out: int
    too_long: int
    duplicates: int
    tokens: int
    trained: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """What was trained, for how long, and what became of the loss (for its unit see ``TrainingConfig.measure``).

    ``tokens`` went through the model, of which ``trained`` were in the loss; ``tokens_per_second`` has the time of
    evaluations and checkpoints in it. Where the training stopped early the best
    weights are kept; ``peak_memory_mb`` is that of the main process, or of its GPU. A margin is how much more reward
    the completions to prefer have than those to avoid; there is one only in training on preferences.
    """

    directory: Path
    steps: int
    epochs: float
    train: int
    held_out: int
    left_out: int
    too_long: int
    duplicates: int
    tokens: int
    trained: int
    tokens_per_second: float
    peak_memory_mb: float
    first_loss: float | None
    last_loss: float | None
    best_held_out_loss: float | None
    first_margin: float | None
    last_margin: float | None
    stopped_early: bool
    seconds: float
    notes: tuple[str, ...]


def summarised(
    directory: Path, counts: DataCounts, lines: Sequence[LogLine], seconds: float, peak_memory_mb: float
) -> TrainingSummary:
    """Return the summary of a training whose log is ``lines``."""
    losses = [line.loss for line in lines if line.loss is not None]
    held_out = [line.held_out_loss for line in lines if line.held_out_loss is not None]
    margins = [line.measures[_MARGIN] for line in lines if line.loss is not None and _MARGIN in line.measures]
    last = lines[-1] if lines else None
    epochs = last.epoch if last else 0.0
    tokens = round(counts.tokens * epochs)
    return TrainingSummary(
        directory=directory,
        steps=last.step if last else 0,
        epochs=epochs,
        train=counts.train,
        held_out=counts.held_out,
        left_out=counts.left_out,
        too_long=counts.too_long,
        duplicates=counts.duplicates,
        tokens=tokens,
        trained=round(counts.trained * epochs),
        tokens_per_second=tokens / seconds if seconds else 0.0,
        peak_memory_mb=peak_memory_mb,
        first_loss=losses[0] if losses else None,
        last_loss=losses[-1] if losses else None,
        best_held_out_loss=min(held_out, default=None),
        first_margin=margins[0] if margins else None,
        last_margin=margins[-1] if margins else None,
        stopped_early=last is not None and last.step < last.steps,
        seconds=seconds,
        notes=counts.notes,
    )
