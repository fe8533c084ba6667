"""The tables of a split of WikiSQL as one SQLite database, kept in Isogloss's own folder.

Format: https://github.com/salesforce/WikiSQL#content-and-format.
"""

import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..home import home
from ..identifiers import quoted
from ..sources.digests import file_digest
from .entries import json_lines, read_text

Cell = str | float | None
# WikiSQL's evaluation lower-cases the cells and the values it looks for; here SQLite compares them so.
_TYPES = {"real": "REAL", "text": "TEXT COLLATE NOCASE"}
_NUMBER = re.compile(r"[-+]?(\d[\d,]*\.?\d*|\.\d+)([eE][-+]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class WikiTable:
    """A table: its name in SQL, its headers made unique, its types (``real`` or ``text``) and its rows."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read_tables(path: Path) -> dict[str, WikiTable]:
    """Return the tables of ``X.tables.jsonl`` by their id; those that are broken are left out."""
    tables: dict[str, WikiTable] = {}
    for line in json_lines(read_text(path)):
        with suppress(KeyError, TypeError, ValueError):  # the questions about a broken table will tell
            tables[str(line["id"])] = _table(line)
    return tables


def wikisql_database(path: Path, tables: Iterable[WikiTable]) -> Path:
    """Return the SQLite file that holds ``tables``, read from ``path``; it is built where the file is new or changed.

    Raises ``UsageError`` where Isogloss's own folder cannot be written.
    """
    database = home() / "question-sets" / file_digest(path)[:16] / f"{path.name.removesuffix('.tables.jsonl')}.sqlite"
    if not database.is_file():
        try:
            database.parent.mkdir(parents=True, exist_ok=True)
            _build(database, tables)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"The tables of {path} cannot be kept in {database} ({error}): repair that file, or set ISOGLOSS_HOME "
                "to a folder that can be written."
            ) from error
    return database


def number(text: str) -> float | None:
    """Return the number that ``text`` writes, also with commas between thousands, else None."""
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text.strip()) else None


def _table(line: dict[str, Any]) -> WikiTable:
    """Read a table; raises ``KeyError``, ``TypeError`` or ``ValueError`` if it is broken."""
    columns, types = tuple(_unique(line["header"])), tuple(line["types"])
    if not types or len(columns) != len(types) or any(each not in _TYPES for each in types):
        raise ValueError("headers and types do not fit")
    rows = (tuple(_cell(value, kind) for value, kind in zip(row, types, strict=True)) for row in line["rows"])
    return WikiTable(f"table_{str(line['id']).replace('-', '_')}", columns, types, tuple(rows))


def _cell(value: Any, kind: str) -> Cell:
    """Return a cell as its column's type has it; among numbers, what is none stays text, and a blank is NULL."""
    if value is None or kind == "text":
        return None if value is None else str(value)
    text = str(value).strip()
    read = number(text)
    return (text or None) if read is None else read


def _unique(header: list[Any]) -> Iterator[str]:
    """Yield the headers as column names: SQLite tells them apart without regard to letter case."""
    taken: set[str] = set()
    for place, each in enumerate(header, 1):
        name = wanted = str(each).replace("\0", "").strip() or f"column {place}"
        repeat = 1
        while name.lower() in taken:
            repeat += 1
            name = f"{wanted} {repeat}"
        taken.add(name.lower())
        yield name


def _build(database: Path, tables: Iterable[WikiTable]) -> None:
    """Build the file beside its place and move it there, so that no reader sees half of it."""
    handle, name = tempfile.mkstemp(dir=database.parent)
    os.close(handle)
    try:
        with closing(sqlite3.connect(name)) as connection, connection:
            for table in tables:
                _add(connection, table)
        os.replace(name, database)
    finally:
        Path(name).unlink(missing_ok=True)


def _add(connection: sqlite3.Connection, table: WikiTable) -> None:
    columns = ", ".join(f"{quoted(n, 'sqlite')} {_TYPES[t]}" for n, t in zip(table.columns, table.types, strict=True))
    connection.execute(f"CREATE TABLE {quoted(table.name, 'sqlite')} ({columns})")
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(f"INSERT INTO {quoted(table.name, 'sqlite')} VALUES ({marks})", table.rows)
