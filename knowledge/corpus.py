"""Corpora: the tutorials of a dialect, ours and the user's, and which of them is in use."""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..tools.dialects import all_dialects, get_dialect
from ..tools.errors import UsageError
from ..tools.home import home
from .chunking import snippets_of
from .importers import ImportReport, Tell, import_files
from .snippet import Snippet

BUILTIN = "builtin"
_OURS = Path(__file__).parent / "corpora"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Corpus:
    """The tutorials of ``dialect`` in the folder ``path``; ``hash`` is a SHA-256 of all file names and contents."""

    name: str
    dialect: str
    path: Path
    hash: str
    snippets: tuple[Snippet, ...]


def load_corpus(dialect: str, name: str | None = None) -> Corpus:
    """Load the corpus called ``name``, or the one in use; raises ``UsageError`` if it is missing or empty."""
    get_dialect(dialect)
    name = name or _in_use().get(dialect, BUILTIN)
    path = _folder(dialect, name)
    if not path.is_dir():
        raise UsageError(f"There is no corpus '{name}' for {dialect}: `isogloss corpus list {dialect}` shows them.")
    return _read(dialect, name, path)


def named_corpus(dialect: str, named: str) -> Corpus:
    """Return what ``named`` says: a corpus of ``dialect``, DIALECT/NAME, or the tutorials at a path, imported for now.

    Raises ``UsageError`` if it is none of these.
    """
    other, slash, name = named.partition("/")
    if not slash and not Path(named).is_file():
        return load_corpus(dialect, named)
    if other in all_dialects() and not Path(named).exists():
        return load_corpus(other, name)
    with TemporaryDirectory() as folder:
        import_files([Path(named)], Path(folder) / "pages", dialect, lambda *_: None)
        return _read(dialect, named, Path(folder) / "pages")


def _read(dialect: str, name: str, path: Path) -> Corpus:
    digest = hashlib.sha256()
    snippets: list[Snippet] = []
    for file in sorted(p for p in path.rglob("*.md") if p.is_file()):
        content, source = file.read_bytes(), file.relative_to(path).as_posix()
        digest.update(f"{source}\0{len(content)}\0".encode() + content)
        snippets += snippets_of(content.decode("utf-8", "replace"), dialect, source)
    if not snippets:
        raise UsageError(f"The corpus '{name}' of {dialect} is empty: put Markdown tutorials into {path}.")
    return Corpus(name, dialect, path, digest.hexdigest(), tuple(snippets))


def list_corpora(dialect: str | None = None) -> list[Corpus]:
    """Return all corpora of ``dialect``, or of every dialect, ours first; empty ones are left out."""
    found = []
    for each in [get_dialect(dialect).name] if dialect else all_dialects():
        added = home() / "corpora" / each
        names = sorted(p.name for p in added.iterdir() if _SLUG.fullmatch(p.name)) if added.is_dir() else []
        for name in [BUILTIN, *names]:
            try:
                found.append(load_corpus(each, name))
            except UsageError:
                continue
    return found


def add_corpus(dialect: str, name: str, paths: Sequence[Path], progress: Tell) -> ImportReport:
    """Import files and folders as the corpus ``name``; it replaces one of that name only when all is read.

    Broken pages are reported and skipped. Raises ``UsageError`` when nothing can be read.
    """
    get_dialect(dialect)
    if name == BUILTIN:
        raise UsageError(f"'{BUILTIN}' is the name of our own corpus: choose another.")
    return import_files(paths, _folder(dialect, name), dialect, progress)


def use_corpus(dialect: str, name: str) -> Corpus:
    """Make ``name`` the corpus in use for ``dialect`` from now on, and return it."""
    corpus = load_corpus(dialect, name)
    path = home() / "corpora.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({**_in_use(), dialect: name}, indent=2), encoding="utf-8")
    draft.replace(path)
    return corpus


def _in_use() -> dict[str, str]:
    path = home() / "corpora.json"
    if not path.is_file():
        return {}
    try:
        chosen: dict[str, str] = dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path} is damaged: delete it, and choose again with `isogloss corpus use`.") from error
    return chosen


def _folder(dialect: str, name: str) -> Path:
    if name == BUILTIN:
        return get_dialect(dialect).corpus or _OURS / dialect
    if not _SLUG.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a corpus: use lower-case letters, digits, - and _.")
    return home() / "corpora" / dialect / name
