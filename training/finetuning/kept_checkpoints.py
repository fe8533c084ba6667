"""The checkpoints of a training in their folder: which of them count, which go, and which is the result.

A checkpoint, ``checkpoint-STEP``, counts once it holds the file ``whole``, which is written last and removed first.
"""

import shutil
from pathlib import Path

from ..checkpoints.checkpoint import read_json

_WHOLE = "whole"
_KEPT = 2  # checkpoints, beside the best


def step_of(checkpoint: Path) -> int:
    """Return the optimizer step after which a checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])


def whole_ones(folder: Path) -> list[Path]:
    """Return the checkpoints that count, the latest last."""
    return sorted((mark.parent for mark in folder.glob(f"checkpoint-*/{_WHOLE}")), key=step_of)


def mark_whole(folder: Path, step: int) -> None:
    """Let the checkpoint of ``step`` count."""
    (_checkpoint(folder, step) / _WHOLE).touch()


def remove_older(folder: Path, best: int | None) -> None:
    """Remove all checkpoints that count but the last two and that of step ``best``."""
    for old in whole_ones(folder)[:-_KEPT]:
        if step_of(old) != best:
            (old / _WHOLE).unlink()
            shutil.rmtree(old, ignore_errors=True)


def remove_halves(folder: Path) -> None:
    """Remove the checkpoints that a process left while it was writing or removing them."""
    for each in folder.glob("checkpoint-*"):
        if not (each / _WHOLE).exists():
            shutil.rmtree(each, ignore_errors=True)


def result_in(folder: Path) -> Path | None:
    """Return the checkpoint whose weights are the result, if the training is over; None if it is not.

    A training is over after its last step, and where it stopped early; the best checkpoint counts, if there is one.
    """
    last = next(reversed(whole_ones(folder)), None)
    state = read_json(last / "trainer_state.json") if last else {}
    control = state.get("stateful_callbacks", {}).get("TrainerControl", {}).get("args", {})
    if last is None or not (control.get("should_training_stop") or state["global_step"] >= state["max_steps"]):
        return None
    return _checkpoint(folder, state.get("best_global_step") or state["global_step"])


def _checkpoint(folder: Path, step: int) -> Path:
    return folder / f"checkpoint-{step}"
