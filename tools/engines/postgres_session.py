"""PostgreSQL from a child process: every statement inside a read-only transaction that is rolled back."""

import re
from collections.abc import Generator
from contextlib import closing
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus

from ..outcome import Limits
from .session import RefusedError, Result, TimedOutError, bounded

_SETTINGS = """
SET default_transaction_read_only = on;
SET TimeZone = 'UTC';
SET client_connection_check_interval = '500ms';
SET application_name = 'isogloss';
SET statement_timeout = {milliseconds}
"""
_FETCHED_AT_ONCE = 100

Row = tuple[Any, ...]


class PostgresSession:
    """A connection as a role that may only read, or, on a user's own server, as the role they gave.

    A superuser's connection goes on as ``pg_read_all_data``, which may read tables but no files.
    """

    def __init__(self, conninfo: str, limits: Limits) -> None:
        self._conninfo, self._limits = conninfo, limits
        self._password = psycopg.conninfo.conninfo_to_dict(conninfo).get("password")
        self._connection = self._connect()
        self.version = f"PostgreSQL {self._connection.info.parameter_status('server_version')}"

    def _connect(self) -> "psycopg.Connection[Row]":
        try:
            connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            raise ConnectionError(self._without_password(str(error))) from None
        if _is_superuser(connection):
            connection.execute("SET ROLE pg_read_all_data")
        connection.execute(_SETTINGS.format(milliseconds=_milliseconds(self._limits)))
        return connection

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one statement; raises what ``Session.run`` may and ``psycopg.Error``."""
        self._connection.execute(f"BEGIN READ ONLY; SET LOCAL statement_timeout = {_milliseconds(limits)}")
        try:
            return self._query(sql, limits)
        except psycopg.errors.QueryCanceled as error:
            raise TimedOutError from error
        except psycopg.ProgrammingError as error:
            if error.sqlstate is None:  # the driver's own: what ran was a command without a result
                raise RefusedError("read_only") from error
            raise
        finally:
            self._end()

    def _end(self) -> None:
        """Roll back; connect again where that cannot be, since COPY goes on until its data has gone through."""
        if self._connection.info.transaction_status is TransactionStatus.ACTIVE:
            self._connection.close()
            self._connection = self._connect()
        elif not self._connection.closed:
            self._connection.execute("ROLLBACK")

    def _query(self, sql: str, limits: Limits) -> Result:
        statement = sql.encode()
        with self._connection.cursor() as cursor:
            # Streaming uses the extended protocol, in which the server itself refuses a second statement;
            # closing the stream stops the server when a result turns out too large.
            stream = cast("Generator[Row]", cursor.stream(statement, size=_FETCHED_AT_ONCE))
            with closing(stream):
                rows = bounded(stream, limits)
            names = tuple(column.name for column in cursor.description or ())
            return Result(names or self._describe(statement), rows)

    def _describe(self, statement: bytes) -> tuple[str, ...]:
        """Return the columns of a statement, for a stream does not know them until it has a row."""
        self._connection.pgconn.prepare(b"", statement)
        described = self._connection.pgconn.describe_prepared(b"")
        return tuple((described.fname(n) or b"").decode() for n in range(described.nfields))

    def error_code(self, error: Exception) -> str:
        """Return the SQLSTATE, with ``known`` added where a function exists for other argument types."""
        state = getattr(error, "sqlstate", None) or type(error).__name__
        function = re.match(r'function (?:\w+\.)?"?(\w+)"?\(', str(error)) if state == "42883" else None
        if function and self._knows_function(function[1]):
            return "42883 known"
        return state

    def _knows_function(self, name: str) -> bool:
        found = self._connection.execute("SELECT EXISTS (SELECT FROM pg_proc WHERE proname = %s)", [name]).fetchone()
        return found == (True,)

    def _without_password(self, message: str) -> str:
        return message.replace(str(self._password), "***") if self._password else message


def _is_superuser(connection: "psycopg.Connection[Row]") -> bool:
    sql = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    return connection.execute(sql).fetchone() == (True,)


def _milliseconds(limits: Limits) -> int:
    return max(1, round(limits.seconds * 1000))


def open_session(conninfo: str, limits: Limits) -> PostgresSession:
    """Connect; raises ``ConnectionError``, without the password, if the server does not answer."""
    return PostgresSession(conninfo, limits)
