"""Where a training ends before its model is in place: what the same command does then, and what is left of it."""

import resource
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import IsoglossError

from .lessons_here import Stopped, silent
from .tiny_checkpoints import weights_of

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

import torch
from isogloss.training.finetuning import running
from isogloss.training.finetuning.journal import LogLine
from isogloss.training.finetuning.kept_checkpoints import step_of
from isogloss.training.finetuning.whole_checkpoints import writing
from isogloss.training.finetuning.work_folder import WorkFolder
from isogloss.training.sft import SftConfig, train_sft

EARLY: dict[str, Any] = {"steps": 60, "patience": 2, "evaluate_every": 3, "learning_rate": 0.05}
pytestmark = pytest.mark.usefixtures("one_thread")


def stop(*_: Any, **__: Any) -> None:
    raise Stopped


def same(one: Path, other: Path) -> bool:
    first, second = weights_of(one), weights_of(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize(
    "changed",
    [{}, {"steps": None, "epochs": 1.5}, {"lora": 4}, EARLY, {**EARLY, "lora": 4, "learning_rate": 1.0}],
)
def test_a_training_that_is_over_takes_no_further_step(
    config: SftConfig, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended after the last checkpoint, it ends with the same weights: the best ones where it stopped early."""
    config = replace(config, **changed)
    whole = train_sft(replace(config, out=config.out.parent / "whole"), silent)
    with monkeypatch.context() as patch:
        patch.setattr(running, "_save", stop)
        with pytest.raises(Stopped):
            train_sft(config, silent)
    summary = train_sft(config, stop)
    assert (summary.steps, summary.stopped_early) == (whole.steps, whole.stopped_early)
    assert summary.stopped_early == ("patience" in changed)
    assert summary.best_held_out_loss == whole.best_held_out_loss
    assert same(config.out, whole.directory)


def test_a_disk_that_is_full_when_the_model_is_saved_is_told(
    config: SftConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, save = resource.getrlimit(resource.RLIMIT_FSIZE), running._save

    def fill(*given: Any) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, limits[1]))
        save(*given)

    with monkeypatch.context() as patch:
        patch.setattr(running, "_save", fill)
        try:
            with pytest.raises(IsoglossError, match=r"out cannot be written: .*The checkpoint of step 10 is whole"):
                train_sft(config, silent)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert train_sft(config, stop).steps == 10


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("device-side assert")])
def test_what_is_no_fault_of_the_disk_is_not_called_one(error: RuntimeError) -> None:
    with pytest.raises(type(error)), writing():
        raise error


def test_a_checkpoint_that_is_half_removed_does_not_count(config: SftConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while it removes what is older, the training goes on from the newest checkpoint."""

    def half(folder: Path, **_: Any) -> None:
        if folder.name.startswith("checkpoint-"):
            (folder / "optimizer.pt").unlink()
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", half)
        with pytest.raises(Stopped):
            train_sft(config, silent)
    work = WorkFolder(config.out)
    left = {path.name: (path / "whole").exists() for path in work.checkpoints.iterdir()}
    assert left == {"checkpoint-2": False, "checkpoint-4": True, "checkpoint-6": True}
    lines: list[LogLine] = []
    assert train_sft(config, lines.append).steps == 10
    assert lines[0].step == 7


def test_the_best_checkpoint_stays_beside_the_last_two(config: SftConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_save", stop)
    with pytest.raises(Stopped):
        train_sft(replace(config, **{**EARLY, "patience": 3}), silent)
    steps = sorted(step_of(path) for path in WorkFolder(config.out).checkpoints.iterdir())
    assert [steps[-1] - step for step in steps] == [9, 3, 0]
