"""The directory of a training: the recipe, and each stage once it is done.

recipe.json    what is trained, when, by which command, and how it stands
stages.jsonl   a line as a stage begins, its command, and one when it is done, with its seconds and result too
DIALECT/       examples, samples and experts of a dialect
merge/ …       what is made of all dialects
evaluations/   one of each model in each dialect
report.*       what it comes to
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from ... import __version__
from ...tools.errors import UsageError
from ..invocation import invocation
from ..run_files import JsonLines, RunLock, now, read_record, write_record
from .recipe import Recipe
from .stages import WHOLE, Stage
from .state import Done

_RECORD, _LOCK, _STAGES = "recipe.json", "recipe.lock", "stages.jsonl"


class TrainingDirectory:
    """A training that this process owns: the directory ``recipe.out``, as seen from ``folder``."""

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        """See ``open_directory``."""
        self.path, self._folder = folder / recipe.out, folder
        with ExitStack() as opened:
            opened.callback(RunLock(self.path / _LOCK).release)
            record = read_record(self.path / _RECORD)
            if record is None and {file.name for file in self.path.iterdir()} - {_LOCK}:
                raise UsageError(f"{self.path} holds something other than a training: choose another out:.")
            self._file = opened.enter_context(closing(JsonLines(self.path / _STAGES)))
            lines = [json.loads(line) for line in self._file.lines()]
            self._begun: dict[str, list[str]] = {each["name"]: each["words"] for each in lines}
            self._done: dict[str, Done] = {}
            for each in lines:
                if "result" in each:
                    self._remember(each)
            self._record = {"created": now(), **(record or {}), **_about(recipe), **invocation()}
            write_record(self.path / _RECORD, self._record)
            self._open = opened.pop_all()

    def done(self, stage: Stage) -> Done | None:
        """Return the record of a stage that is done, and None if it is not.

        It is not if what it made is gone, or was made of something that has been made anew. Raises ``UsageError`` if
        it was done by another command.
        """
        if not (self._folder / stage.out).exists():
            return None
        words, record = list(stage.words), self._done.get(stage.name)
        killed = record is None and stage.kind in WHOLE and stage.name in self._begun  # before we could say it is done
        before = self._begun[stage.name] if killed else record and record["words"]
        if before and before != words:
            raise UsageError(
                f"In {self.path} '{stage.name}' was done with {_apart(before, words)}: "
                "choose another out:, or let the recipe say what it said."
            )
        if killed:
            record = self.add(stage.done(0.0, {}))
        return record if record and not self._outdated(stage) else None

    def _outdated(self, stage: Stage) -> bool:
        later = islice(self._done, list(self._done).index(stage.name) + 1, None)
        return any(stage.reads(self._done[name]["out"]) for name in later)

    def begin(self, stage: Stage) -> None:
        """Keep that a stage begins."""
        self._file.append([{"name": stage.name, "words": list(stage.words), "began": now()}])

    def add(self, done: Done) -> Done:
        """Keep that a stage is done, and return its record."""
        self._file.append([done])
        self._remember(done)
        return done

    def note(self, **facts: Any) -> None:
        """Keep facts beside the recipe, as JSON values."""
        self._record |= facts
        write_record(self.path / _RECORD, self._record)

    def _remember(self, done: Done) -> None:
        """Let it stand behind whatever was done before."""
        self._done.pop(done["name"], None)
        self._done[done["name"]] = done

    def close(self) -> None:
        """Give the directory up to other processes."""
        self._open.close()


@contextmanager
def open_directory(recipe: Recipe, folder: Path) -> Iterator[TrainingDirectory]:
    """Create the directory of a training, or go on with it; raises ``UsageError`` if it cannot be written."""
    path = folder / recipe.out
    try:
        path.mkdir(parents=True, exist_ok=True)
        with closing(TrainingDirectory(recipe, folder)) as directory:
            yield directory
    except OSError as error:
        raise UsageError(
            f"Cannot write to {path}: {error.strerror}. What is done is kept; make room or choose another out:."
        ) from error


def _about(recipe: Recipe) -> dict[str, object]:
    return {"status": "running", "isogloss": __version__, "config": recipe.model_dump()}


def _apart(old: Sequence[str], new: Sequence[str]) -> str:
    """Say where two command lines part."""
    place = next(i for i in range(max(len(old), len(new))) if old[i : i + 1] != new[i : i + 1])
    before, after = (shlex.join(words[max(0, place - 1) : place + 1]) for words in (old, new))
    return f"'{before}' where the recipe now asks for '{after}'"
