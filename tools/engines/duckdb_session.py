"""DuckDB in a child process, closed off as its own advice on untrusted SQL says.

https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
"""

import threading
from collections.abc import Iterator
from typing import Any

import duckdb

from ..outcome import Limits
from .session import RefusedError, Result, TimedOutError, bounded

# MULTI is what a PIVOT without an IN list expands to.
_QUERIES = {duckdb.StatementType.SELECT, duckdb.StatementType.MULTI}
_BATCH = 1000


class DuckdbSession:
    """A read-only connection without files, network, extensions or settings."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.version = f"DuckDB {duckdb.__version__}"
        self._connection = duckdb.connect(path, read_only=True, config=_configuration(limits.memory_bytes))
        # The zone can only be set once its extension, linked in, is loaded; then nothing more can be.
        for statement in ("LOAD icu", "SET TimeZone = 'UTC'", "SET lock_configuration = true"):
            self._connection.execute(statement)

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one statement; raises what ``Session.run`` may and ``duckdb.Error``."""
        statements = self._connection.extract_statements(sql)
        if len(statements) != 1:
            raise RefusedError("one_statement")
        if statements[0].type not in _QUERIES:
            raise RefusedError("read_only")
        timer = threading.Timer(limits.seconds, self._connection.interrupt)
        timer.start()
        try:
            return self._query(statements[0], limits)
        except duckdb.InterruptException as error:
            raise TimedOutError from error
        finally:
            timer.cancel()

    def _query(self, statement: duckdb.Statement, limits: Limits) -> Result:
        self._connection.begin()
        try:
            self._connection.execute(statement)
            columns = tuple(column[0] for column in self._connection.description or ())
            return Result(columns, bounded(self._fetch(), limits))
        finally:
            self._connection.rollback()

    def _fetch(self) -> Iterator[tuple[Any, ...]]:
        while batch := self._connection.fetchmany(_BATCH):
            yield from batch

    def error_code(self, error: Exception) -> str:
        """Return the exception's name; DuckDB's messages begin with the kind of error."""
        return type(error).__name__


def _configuration(memory_bytes: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "python_enable_replacements": "false",
        "threads": "1",
        # Its own limit first: it ends in an error, where the process's limit may end in a crash.
        "memory_limit": f"{memory_bytes // 2}B",
        "temp_directory": "",
    }


def open_session(path: str, limits: Limits) -> DuckdbSession:
    """Open the database file at ``path``; raises ``duckdb.Error`` if it is none."""
    return DuckdbSession(path, limits)
