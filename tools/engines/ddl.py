"""The pieces of SQL that are written the same way in all our dialects."""

from collections.abc import Iterable, Iterator

from ..schema import ForeignKey, Table


def quoted(name: str) -> str:
    """Return a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def names(columns: Iterable[str]) -> str:
    """Return quoted identifiers in a list, as between parentheses."""
    return ", ".join(map(quoted, columns))


def foreign_key(key: ForeignKey) -> str:
    """Return the clause that declares a foreign key."""
    target = f"{quoted(key.referred_table)} ({names(key.referred_columns)})"
    return f"FOREIGN KEY ({names(key.columns)}) REFERENCES {target}"


def foreign_key_indexes(table: Table) -> Iterator[str]:
    """Yield the statements that index the single columns which refer to another table, for joins and subqueries.

    A column that the primary key begins with has an index already.
    """
    columns = {key.columns[0] for key in table.foreign_keys if len(key.columns) == 1}
    for column in sorted(columns - set(table.primary_key[:1])):
        index = quoted(f"{table.name}.{column}")
        yield f"CREATE INDEX IF NOT EXISTS {index} ON {quoted(table.name)} ({quoted(column)})"
