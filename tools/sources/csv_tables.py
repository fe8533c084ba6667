"""Tables kept as CSV files inside an installed package, read as they lie there."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..schema import ColumnType, Schema

_MISSING = ("", "NA")
_READERS: dict[ColumnType, Callable[[str], Any]] = {
    ColumnType.INTEGER: lambda text: int(float(text)),
    ColumnType.FLOAT: float,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.TIMESTAMP: lambda text: datetime.fromisoformat(text.removesuffix("Z")),
}


class CsvTables:
    """A source whose tables are CSV files (plain, or alone in a zip) in one folder; ``NA`` and empty are NULL.

    Timestamps are read without zone: a trailing ``Z`` only says that they are UTC.
    """

    def __init__(self, schema: Schema, folder: Path, files: dict[str, str]) -> None:
        self.name = schema.name
        self._schema = schema
        self._paths = {table: folder / file for table, file in files.items()}

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of the files and the types they are read as."""
        digest = hashlib.sha256(repr(self._schema).encode())
        for path in self._paths.values():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def schema(self) -> Schema:
        """Return the schema."""
        return self._schema

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, typed as the schema says."""
        columns = self._schema.table(table).columns
        readers = [_READERS.get(c.type, str) for c in columns]
        with _opened(self._paths[table]) as file:
            lines = csv.reader(file)
            header = next(lines)
            places = [header.index(c.name) for c in columns]
            for line in lines:
                yield tuple(
                    None if line[p] in _MISSING else read(line[p]) for p, read in zip(places, readers, strict=True)
                )

    def close(self) -> None:
        """Nothing to let go of."""


def _opened(path: Path) -> io.TextIOWrapper:
    if path.suffix != ".zip":
        return path.open(encoding="utf-8", newline="")
    with zipfile.ZipFile(path) as archive:
        content = archive.read(archive.namelist()[0])
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def package_folder(package: str, install: str) -> Path:
    """Return where an installed package lies, without importing it; raises ``UsageError`` if it is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(f"The database needs the package {package}: run `{install}`.")
    return Path(next(iter(spec.submodule_search_locations)))
