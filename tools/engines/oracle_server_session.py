"""A user's own Oracle server from a child process, through python-oracledb's thin mode.

The transaction is READ ONLY, which stops DML but no DDL
(https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SET-TRANSACTION.html), so what is no query is
refused before it is executed: parsing says what kind of statement it is.
"""

import re
from collections.abc import Iterator
from typing import Any

import oracledb

from ..outcome import Limits
from .session import RefusedError, Result, TimedOutError, bounded

_CONNECT_SECONDS = 10.0
_FETCHED_AT_ONCE = 100
_CODE = re.compile(r"\b(ORA-\d{5}|DPY-\d{4})\b")
_CALL_TIMED_OUT = ("DPY-4024", "ORA-01013", "ORA-03156")
_UNKNOWN_NAME = re.compile(r'ORA-00904: (?:"\w+"\.)*"(\w+)"')


class OracleSession:
    """A connection as the user's own role; numbers come exactly, large objects as text and bytes."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._connection = _connected(url)
        self._connection.call_timeout = _milliseconds(limits)
        self._sql = ""
        self.version = f"Oracle {self._connection.version}"

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one query; raises what ``Session.run`` may and ``oracledb.Error``."""
        self._sql = sql.rstrip().removesuffix(";")
        self._connection.call_timeout = _milliseconds(limits)
        try:
            return self._query(limits)
        except oracledb.Error as error:
            if self.error_code(error) in _CALL_TIMED_OUT:
                raise TimedOutError from error
            raise
        finally:
            if self._connection.is_healthy():
                self._connection.rollback()

    def _query(self, limits: Limits) -> Result:
        with self._connection.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = _FETCHED_AT_ONCE
            cursor.parse(self._sql)
            if not cursor.statement_is_query:
                raise RefusedError("read_only")
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(self._sql)
            columns = tuple(column.name for column in cursor.description or ())
            return Result(columns, bounded(_rows(cursor), limits))

    def error_code(self, error: Exception) -> str:
        """Return Oracle's number of an error, with ``function`` added where it is one that is not known."""
        found = _CODE.search(str(error))
        name = _UNKNOWN_NAME.search(str(error))
        if name and re.search(rf"\b{re.escape(name[1])}\s*\(", self._sql, re.IGNORECASE):
            return "ORA-00904 function"
        return found[1] if found else type(error).__name__


def _connected(url: str) -> oracledb.Connection:
    """Connect as SQLAlchemy would; raises ``ConnectionError`` in one sentence without the password."""
    from sqlalchemy import create_engine, make_url

    oracledb.defaults.fetch_decimals = True
    oracledb.defaults.fetch_lobs = False
    parsed = make_url(url)
    dialect = create_engine(parsed.set(drivername="oracle+oracledb")).dialect
    arguments, options = dialect.create_connect_args(parsed)
    try:
        return oracledb.connect(*arguments, **options, tcp_connect_timeout=_CONNECT_SECONDS)
    except oracledb.Error as error:
        reason = " ".join(str(error).split())
        hidden = reason.replace(str(parsed.password), "***") if parsed.password else reason
        raise ConnectionError(f"Oracle at {parsed.host} does not answer: {hidden}") from None


def _rows(cursor: oracledb.Cursor) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(_FETCHED_AT_ONCE):
        yield from batch


def _milliseconds(limits: Limits) -> int:
    return max(1, round(limits.seconds * 1000))
