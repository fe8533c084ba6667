"""The engines: open, sample and execute, each statement in a killable child process.

Every child process imports this package, so what is heavy is imported where it is used.
"""

from typing import TYPE_CHECKING

from ..outcome import Limits
from .base import Engine

if TYPE_CHECKING:
    from .loading import Source
    from .status import EngineStatus

__all__ = ["Engine", "copy_database", "engine_status", "open_engine"]


def open_engine(dialect: str, source: "Source | str", *, workers: int = 2, limits: Limits | None = None) -> Engine:
    """Open a database in the engine of ``dialect``, with ``workers`` child processes under ``limits``.

    A string names a source as ``open_source`` does. A file or URL of the dialect itself is attached in
    place, read-only; anything else is loaded, typed, into the embedded engine. Raises ``UsageError`` for
    an unknown dialect or source, ``IsoglossError`` if the engine does not start.
    """
    from .opening import open_database
    from .pooled import PooledEngine

    bounds = limits or Limits()
    return PooledEngine(open_database(dialect, source, bounds), workers, bounds)


def copy_database(source: "Source", into: str, *, limits: Limits | None = None) -> Engine:
    """Copy ``source``, typed, to where ``into`` names a place, and open the copy with one child process.

    A dialect's name is its embedded engine, whose copy ends with it; a path ending in ``.sqlite``, ``.db`` or
    ``.duckdb`` is a new file; a SQLAlchemy URL is a server's database without tables of the same names. Raises
    ``UsageError`` if it is none of these or something is there already.
    """
    from .copying import copied
    from .pooled import PooledEngine

    bounds = limits or Limits()
    return PooledEngine(copied(source, into, bounds), 1, bounds)


def engine_status() -> list["EngineStatus"]:
    """Return, for each dialect, whether its embedded engine is ready here and what would make it so."""
    from .status import all_engines

    return all_engines()
