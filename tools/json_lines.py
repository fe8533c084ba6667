"""Files of JSON objects, one a line: read with the place of each, and written whole or not at all."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import UsageError


def read_json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object of a file with its place, such as ``data.jsonl, line 3``; blank lines are left out.

    Raises ``UsageError`` for a file that cannot be read and a line that is no JSON object.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    place = f"{path}, line {number}"
                    yield place, _object(line, place)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {why}.") from error


def write_json_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> int:
    """Write a line per record beside the file and move it there; a reader sees the old file or the new one.

    Returns the number of records. Raises ``OSError``; nothing is left of a file that could not be finished.
    """
    fresh, count = path.with_name(f".{path.name}.unfinished"), 0
    try:
        with fresh.open("w", encoding="utf-8") as file:
            for record in records:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                count += 1
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    return count


def _object(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise UsageError(f"{place} is no JSON object: write the file anew.")
    return record
