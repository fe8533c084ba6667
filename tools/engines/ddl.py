"""The pieces of SQL that are written alike in all our dialects but for the quotes."""

from collections.abc import Iterable, Iterator

from ..identifiers import quoted
from ..schema import ForeignKey, Table


def names(columns: Iterable[str], dialect: str = "postgres") -> str:
    """Return quoted identifiers in a list, as between parentheses."""
    return ", ".join(quoted(column, dialect) for column in columns)


def foreign_key(key: ForeignKey, dialect: str = "postgres") -> str:
    """Return the clause that declares a foreign key."""
    target = f"{quoted(key.referred_table, dialect)} ({names(key.referred_columns, dialect)})"
    return f"FOREIGN KEY ({names(key.columns, dialect)}) REFERENCES {target}"


def unindexed_references(table: Table) -> list[str]:
    """Return the single columns that refer to another table and that the primary key does not begin with."""
    columns = {key.columns[0] for key in table.foreign_keys if len(key.columns) == 1}
    return sorted(columns - set(table.primary_key[:1]))


def foreign_key_indexes(table: Table) -> Iterator[str]:
    """Yield the statements that index the columns which refer to another table, for joins and subqueries."""
    for column in unindexed_references(table):
        index = quoted(f"{table.name}.{column}")
        yield f"CREATE INDEX IF NOT EXISTS {index} ON {quoted(table.name)} ({quoted(column)})"
