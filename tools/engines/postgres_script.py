"""Running a SQL script that came from elsewhere on a PostgreSQL server of its own."""

import re
import secrets
import subprocess
from collections.abc import Iterable

import psycopg
import sqlglot
from sqlglot.errors import ErrorLevel, SqlglotError

from .postgres_server import PostgresServer

_OWNER = "script_owner"
_MEMORY_BYTES = 2**30
_SECONDS = 600
# The owner may make tables here and nothing else: no files, no programs, no other database.
_CREATE_OWNER = f"""
CREATE ROLE {_OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER DATABASE postgres OWNER TO {_OWNER};
ALTER SCHEMA public OWNER TO {_OWNER};
"""
_DEFINES = re.compile(r"(CREATE\s+TABLE|INSERT|ALTER\s+TABLE|COMMENT)\b", re.IGNORECASE)


class ScriptServer:
    """A server for one script; ``url`` is where SQLAlchemy finds the tables."""

    def __init__(self) -> None:
        self._server = PostgresServer(_MEMORY_BYTES)
        with psycopg.connect(self._server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(_CREATE_OWNER)
        self.url = f"postgresql+psycopg://{_OWNER}@/postgres?host={self._server.folder}"

    def run(self, script: str) -> list[str]:
        r"""Run a script by psql, whose ``COPY … FROM STDIN`` only it understands; returns the errors.

        ``\restrict`` forbids the commands of psql itself, of which one runs programs
        (https://www.postgresql.org/docs/18/app-psql.html#APP-PSQL-META-COMMAND-RESTRICT).
        """
        command = [str(self._server.binaries / "psql"), "-X", "-q", "-d", self._server.conninfo(_OWNER), "-f", "-"]
        text = f"\\restrict {secrets.token_hex(16)}\n{script}"
        done = subprocess.run(
            command, input=text.encode(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=_SECONDS
        )
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        return [line.partition("ERROR:")[2].strip() for line in lines if "ERROR:" in line]

    def run_transpiled(self, statements: Iterable[str], dialect: str) -> list[str]:
        """Run what makes tables, keys and rows in another dialect, transpiled by sqlglot; returns the errors."""
        failures = []
        with psycopg.connect(self._server.conninfo(_OWNER), autocommit=True) as connection:
            for statement in statements:
                try:
                    for said in _in_postgres(statement, dialect):
                        connection.execute(said.encode())
                except (SqlglotError, psycopg.Error) as error:
                    failures.append(str(error).splitlines()[0])
        return failures

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._server.close()


def _in_postgres(statement: str, dialect: str) -> list[str]:
    bare = sqlglot.tokenize(statement, read=dialect)
    if not bare or not _DEFINES.match(statement, bare[0].start):
        return []
    return sqlglot.transpile(statement, read=dialect, write="postgres", error_level=ErrorLevel.RAISE)
