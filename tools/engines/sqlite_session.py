"""SQLite in a child process, by SQLite's own advice on hostile SQL (https://sqlite.org/security.html)."""

import sqlite3
import time
from urllib.parse import quote

from ..outcome import Limits
from .session import RefusedError, Result, TimedOutError, TooLargeError, bounded

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_FUNCTION}
_DENIED_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}
_OPCODES_BETWEEN_CHECKS = 10_000
_LEAST_LENGTH = 2**20  # SQLite reads its own schema under this limit too


class SqliteSession:
    """A read-only connection whose authorizer allows nothing but reading."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.version = f"SQLite {sqlite3.sqlite_version}"
        self._deadline = 0.0
        self._connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None)
        # Sorting must not fill the disk; in memory it stays under the child's limit.
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute(f"PRAGMA hard_heap_limit = {limits.memory_bytes}")
        self._connection.execute("PRAGMA trusted_schema = OFF")
        # A table-valued function declares its table on first use, which the authorizer would forbid.
        self._connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]'), sqlite_master").fetchall()
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.set_authorizer(_authorize)
        self._connection.set_progress_handler(self._overdue, _OPCODES_BETWEEN_CHECKS)

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one statement; raises what ``Session.run`` may and ``sqlite3.Error``."""
        self._deadline = time.monotonic() + limits.seconds
        # No value may outgrow the whole result, so that no single opcode runs for long.
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(limits.result_bytes, _LEAST_LENGTH))
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql)
            rows = bounded(cursor, limits)
            return Result(tuple(column[0] for column in cursor.description or ()), rows)
        except (sqlite3.Warning, sqlite3.ProgrammingError) as error:
            if "one statement" in str(error):
                raise RefusedError("one_statement") from error
            raise
        except sqlite3.DataError as error:
            raise TooLargeError(str(error)) from error
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise TimedOutError from error
            raise
        finally:
            cursor.close()

    def error_code(self, error: Exception) -> str:
        """Return SQLite's error name, such as ``SQLITE_ERROR``."""
        return getattr(error, "sqlite_errorname", type(error).__name__)

    def _overdue(self) -> bool:
        return time.monotonic() > self._deadline


def _authorize(action: int, _1: str | None, name: str | None, *_: str | None) -> int:
    denied = action not in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and name in _DENIED_FUNCTIONS)
    return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK


def open_session(path: str, limits: Limits) -> SqliteSession:
    """Open the database file at ``path``; raises ``sqlite3.Error`` if it is none."""
    return SqliteSession(path, limits)
