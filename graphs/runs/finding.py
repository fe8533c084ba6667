"""Where runs are: directories with the record of a build, a translation, samples, an evaluation or a training."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...tools.errors import UsageError

FOLDERS = (Path("runs"), Path("evals"))  # where runs are made that are given no --out
LOCKS = {"run.json": "run.lock", "eval.json": "eval.lock", "recipe.json": "recipe.lock"}  # by record
_LEVELS = 2  # of folders in which runs are looked for


def record_name(path: Path) -> str | None:
    """Return the name of the record in a directory, None if it is no run."""
    return next((name for name in LOCKS if (path / name).is_file()), None)


def all_runs(folder: Path | None) -> list[Path]:
    """Return the runs in ``folder``, by default in ``runs/`` and ``evals/`` here, two levels deep.

    Those inside a run, as a training's samples are, belong to it. Raises ``UsageError`` if there is no such folder.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(f"There is no folder {folder} here: name one with runs in it.")
    folders = [folder] if folder is not None else [each for each in FOLDERS if each.is_dir()]
    return [run for each in folders for run in _runs_in(each, _LEVELS)]


def named_run(name: Path | None) -> Path:
    """Return the run that is meant by a directory or its name in ``runs/`` or ``evals/``, by default the latest.

    Raises ``UsageError`` if there is none.
    """
    if name is None:
        runs = all_runs(None)
        if not runs:
            raise UsageError("There is no run under runs/ or evals/ here: name its directory.")
        return max(runs, key=lambda run: last_write(files_in(run)))
    found = next((place for place in (name, *(folder / name for folder in FOLDERS)) if record_name(place)), None)
    if found is None:
        raise UsageError(f"{name} is not a run: see 'isogloss runs list'.")
    return found


def files_in(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the files in a folder and below; links are not followed, and what vanishes meanwhile is left out."""
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from files_in(Path(entry.path))
        else:
            yield entry


def size(files: Iterable[os.DirEntry[str]]) -> int:
    """Return the bytes in some files."""
    return sum(found.st_size for found in map(_status, files) if found)


def last_write(files: Iterable[os.DirEntry[str]]) -> float:
    """Return when one of some files was last written to, in seconds since 1970.

    Locks do not count, nor what readers of a trace leave beside it.
    """
    told = (each for each in files if not each.name.endswith((".lock", "-shm", "-wal")))
    return max((found.st_mtime for found in map(_status, told) if found), default=0.0)


def _runs_in(folder: Path, levels: int) -> Iterator[Path]:
    if record_name(folder):
        yield folder
    elif levels:
        for entry in sorted(_entries(folder), key=lambda entry: entry.name):
            if entry.is_dir() and not entry.name.startswith("."):
                yield from _runs_in(folder / entry.name, levels - 1)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None
