"""The schema of a database: tables, typed columns and keys, in words every dialect shares."""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """A column's type, normalised across dialects."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamptz"
    BOOLEAN = "boolean"
    BINARY = "binary"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Column:
    """A typed column; ``comment`` is the phrase a person would use for it, if the database has one."""

    name: str
    type: ColumnType
    nullable: bool = True
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` of the owning table refer to ``referred_columns`` of ``referred_table``, in order."""

    columns: tuple[str, ...]
    referred_table: str
    referred_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``comment`` is the singular noun for one of its rows, if the database has one."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    comment: str | None = None

    def column(self, name: str) -> Column:
        """Return the column called ``name``; raises ``KeyError`` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one database, by the name the database goes by."""

    name: str
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Return the table called ``name``; raises ``KeyError`` if there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
