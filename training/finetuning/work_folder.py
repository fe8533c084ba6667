"""The hidden folder beside its place in which a model is trained, and from which a training that ended goes on.

``.NAME.training`` holds ``settings.json``, ``losses.jsonl``, ``checkpoints/checkpoint-STEP`` and at the end ``model``,
which moves to its place whole.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.errors import IsoglossError, UsageError
from ..checkpoints.checkpoint import read_json
from ..checkpoints.lineage import write_json
from ..checkpoints.output import require_free
from .kept_checkpoints import remove_halves, step_of, whole_ones

_TOLD = "settings.json"
_FREE = ("micro_batch", "save_every")  # settings that hardly change the result, or not at all


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """The folder of one training, whose model goes to ``out``."""

    out: Path

    @property
    def place(self) -> Path:
        """The folder itself."""
        return self.out.parent / f".{self.out.name}.training"

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints are."""
        return self.place / "checkpoints"

    @property
    def losses(self) -> Path:
        """What was logged, a line each."""
        return self.place / "losses.jsonl"

    @property
    def model(self) -> Path:
        """Where the model is made that moves to its place."""
        return self.place / "model"

    def last_whole(self) -> Path | None:
        """Return the latest checkpoint that is whole, None before there is one."""
        return next(reversed(whole_ones(self.checkpoints)), None)

    def is_there(self) -> bool:
        """Tell whether this machine sees the folder that the main process has made."""
        return (self.place / _TOLD).is_file()

    def finish(self) -> None:
        """Move the model to its place and remove the rest."""
        os.replace(self.model, self.out)
        shutil.rmtree(self.place, ignore_errors=True)


@contextmanager
def work_folder(out: Path, settings: Mapping[str, Any]) -> Iterator[WorkFolder]:
    """Hold the folder of the training that makes ``out``; it stays where it is unless ``finish`` was called.

    Raises ``UsageError`` where ``out`` is taken, another process trains, or a training with other ``settings`` has a
    checkpoint, and ``IsoglossError`` where the disk gives no room: then the checkpoints stay, and the same command goes
    on.
    """
    require_free(out)
    work = WorkFolder(out)
    try:
        work.place.mkdir(parents=True, exist_ok=True)
        with _locked(work):
            _require_same(work, settings)
            remove_halves(work.checkpoints)
            shutil.rmtree(work.model, ignore_errors=True)
            yield work
    except OSError as error:
        remove_halves(work.checkpoints)
        raise IsoglossError(f"{out} cannot be written: {error}. {goes_on(work)}") from error


def goes_on(work: WorkFolder) -> str:
    """Return the sentence that tells what is left of a training that ended before its time."""
    last = work.last_whole()
    if last is None:
        return "There is no checkpoint yet, so the same command begins again."
    return f"The checkpoint of step {step_of(last)} is whole: the same command goes on from it."


def anew(work: WorkFolder) -> str:
    """Return what else must be done for other settings; nothing before there is a checkpoint."""
    return f" with another --out, or after removing {work.place}" if work.last_whole() else ""


@contextmanager
def _locked(work: WorkFolder) -> Iterator[None]:
    """Hold the lock on the folder, which the system frees if the process dies."""
    folder = os.open(work.place, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(f"Another process is training {work.out}: wait for it, or choose another --out.") from None
    finally:
        os.close(folder)


def _require_same(work: WorkFolder, settings: Mapping[str, Any]) -> None:
    told = work.place / _TOLD
    if work.last_whole() is None or not told.is_file():
        fresh = work.place / "settings.json.new"
        write_json(fresh, settings)
        os.replace(fresh, told)
        return
    before, now = read_json(told), json.loads(json.dumps(settings))
    changed = [
        f"{name} was {json.dumps(before.get(name))}, now {json.dumps(now.get(name))}"
        for name in {**before, **now}
        if before.get(name) != now.get(name) and name not in _FREE
    ]
    if changed:
        raise UsageError(
            f"A training with other settings was begun there ({'; '.join(changed)}): give the same again to go on with "
            f"it, choose another --out, or remove {work.place}."
        )
