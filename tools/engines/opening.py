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


class DatabaseModule(Protocol):
    """What the module offers that a dialect names as its ``database``."""

    def load(self, source: Source, limits: Limits) -> Database:
        """Load ``source`` into an embedded engine; the limits bound what runs outside the children."""

    def attach(self, place: str, schema: Schema) -> Database:
        """Return the user's own database, at a path or URL, with its schema; asked only where there can be one."""


def open_database(dialect: str, source: Source | str, limits: Limits) -> Database:
    """Attach ``source`` if it names a database of ``dialect``, else load it into the embedded engine."""
    module: DatabaseModule = import_module(get_dialect(dialect).database)
    if not isinstance(source, str):
        return module.load(source, limits)
    from ..sources import open_source
    from ..sources.remote_files import on_this_machine

    source = on_this_machine(source)
    with closing(open_source(source, dialect)) as opened:
        place = own_place(dialect, source)
        return module.attach(place, opened.schema()) if place else module.load(opened, limits)


def own_place(dialect: str, spec: str) -> str | None:
    """Return the file or URL that ``spec`` names if it is a database of ``dialect`` itself, else None."""
    scheme, separator, _ = spec.partition("://")
    known = get_dialect(dialect)
    if separator:
        if scheme.split("+")[0] not in known.url_schemes:
            return None
        return _path_of(spec) if known.magic else spec
    return spec if known.magic and _has_magic(Path(spec), *known.magic) else None


def _path_of(url: str) -> str | None:
    from sqlalchemy import make_url

    return make_url(url).database


def _has_magic(path: Path, offset: int, magic: bytes) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(len(magic)) == magic
