"""A database server as a source, introspected and read through SQLAlchemy."""

import hashlib
import warnings
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Any

from ..errors import UsageError
from ..schema import Column, ColumnType, ForeignKey, Schema, Table
from .types import readable_type

_DRIVERS = {
    "mariadb": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
    "oracle": "oracle+oracledb",
    "postgresql": "postgresql+psycopg",
}

_UNKNOWN_TYPE = "NULL"  # SQLAlchemy's name for a type it has none for, such as MySQL's geometry


def _type(native: str) -> ColumnType:
    return ColumnType.BINARY if native == _UNKNOWN_TYPE else readable_type(native)


class ServerSource:
    """The tables of the default schema behind a SQLAlchemy URL; nothing of the URL but the database name is shown."""

    def __init__(self, url: str) -> None:
        import sqlalchemy
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

        try:
            parsed = sqlalchemy.make_url(url)
            parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
            self._engine = sqlalchemy.create_engine(parsed)
            self._inspector = sqlalchemy.inspect(self._engine)
        except (ArgumentError, NoSuchModuleError, ValueError) as error:
            raise UsageError(
                "That database URL is not understood: write it as dialect+driver://user@host/name."
            ) from error
        except ImportError as error:
            raise UsageError(
                f"That database needs the Python driver {error.name}: install it, or name another in dialect+driver://."
            ) from error
        except SQLAlchemyError as error:
            raise UsageError(
                f"The {parsed.get_backend_name()} server at {parsed.host or 'its socket'} cannot be reached: "
                "check that it runs and that the user may log in."
            ) from error
        self.name = (parsed.database or parsed.get_backend_name()).lower()
        self.fingerprint = hashlib.sha256(f"{parsed.host}:{parsed.port}/{parsed.database}".encode()).hexdigest()

    def schema(self) -> Schema:
        """Return the schema."""
        return self._schema

    @cached_property
    def _schema(self) -> Schema:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what SQLAlchemy does not know: other indexes, spatial types
            return Schema(self.name, tuple(self._table(name) for name in self._inspector.get_table_names()))

    def _table(self, name: str) -> Table:
        columns = tuple(
            Column(c["name"], _type(str(c["type"])), bool(c["nullable"]), c.get("comment"))
            for c in self._inspector.get_columns(name)
        )
        primary = tuple(self._inspector.get_pk_constraint(name)["constrained_columns"])
        return Table(name, columns, primary, self._foreign_keys(name), self._comment(name))

    def _foreign_keys(self, name: str) -> tuple[ForeignKey, ...]:
        if self._engine.dialect.name in ("mysql", "mariadb"):
            return self._mysql_foreign_keys(name)
        return tuple(
            ForeignKey(tuple(k["constrained_columns"]), k["referred_table"], tuple(k["referred_columns"]))
            for k in self._inspector.get_foreign_keys(name)
        )

    def _mysql_foreign_keys(self, name: str) -> tuple[ForeignKey, ...]:
        """Read the keys from the catalogue: SQLAlchemy reads ``SHOW CREATE TABLE``, which seekdb writes differently."""
        import sqlalchemy

        query = sqlalchemy.text(
            "SELECT constraint_name, column_name, referenced_table_name, referenced_column_name "
            "FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND table_name = :name "
            "AND referenced_table_name IS NOT NULL ORDER BY constraint_name, ordinal_position"
        )
        with self._engine.connect() as connection:
            found = connection.execute(query, {"name": name}).fetchall()
        return tuple(
            ForeignKey(tuple(row[1] for row in rows), rows[0][2], tuple(row[3] for row in rows))
            for rows in ([*group] for _, group in groupby(found, key=lambda row: row[0]))
        )

    def _comment(self, name: str) -> str | None:
        try:
            return self._inspector.get_table_comment(name)["text"]
        except NotImplementedError:  # the dialect has no table comments
            return None

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, streamed; columns of other types as text."""
        import sqlalchemy

        columns = self.schema().table(table).columns
        chosen = [
            sqlalchemy.cast(sqlalchemy.column(c.name), sqlalchemy.Text).label(c.name)
            if c.type is ColumnType.TEXT
            else sqlalchemy.column(c.name)
            for c in columns
        ]
        statement = sqlalchemy.select(*chosen).select_from(sqlalchemy.table(table))
        with self._engine.connect().execution_options(stream_results=True, yield_per=10_000) as connection:
            for row in connection.execute(statement):
                yield tuple(row)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()
