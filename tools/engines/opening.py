"""From a source, or the name of one, to a database that children can connect to."""

from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Protocol

from ..dialects import get_dialect
from ..outcome import Limits
from ..schema import Schema
from .database import Database
from .loading import Source

# What the first bytes of a database file say (https://sqlite.org/fileformat2.html section 1.3.1,
# https://duckdb.org/docs/stable/internals/storage).
_MAGIC = {"sqlite": (0, b"SQLite format 3\0"), "duckdb": (8, b"DUCK")}
URL_SCHEMES = {
    "bigquery": ("bigquery",),
    "duckdb": ("duckdb",),
    "mysql": ("mysql", "mariadb"),
    "oracle": ("oracle",),
    "postgres": ("postgresql",),
    "sqlite": ("sqlite",),
}


class DatabaseModule(Protocol):
    """What each dialect's ``*_database`` module offers."""

    def load(self, source: Source, limits: Limits) -> Database:
        """Load ``source`` into an embedded engine; the limits bound what runs outside the children."""

    def attach(self, place: str, schema: Schema) -> Database:
        """Return the user's own database, at a path or URL, with its schema."""


def open_database(dialect: str, source: Source | str, limits: Limits) -> Database:
    """Attach ``source`` if it names a database of ``dialect``, else load it into the embedded engine."""
    module: DatabaseModule = import_module(f".{get_dialect(dialect).name}_database", __package__)
    if not isinstance(source, str):
        return module.load(source, limits)
    from ..sources import open_source

    with closing(open_source(source, dialect)) as opened:
        place = own_place(dialect, source)
        return module.attach(place, opened.schema()) if place else module.load(opened, limits)


def own_place(dialect: str, spec: str) -> str | None:
    """Return the file or URL that ``spec`` names if it is a database of ``dialect`` itself, else None."""
    scheme, separator, _ = spec.partition("://")
    if separator:
        if scheme.split("+")[0] not in URL_SCHEMES[dialect]:
            return None
        return _path_of(spec) if dialect in _MAGIC else spec
    return spec if dialect in _MAGIC and _has_magic(Path(spec), *_MAGIC[dialect]) else None


def _path_of(url: str) -> str | None:
    from sqlalchemy import make_url

    return make_url(url).database


def _has_magic(path: Path, offset: int, magic: bytes) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(len(magic)) == magic
