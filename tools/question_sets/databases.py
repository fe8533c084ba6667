"""Where the databases of a question set are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError

_FOLDERS = ("database", "databases", "dev_databases", "train_databases", "test_database", "test_databases")
# Dr.Spider has databases of its own where it perturbs them, else those of Spider.
_FOLDERS_OF = {
    "questions_post_perturbation": ("database_post_perturbation",),
    "questions_pre_perturbation": ("databases_pre_perturbation",),
}
_UNPERTURBED = Path("Spider-dev", "databases")
_SUFFIXES = (".sqlite", ".db", ".duckdb")
_TABLES = (".csv", ".parquet", ".tsv")
_FILE_URLS = ("sqlite:///", "duckdb:///")


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases that the questions of a file may be asked of."""

    folders: tuple[Path, ...]
    beside: Path

    def source_of(self, database: str) -> str | None:
        """Return what ``open_source`` opens for a name, a path or a URL; None if there is no such database.

        A name is looked for in ``folders``; a path starts there or where the questions are.
        """
        if database.startswith(_FILE_URLS):
            return self.source_of(database.partition(":///")[2])
        if "://" in database:
            return database
        named = (file for folder in self.folders for file in _files_named(folder, database))
        return next((str(file) for file in (*named, self.beside / database) if _is_database(file)), None)


def databases_for(file: Path, given: Path | None) -> Databases:
    """Return the databases for the questions in ``file``: those in the folder ``given``, else those beside the file.

    Raises ``UsageError`` if ``given`` is no folder.
    """
    if given is not None and not given.is_dir():
        raise UsageError(f"{given} is no folder: name the folder that holds the databases of the questions.")
    folders = (given,) if given else tuple(filter(Path.is_dir, _folders_beside(file)))
    return Databases(folders, file.parent)


def database_name(database: str) -> str:
    """Return the name of a database that is named, or given as a path or URL (whose password stays out of it)."""
    if "://" not in database:
        return Path(database).stem if _looks_like_path(database) else database
    host, _, place = database.partition("://")[2].partition("?")[0].partition("/")
    return Path(place).stem or host.rpartition("@")[2]


def _is_database(path: Path) -> bool:
    """Tell a file, or a folder of tables, from a folder that has lost its database, as in some copies of Spider."""
    try:
        return path.is_file() or (path.is_dir() and any(each.suffix.lower() in _TABLES for each in path.iterdir()))
    except OSError:  # a name longer than any file's, or a folder that is closed to us
        return False


def _looks_like_path(database: str) -> bool:
    return "/" in database or Path(database).suffix in (*_SUFFIXES, ".sql")


def _files_named(folder: Path, name: str) -> Iterator[Path]:
    for suffix in _SUFFIXES:
        yield folder / name / f"{name}{suffix}"
        yield folder / f"{name}{suffix}"
    yield folder / name


def _folders_beside(file: Path) -> Iterator[Path]:
    """Yield the folders beside the file, then one level up, which is where KaggleDBQA has them."""
    names = (*_FOLDERS_OF.get(file.stem, ()), *_FOLDERS)
    folder = file.parent.resolve()
    for above in (folder, folder.parent):
        yield from (above / name for name in names)
    yield folder.parent / _UNPERTURBED
