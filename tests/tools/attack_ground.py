"""Where attacks are tried: the ``shop`` in an engine, one child at it, and what must stay as it was."""

import hashlib
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from isogloss.tools.dialects import get_dialect
from isogloss.tools.engines.opening import open_database
from isogloss.tools.engines.pool import Pool
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.engines.sampling import every_nth_row
from isogloss.tools.outcome import Execution, Limits, Outcome

SECRET = "canary-7f3a"
LIMITS = Limits(seconds=1.0, rows=1000, result_bytes=2**20, memory_bytes=2**29)
_READING = Limits(seconds=60.0)

# What there is beside the rows, where the dialect itself can say so.
_CATALOGUES = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2",
    "duckdb": "SELECT table_type, table_name FROM information_schema.tables ORDER BY 1, 2",
    "mysql": "SELECT table_type, table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 2",
}
_POSTGRES_CATALOGUE = "SELECT relname, relkind FROM pg_class WHERE oid >= 16384 ORDER BY 1, 2"


class Ground:
    """One dialect's engine as it is used (``guarded``), and its session alone, without the guard (``bare``)."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.database = open_database(dialect, "shop", LIMITS)
        self.guarded = PooledEngine(self.database, 1, LIMITS)
        self.bare = Pool(dialect, self.database.connect, 1, LIMITS)
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        folder.chmod(0o777)  # the servers may be other users
        self.secret, self.out = folder / "secret.txt", folder / "out.txt"
        self.secret.write_text(f"{SECRET}\n")
        self.secret.chmod(0o644)
        self.before = self.state()

    def tried(self, sql: str) -> tuple[Execution, Execution]:
        """Return what comes of a statement through the guard, and of the session alone."""
        filled = sql.replace("{secret}", str(self.secret)).replace("{out}", str(self.out))
        return self.guarded.execute(filled), self.bare.execute(filled, LIMITS)

    def state(self) -> str:
        """Return a digest of every row, of the catalogue, and of the database's file if it is one."""
        digest = hashlib.sha256()
        for table in self.database.schema.tables:
            sql = every_nth_row(table, 1, get_dialect(self.dialect).sqlglot)
            digest.update(repr(self._read(sql)).encode())
        if catalogue := _CATALOGUES.get(self.dialect):
            digest.update(repr(self._read(catalogue)).encode())
        if conninfo := self.database.connect.get("conninfo"):
            with psycopg.connect(conninfo) as connection:
                digest.update(repr(connection.execute(_POSTGRES_CATALOGUE).fetchall()).encode())
        if path := self.database.connect.get("path"):
            digest.update(Path(path).read_bytes())
        return digest.hexdigest()

    def is_as_before(self) -> bool:
        """Return whether nothing has changed, and no file was made."""
        return self.state() == self.before and list(self.secret.parent.iterdir()) == [self.secret]

    def _read(self, sql: str) -> tuple[tuple[object, ...], ...]:
        execution = self.bare.execute(sql, _READING)
        assert execution.outcome is Outcome.RUNS, execution
        return execution.rows

    def close(self) -> None:
        """End the engine and remove the files."""
        self.bare.close()
        self.guarded.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()
