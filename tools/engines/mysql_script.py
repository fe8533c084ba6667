"""Running a SQL script that came from elsewhere on a MySQL-speaking server of its own."""

from collections.abc import Iterable
from contextlib import closing
from urllib.parse import quote

import pymysql

from .mysql_server import MysqlServer

_MEMORY_BYTES = 2**30
_DATABASE = "script"


class ScriptServer:
    """A server for one script; ``url`` is where SQLAlchemy finds the tables.

    It runs as a user without privileges and with ``secure_file_priv`` set, so that a script reaches no files.
    """

    def __init__(self) -> None:
        self._server = MysqlServer(_MEMORY_BYTES)
        self.url = ""

    def run(self, statements: Iterable[str]) -> list[str]:
        """Run the statements, passing over those that fail; returns the errors."""
        failures = []
        with closing(pymysql.connect(**self._server.address("root"), charset="utf8mb4")) as connection:
            cursor = connection.cursor()
            cursor.execute(f"CREATE DATABASE {_DATABASE} CHARACTER SET utf8mb4")
            cursor.execute(f"USE {_DATABASE}")
            cursor.execute("SET SESSION foreign_key_checks = 0")
            for statement in statements:
                try:
                    cursor.execute(statement)
                except pymysql.Error as error:
                    failures.append(str(error.args[-1]))
            connection.commit()
            cursor.execute("SELECT DATABASE()")  # a script may make one of its own and change to it
            [database] = cursor.fetchone() or (None,)
        socket = self._server.address("root")["unix_socket"]
        name = quote(database or _DATABASE)
        self.url = f"mysql+pymysql://root@/{name}?unix_socket={quote(socket)}&ssl_disabled=true"
        return failures

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._server.close()
