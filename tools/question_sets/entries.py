"""The entries of a file of questions: a JSON list, JSON lines or CSV, told apart by how the file begins."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .files import PERTURBED
from .question import Problem

_ID_KEYS = ("id", "question_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """The fields of an entry; ``id`` is its own, else made of the file's name and its place in the file."""

    id: str
    fields: dict[str, Any]

    def text(self, *names: str) -> str | None:
        """Return the first of the named fields that holds text, or None."""
        found = (self.fields.get(name) for name in names)
        return next((value.strip() for value in found if isinstance(value, str) and value.strip()), None)


def read_entries(path: Path) -> list[Entry | Problem]:
    """Read a file's entries; those that are broken become problems.

    Raises ``UsageError`` for a file that cannot be read at all.
    """
    stem = path.parent.resolve().name if path.name == PERTURBED else path.stem
    return [_entry(f"{stem}-{place}", value) for place, value in enumerate(_values(path))]


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file; raises ``UsageError``."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text ({error}): give a file of questions.") from error


def json_lines(text: str) -> Iterator[Any]:
    """Yield the value of each line that is not blank, or the error where it is not JSON."""
    for line in filter(str.strip, text.split("\n")):  # not splitlines: U+2028 may stand inside a JSON string
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            yield error


def _values(path: Path) -> Iterator[Any]:
    text = read_text(path)
    start = text.lstrip()[:1]
    if start == "[":
        return iter(_json_list(path, text))
    return json_lines(text) if start == "{" or path.suffix == ".jsonl" else _csv_rows(path, text)


def _json_list(path: Path, text: str) -> list[Any]:
    try:
        found: list[Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not valid JSON ({error}): repair it or fetch it again.") from error
    return found


def _csv_rows(path: Path, text: str) -> Iterator[Any]:
    try:
        yield from csv.DictReader(StringIO(text, newline=""))
    except csv.Error as error:
        raise UsageError(f"{path} is not valid CSV ({error}): repair it or fetch it again.") from error


def _entry(place: str, value: Any) -> Entry | Problem:
    if isinstance(value, Exception):
        return Problem(place, "The line is not valid JSON.")
    if not isinstance(value, dict):
        return Problem(place, "The entry is not a JSON object.")
    own = next((str(value[key]) for key in _ID_KEYS if value.get(key) not in (None, "")), place)
    return Entry(own, value)
