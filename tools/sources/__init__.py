"""Source databases: bundled, files and SQLAlchemy URLs, read as one schema and typed rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from ..errors import UsageError
from ..schema import Schema
from .remote_files import on_this_machine

__all__ = ["BUNDLED", "Source", "open_source"]

BUNDLED = ("baseball", "flights", "shop")


class Source(Protocol):
    """A database to copy from: its schema, and rows of Python values in column order (None for NULL).

    ``fingerprint`` is a SHA-256 of what determines the content.
    """

    name: str

    @property
    def fingerprint(self) -> str:
        """A SHA-256 in hex."""

    def schema(self) -> Schema:
        """Return the schema with normalised types, keys and comments."""

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table; the values fit the column types."""

    def close(self) -> None:
        """Let go of files and connections."""


def open_source(spec: str, dialect: str | None = None) -> Source:
    """Open the database that ``spec`` names: a bundled one, a file, a folder, the URL of such, or a SQLAlchemy URL.

    Files are SQLite and DuckDB databases and SQL scripts of ``dialect``; folders hold CSV or Parquet files.
    Raises ``UsageError`` when there is no such database or it cannot be reached.
    """
    if spec in BUNDLED:
        return _bundled(spec)
    spec = on_this_machine(spec)
    if "://" in spec:
        return _at_url(spec)
    if Path(spec).is_dir():
        from .folder import folder

        return folder(Path(spec))
    if Path(spec).is_file():
        return _script(Path(spec), dialect) if spec.endswith(".sql") else _in_file(Path(spec))
    raise UsageError(
        f"No database '{spec}': give {', '.join(BUNDLED)}, the path of a SQLite or DuckDB file, of a .sql script "
        "or of a folder of CSV or Parquet files, or a URL: of a file, as s3://BUCKET/FILE, or SQLAlchemy's."
    )


def _bundled(name: str) -> Source:
    if name == "shop":
        from .shop import Shop

        return Shop()
    if name == "flights":
        from .flights import flights

        return flights()
    from .baseball import baseball

    return baseball()


def _at_url(url: str) -> Source:
    scheme, _, place = url.partition("://")
    if scheme.split("+")[0] in ("sqlite", "duckdb"):
        return open_source(place.removeprefix("/"))
    if scheme == "bigquery":
        from .bigquery_dataset import BigqueryDataset

        return BigqueryDataset(url)
    from .server import ServerSource

    return ServerSource(url)


def _in_file(path: Path) -> Source:
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3\0"):
        from .sqlite_file import SqliteFile

        return SqliteFile(path)
    if head[8:12] == b"DUCK":
        from .duckdb_file import duckdb_file

        return duckdb_file(path)
    raise UsageError(f"{path} is neither a SQLite nor a DuckDB database.")


def _script(path: Path, dialect: str | None) -> Source:
    if dialect is None:
        raise UsageError(f"{path} is a SQL script: say of which dialect.")
    from .script import Script

    return Script(path, dialect)
