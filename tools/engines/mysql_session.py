"""MySQL from a child process: every statement inside a read-only transaction that is rolled back.

The server may be MySQL, MariaDB, or seekdb, which plays MySQL; ``version`` says which.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pymysql
from pymysql.cursors import SSCursor

from ..outcome import Limits
from .mysql_rules import MysqlError, admit_query
from .mysql_seekdb import raise_if_not_mysql, reclassified
from .session import RefusedError, Result, TimedOutError, bounded

# With the session, not only the transaction, read-only, what ends a transaction (COMMIT, any DDL) finds the next
# one read-only too. The modes are MySQL's (https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html).
_SETTINGS = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION time_zone = '+00:00', sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,"
    "NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
)
_TIME_LIMIT = {
    "MySQL": "max_execution_time = {milliseconds}",
    "MariaDB": "max_statement_time = {seconds}",
    "seekdb": "ob_query_timeout = {microseconds}, ob_trx_timeout = 2 * {microseconds} + 60000000",
}
_KILL_AFTER_SECONDS = 0.1  # past the limit: hints and ``SET`` may lift the server's own
# Interrupted by us; by MySQL's, MariaDB's and seekdb's own limits.
_INTERRUPTIONS = {1317, 3024, 1969, 4012}
# What MySQL and MariaDB say in a warning beside an incomplete answer: too long a text is NULL; too deep a recursion.
_INCOMPLETE = {1301, 1931}
# Variables, locks, and a second statement may stay behind in the session.
_LEAVES_STATE = re.compile(r"@|lock|;\s*\S", re.IGNORECASE)


class MysqlSession:
    """A connection as a user that may only read, or, on a user's own server, as the user they gave."""

    def __init__(self, address: dict[str, Any], limits: Limits) -> None:
        self._address = {**address, "charset": "utf8mb4", "local_infile": False, "connect_timeout": 10}
        self._connection = self._connect()
        self.version = _version(self._connection)
        self._kind = self.version.split()[0]
        self._prepare()

    def _connect(self) -> "pymysql.Connection[Any]":
        try:
            return pymysql.connect(**self._address)
        except pymysql.Error as error:
            message, password = str(error.args[-1]), str(self._address.get("password") or "")
            raise ConnectionError(message.replace(password, "***") if password else message) from None

    def _prepare(self) -> None:
        for setting in _SETTINGS:
            self._command(setting)
        self._seconds = 0.0
        self._is_spoiled = False

    def _command(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one statement; raises what ``Session.run`` may and ``MysqlError``."""
        admit_query(sql)
        if self._kind == "seekdb":
            raise_if_not_mysql(sql)
        try:
            self._renew()
            self._limit_time(limits.seconds)
            start = time.monotonic()
            with self._killed_at(limits.seconds + _KILL_AFTER_SECONDS):
                result = self._transaction(sql, limits)
        except pymysql.Error as error:
            raise self._translated(error) from None
        if time.monotonic() - start >= limits.seconds:  # sleep() and benchmark() cut short return as if complete
            raise TimedOutError
        return result

    def _renew(self) -> None:
        """Connect again if the last statement may have left something in the session."""
        if self._is_spoiled:
            self._connection.close()
            self._connection = self._connect()
            self._prepare()

    def _limit_time(self, seconds: float) -> None:
        if seconds != self._seconds:
            values = {"seconds": seconds, "milliseconds": round(seconds * 1e3), "microseconds": round(seconds * 1e6)}
            self._command(f"SET SESSION {_TIME_LIMIT[self._kind].format(**values)}")
            self._seconds = seconds

    def _transaction(self, sql: str, limits: Limits) -> Result:
        self._is_spoiled = bool(_LEAVES_STATE.search(sql))
        self._connection.begin()
        try:
            return self._query(sql, limits)
        finally:
            with suppress(pymysql.Error):  # a lost connection, of which the statement's own error tells
                self._connection.rollback()

    def _query(self, sql: str, limits: Limits) -> Result:
        with closing(self._connection.cursor(SSCursor)) as cursor:
            cursor.execute(sql)
            if cursor.description is None:
                raise RefusedError("read_only")
            columns = tuple(column[0] for column in cursor.description)
            try:
                rows = bounded(cursor, limits)
            except BaseException:
                self._kill()  # or closing the cursor would read all of the result
                with suppress(pymysql.Error):
                    cursor.close()
                raise
            if cursor.nextset():
                raise RefusedError("one_statement")
        if cursor.warning_count:
            self._raise_if_incomplete()
        return Result(columns, rows)

    def _raise_if_incomplete(self) -> None:
        for _, code, message in self._connection.show_warnings():  # type: ignore[no-untyped-call]
            if code in _INCOMPLETE:
                raise MysqlError(code, message)

    @contextmanager
    def _killed_at(self, seconds: float) -> Iterator[None]:
        """Kill what runs longer, from a second connection."""
        timer = threading.Timer(seconds, self._kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _kill(self) -> None:
        self._is_spoiled = True  # the kill may come late, for the next statement
        with suppress(pymysql.Error, ConnectionError), closing(self._connect()) as second, second.cursor() as cursor:
            thread: int = self._connection.thread_id()  # type: ignore[no-untyped-call]
            cursor.execute(f"KILL QUERY {thread}")

    def _translated(self, error: pymysql.Error) -> Exception:
        code, message = (*error.args, "")[:2]
        if code in _INTERRUPTIONS:
            return TimedOutError()
        told = MysqlError(code, str(message))
        return reclassified(told) if self._kind == "seekdb" else told

    def error_code(self, error: Exception) -> str:
        """Return MySQL's error number."""
        return str(error.code) if isinstance(error, MysqlError) else type(error).__name__


def _version(connection: "pymysql.Connection[Any]") -> str:
    """Return the server's real name and version: seekdb and MariaDB put theirs into MySQL's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        [(said,)] = cursor.fetchall()
    if seekdb := re.search(r"seekdb-v(\d+\.\d+\.\d+)", said):
        return f"seekdb {seekdb[1]}"
    return f"{'MariaDB' if 'MariaDB' in said else 'MySQL'} {re.split('[^0-9.]', said)[0]}"


def open_session(limits: Limits, **address: Any) -> MysqlSession:
    """Connect; raises ``ConnectionError``, without the password, if the server does not answer."""
    return MysqlSession(address, limits)
