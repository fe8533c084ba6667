"""Going on with a run by the command that started it."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..cleaning import REDACTED
from .overview import RunOverview, run_record, writer

_WITH_OUT = ("build", "translate", "sample", "eval")  # commands that are told by --out where their run is


@dataclass(frozen=True, slots=True)
class Resumption:
    """The words that follow ``isogloss`` to go on with a run, and the folder in which they mean what they meant."""

    words: list[str]
    folder: Path


def resumption(run: Path, options: Sequence[str] = ()) -> Resumption:
    """Return how a run goes on; ``options`` come in the place of those that it was started with.

    Raises ``UsageError`` if a process is at it, nothing tells how it was started, its command had a secret that
    ``options`` do not have, its folder is gone, or it is a training that is not where its recipe puts it.
    """
    if process := writer(run):
        raise UsageError(f"Process {process} is writing to {run}: there is nothing to go on with.")
    record = run_record(run)[1]
    words, folder = list(record.get("command", [])), Path(record.get("folder", ""))
    if not words:
        raise UsageError(f"{run} does not tell which command made it: run that again with the same --out.")
    if not folder.is_dir():
        raise UsageError(f"{run} was started in {folder}, which is gone: run there or elsewhere: {_shown(words)}")
    words = _alone(words, record)
    _require_whole(run, words, options, folder)
    if words[0] in _WITH_OUT:
        return Resumption(_joined(_without(words, "--out"), [*options, "--out", _seen_from(folder, run)]), folder)
    _require_in_place(run, words, folder)
    return Resumption(_joined(words, options), folder)


def finished(run: RunOverview) -> str:
    """Return a sentence about a run that is finished."""
    more = f"; 'isogloss runs resume {run.directory} -n N' asks for more" if run.kind == "build" else ""
    return f"{run.directory} is finished{more}."


def _require_whole(run: Path, words: Sequence[str], options: Sequence[str], folder: Path) -> None:
    """Raise ``UsageError`` for a secret that was not kept, unless ``options`` give its option again."""
    given = {word.partition("=")[0] for word in options if word.startswith("-")}
    for before, word in pairwise(["", *words]):
        name = before if before.startswith("-") and not word.startswith("-") else word.partition("=")[0]
        if REDACTED in word and name not in given:
            raise UsageError(
                f"{name} had a secret, which is not kept: give it again by running in {folder}: {_shown(words)}"
            )


def _require_in_place(run: Path, words: Sequence[str], folder: Path) -> None:
    """Raise ``UsageError`` for a training that has been moved, as its recipe would begin it anew."""
    from ..training.recipe import read_recipe

    recipe = folder / next((word for word in words[2:] if not word.startswith("-")), "")
    place = recipe.parent / read_recipe(recipe).out
    if place.resolve() != run.resolve():
        raise UsageError(f"{recipe} trains into {place}, not {run}: move it back, or run {_shown(words)} anew.")


def _alone(words: Sequence[str], record: Mapping[str, Any]) -> list[str]:
    """Return the command of this run alone, if it was one of two that were built to be compared."""
    corpus = record.get("notes", {}).get("lineage", {}).get("corpus")
    if corpus is None or not any(word.partition("=")[0] == "--versus" for word in words):
        return list(words)
    return _joined(_without(words, "--versus", "--corpus"), ["--corpus", corpus])


def _without(words: Sequence[str], *options: str) -> list[str]:
    """Return a command without some options and their values."""
    return [
        word
        for before, word in pairwise(["", *words])
        if before not in options and word.partition("=")[0] not in options
    ]


def _joined(words: Sequence[str], options: Sequence[str]) -> list[str]:
    """Put options behind all others, where they count, and before what ``--`` says are none."""
    end = words.index("--") if "--" in words else len(words)
    return [*words[:end], *options, *words[end:]]


def _seen_from(folder: Path, run: Path) -> str:
    there = run.resolve()
    return os.path.relpath(there, folder) if there.is_relative_to(folder.resolve()) else str(there)


def _shown(words: Sequence[str]) -> str:
    return f"isogloss {shlex.join(words)}"
