"""Oracle from a child process: the stand-in on PostgreSQL, or a user's own server."""

from datetime import datetime
from decimal import Context, Decimal
from typing import Any

import psycopg

from ..outcome import Limits
from .oracle_standin import Catalog, Kind, OracleError, Query, rewritten
from .postgres_session import PostgresSession
from .session import Result, Session, UnsupportedError

# PostgreSQL's errors whose cause in Oracle is plain, whatever was rewritten.
_MEANINGS = {
    "22012": ("ORA-01476", "divisor is equal to zero"),
    "21000": ("ORA-01427", "single-row subquery returns more than one row"),
    "42803": ("ORA-00979", "not a GROUP BY expression"),
}
_DIGITS = Context(prec=60)
_OURS, _UNSURE = "ORERR", "ORUNS"
_RESOURCES = ("53", "54")


class StandInSession:
    """A PostgreSQL session behind the gate and the rewriting of the stand-in."""

    def __init__(self, conninfo: str, catalog: Catalog, limits: Limits) -> None:
        self._postgres, self._catalog = PostgresSession(conninfo, limits), catalog
        self.version = f"Oracle stand-in on {self._postgres.version}"

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one query; raises what ``Session.run`` may, ``OracleError``, and ``psycopg.Error`` of the connection."""
        query = self._rewritten(sql)
        if any(kind is Kind.MONTHS for _, kind in query.columns):
            raise UnsupportedError("an interval of months as a result")
        try:
            result = self._postgres.run(query.sql, limits)
        except psycopg.Error as error:
            raise _oracles(error) from error
        kinds = [kind for _, kind in query.columns]
        rows = tuple(tuple(_fetched(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in result.rows)
        return Result(tuple(name for name, _ in query.columns), rows)

    def _rewritten(self, sql: str) -> Query:
        try:
            return rewritten(sql, self._catalog)
        except (OracleError, UnsupportedError):
            raise
        except Exception as error:  # a gap in our own rewriting must not be called the statement's fault
            raise UnsupportedError(f"the stand-in cannot rewrite this: {error!r}") from error

    def error_code(self, error: Exception) -> str:
        """Return Oracle's number of an error, or the SQLSTATE where it is the connection's or the memory's."""
        return error.code if isinstance(error, OracleError) else self._postgres.error_code(error)


def _fetched(cell: Any, kind: Kind) -> Any:
    """Return a value as Oracle's driver would: whole numbers as int, a date with its seconds, no empty text."""
    if isinstance(cell, Decimal) and cell.is_finite():
        return int(cell) if cell == cell.to_integral_value() else cell.normalize(_DIGITS)
    if kind is Kind.DATE and isinstance(cell, datetime):
        return cell.replace(microsecond=0)
    return None if cell == "" else cell


def _oracles(error: psycopg.Error) -> Exception:
    """Return what an error of PostgreSQL is in Oracle; one that the rewriting may have caused is no one's fault."""
    state, message = error.sqlstate or "", (error.diag.message_primary or str(error)).strip()
    if state == _OURS:
        code, _, text = message.partition(": ")
        return OracleError(code, text)
    if state in _MEANINGS:
        return OracleError(*_MEANINGS[state])
    if state == _UNSURE:
        return UnsupportedError(f"the stand-in is not sure of {message}")
    if isinstance(error, psycopg.OperationalError) or state.startswith(_RESOURCES):
        return error
    return UnsupportedError(f"PostgreSQL, standing in, says: {message}")


def open_session(
    limits: Limits, conninfo: str | None = None, catalog: Catalog | None = None, url: str | None = None
) -> Session:
    """Connect to the stand-in or, given a URL, to a server; raises ``ConnectionError``, without the password."""
    if conninfo is not None and catalog is not None:
        return StandInSession(conninfo, catalog, limits)
    from .oracle_server_session import OracleSession

    assert url
    return OracleSession(url, limits)
