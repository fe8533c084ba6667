"""Tables in DuckDB as a source, introspected by its own catalogue functions (https://duckdb.org/docs/stable/sql/meta/duckdb_table_functions)."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..identifiers import quoted
from ..schema import Column, ColumnType, ForeignKey, Schema, Table
from .digests import file_digest
from .types import readable_type

if TYPE_CHECKING:
    import duckdb


class DuckdbTables:
    """The tables of a DuckDB connection, which becomes this source's to close; nested types are read as text."""

    def __init__(self, name: str, fingerprint: str, connection: "duckdb.DuckDBPyConnection") -> None:
        self.name, self.fingerprint, self._connection = name, fingerprint, connection

    def schema(self) -> Schema:
        """Return the schema."""
        tables = self._connection.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY table_oid"
        ).fetchall()
        return Schema(self.name, tuple(self._table(name, comment) for name, comment in tables))

    def _table(self, name: str, comment: str | None) -> Table:
        columns = self._connection.execute(
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() "
            "WHERE schema_name = 'main' AND table_name = ? ORDER BY column_index",
            [name],
        ).fetchall()
        keys = self._connection.execute(
            "SELECT constraint_type, constraint_column_names, referenced_table, referenced_column_names "
            "FROM duckdb_constraints() WHERE schema_name = 'main' AND table_name = ?",
            [name],
        ).fetchall()
        primary = next((tuple(k[1]) for k in keys if k[0] == "PRIMARY KEY"), ())
        foreign = tuple(ForeignKey(tuple(k[1]), k[2], tuple(k[3])) for k in keys if k[0] == "FOREIGN KEY")
        return Table(
            name, tuple(Column(c[0], readable_type(c[1]), c[2], c[3]) for c in columns), primary, foreign, comment
        )

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        columns = self.schema().table(table).columns
        chosen = ", ".join(
            f"CAST({quoted(c.name)} AS VARCHAR)" if c.type is ColumnType.TEXT else quoted(c.name) for c in columns
        )
        cursor = self._connection.cursor().execute(f"SELECT {chosen} FROM {quoted(table)}")
        while batch := cursor.fetchmany(10_000):
            yield from batch

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def duckdb_file(path: Path) -> DuckdbTables:
    """Open a DuckDB file read-only; raises ``UsageError`` if it is none."""
    import duckdb

    try:
        connection = duckdb.connect(str(path), read_only=True, config={"enable_external_access": "false"})
    except duckdb.Error as error:
        raise UsageError(f"{path} cannot be read as a DuckDB database: {error}.") from error
    return DuckdbTables(path.stem.lower(), file_digest(path), connection)
