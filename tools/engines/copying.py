"""Copying a source to a place that outlives us: a new file, or a server of the user's."""

import shutil
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Protocol

from ..dialects import Dialect, all_dialects, get_dialect
from ..errors import IsoglossError, UsageError
from ..outcome import Limits
from .database import Database
from .loading import Source
from .opening import open_database


class ServerModule(Protocol):
    """What the modules of dialects that can be copied to by URL offer beside loading and attaching."""

    def load_at(self, place: str, source: Source) -> Database:
        """Copy ``source`` into the database behind a URL."""


def copied(source: Source, into: str, limits: Limits) -> Database:
    """Return the copy of ``source`` at ``into``; raises ``UsageError`` if there can be none."""
    if into in all_dialects():
        return open_database(into, source, limits)
    if "://" in into:
        return _in_server(source, into)
    return _in_file(source, Path(into), limits)


def dialect_of(into: str) -> str:
    """Return the dialect of a place to copy to; raises ``UsageError`` if it has none."""
    if into in all_dialects():
        return into
    found = next((known.name for known in map(get_dialect, all_dialects()) if _is_place_of(known, into)), None)
    if found:
        return found
    names = ", ".join(all_dialects())
    raise UsageError(f"Cannot copy into '{into}': give a dialect ({names}), a new .sqlite or .duckdb file, or a URL.")


def _is_place_of(dialect: Dialect, into: str) -> bool:
    scheme, separator, _ = into.partition("://")
    if separator:
        return scheme.split("+")[0] in dialect.url_schemes
    return Path(into).suffix.lower() in dialect.suffixes


def _in_file(source: Source, path: Path, limits: Limits) -> Database:
    dialect = dialect_of(str(path))
    if path.exists():
        raise UsageError(f"{path} exists: remove it or give another name.")
    database = open_database(dialect, source, limits)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(database.connect["path"], path)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        database.close()
    return Database(dialect, database.schema, {"path": str(path.absolute())})


def _in_server(source: Source, url: str) -> Database:
    dialect = dialect_of(url)
    module = import_module(get_dialect(dialect).database)
    if not hasattr(module, "load_at"):
        raise UsageError(f"Cannot copy into {dialect} by URL: give the dialect's name for its embedded engine.")
    from ..sources import open_source

    with closing(open_source(url)) as there:
        taken = {table.name for table in there.schema().tables} & {table.name for table in source.schema().tables}
    if taken:
        raise UsageError(f"The database has tables of the same names already: {', '.join(sorted(taken))}.")
    server: ServerModule = module
    try:
        return server.load_at(url, source)
    except IsoglossError:
        raise
    except Exception as error:
        raise UsageError(f"Copying into that database failed: {str(error).splitlines()[0]}") from None
