"""Running a SQL script that came from elsewhere on a MySQL-speaking server of its own."""

import re
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import quote

import pymysql
from pymysql.cursors import Cursor

from .mysql_server import MysqlServer

_MEMORY_BYTES = 2**30
_DATABASE = "script"
_OWNER = "script_owner"
# What it takes to make and fill tables; nothing for files, settings or users.
_RIGHTS = (
    "ALTER, ALTER ROUTINE, CREATE, CREATE ROUTINE, CREATE VIEW, DELETE, DROP, EXECUTE, INDEX, INSERT, LOCK TABLES, "
    "REFERENCES, SELECT, SHOW VIEW, TRIGGER, UPDATE"
)
_BETWEEN = r"(?:\s|/\*.*?\*/|\b(?:IF|NOT|EXISTS)\b)"
_OF_A_DATABASE = re.compile(
    rf"{_BETWEEN}*(?:CREATE|DROP)\b{_BETWEEN}+(?:DATABASE|SCHEMA)\b{_BETWEEN}+`?([\w$-]+)", re.IGNORECASE | re.DOTALL
)


class ScriptServer:
    """A server for one script; ``url`` is where SQLAlchemy finds the tables.

    The script's user may make databases and tables, and nothing else. The server's own databases are out of its
    reach: what a user may do, and in which folder the server may write (``secure_file_priv``), is kept there.
    """

    def __init__(self) -> None:
        self._server = MysqlServer(_MEMORY_BYTES)
        self.url = ""

    def run(self, statements: Iterable[str]) -> list[str]:
        """Run the statements, passing over those that fail; returns the errors."""
        with closing(pymysql.connect(**self._server.address("root"))) as root:
            rights = _Rights(root.cursor())
            rights.give(_DATABASE)
            with closing(pymysql.connect(**self._server.address(_OWNER), charset="utf8mb4")) as owner:
                cursor = owner.cursor()
                cursor.execute(f"CREATE DATABASE {_DATABASE} CHARACTER SET utf8mb4")
                cursor.execute(f"USE {_DATABASE}")
                cursor.execute("SET SESSION foreign_key_checks = 0")
                failures = _run(cursor, statements, rights)
                owner.commit()
                cursor.execute("SELECT DATABASE()")  # a script may make one of its own and change to it
                [database] = cursor.fetchone() or (None,)
        socket = self._server.address(_OWNER)["unix_socket"]
        name = quote(database or _DATABASE)
        self.url = f"mysql+pymysql://{_OWNER}@/{name}?unix_socket={quote(socket)}&ssl_disabled=true"
        return failures

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._server.close()


class _Rights:
    """What the script's user may do, as ``root`` gives it."""

    def __init__(self, root: Cursor) -> None:
        self._root = root
        root.execute("SHOW DATABASES")
        self._not_theirs = {name for (name,) in root.fetchall()}
        root.execute(f"CREATE USER {_OWNER}")

    def give(self, database: str) -> None:
        """Let the script's user make and fill a database, unless it is the server's own."""
        if database.lower() not in self._not_theirs:
            pattern = database.replace("_", r"\_")  # alone it stands for any character
            self._root.execute(f"GRANT {_RIGHTS} ON `{pattern}`.* TO {_OWNER}")


def _run(cursor: Cursor, statements: Iterable[str], rights: _Rights) -> list[str]:
    failures = []
    for statement in statements:
        if named := _OF_A_DATABASE.match(statement):
            rights.give(named[1])
        try:
            cursor.execute(statement)
        except pymysql.Error as error:
            failures.append(str(error.args[-1]))
    return failures
