"""A SQL script as a source: run once on a scratch engine, then read from there.

Scripts come from strangers: each runs where it can reach nothing but its own scratch database. A statement
that fails (the rights of somebody else's users, a server's own settings) is passed over, as the engines' own
clients do, and told in ``failures``.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..schema import Schema
from .digests import file_digest

if TYPE_CHECKING:
    from . import Source

Opened = tuple["Source", list[str]]  # where the script's tables are read from, and what failed


class Script:
    """The tables that a script leaves behind; ``failures`` are the messages of statements that failed."""

    def __init__(self, path: Path, dialect: str) -> None:
        self.name, self.fingerprint = path.stem.lower(), file_digest(path)
        self._scratch = ExitStack()
        with ExitStack() as stack:
            self._tables, self.failures = _RUN.get(dialect, _run_transpiled)(
                path.read_text("utf-8", "replace"), dialect, stack
            )
            stack.callback(self._tables.close)
            self._tables_schema = self._tables.schema()
            if not self._tables_schema.tables:
                first = f" The first of {len(self.failures)} errors: {self.failures[0]}" if self.failures else ""
                raise UsageError(f"{path} makes no table when run as a {dialect} script.{first}")
            self._scratch = stack.pop_all()

    def schema(self) -> Schema:
        """Return the schema."""
        return Schema(self.name, self._tables_schema.tables)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        return self._tables.rows(table)

    def close(self) -> None:
        """Close and remove the scratch database."""
        self._scratch.close()


def _run_sqlite(script: str, _: str, stack: ExitStack) -> Opened:
    import sqlite3

    from ..engines.scratch import Scratch
    from .sqlite_file import SqliteFile

    scratch = Scratch()
    stack.callback(scratch.close)
    connection = sqlite3.connect(scratch.path / "script.sqlite", isolation_level=None)
    stack.callback(connection.close)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    try:
        connection.executescript(script)
        failures = []
    except sqlite3.Error as error:
        failures = [str(error)]
    if connection.in_transaction:
        connection.execute("COMMIT")
    return SqliteFile(scratch.path / "script.sqlite"), failures


def _run_duckdb(script: str, _: str, stack: ExitStack) -> Opened:
    import duckdb

    from .duckdb_file import DuckdbTables

    connection = duckdb.connect(config={"enable_external_access": "false", "lock_configuration": "true"})
    failures = []
    for statement in duckdb.extract_statements(script):
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            failures.append(str(error).splitlines()[0])
    return DuckdbTables("script", "", connection), failures


def _run_postgres(script: str, _: str, stack: ExitStack) -> Opened:
    from ..engines.postgres_script import ScriptServer

    server = ScriptServer()
    stack.callback(server.close)
    failures = server.run(script)
    return _server_tables(server.url), failures


def _run_mysql(script: str, dialect: str, stack: ExitStack) -> Opened:
    from ..engines.mysql_script import ScriptServer
    from .statements import statements

    server = ScriptServer()
    stack.callback(server.close)
    failures = server.run(statements(script, dialect))
    return _server_tables(server.url), failures


def _run_transpiled(script: str, dialect: str, stack: ExitStack) -> Opened:
    """Run tables, keys and rows of a dialect without an engine that executes DDL on PostgreSQL, by sqlglot."""
    from ..engines.postgres_script import ScriptServer
    from .statements import statements

    server = ScriptServer()
    stack.callback(server.close)
    failures = server.run_transpiled(statements(script, dialect), dialect)
    return _server_tables(server.url), failures


def _server_tables(url: str) -> "Source":
    from .server import ServerSource

    return ServerSource(url)


_RUN: dict[str, Callable[[str, str, ExitStack], Opened]] = {
    "duckdb": _run_duckdb,
    "mysql": _run_mysql,
    "postgres": _run_postgres,
    "sqlite": _run_sqlite,
}
