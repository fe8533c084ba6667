"""The pieces of SQL that are written the same way in all our dialects."""

from collections.abc import Iterable

from ..schema import ForeignKey


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
