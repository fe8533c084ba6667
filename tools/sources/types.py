"""Native type names of any engine, normalised."""

import re

from ..schema import ColumnType

# First match wins; names are compared upper case (SQLite's own affinity rules, https://sqlite.org/datatype3.html,
# are looser, but would make a date a number).
_RULES: tuple[tuple[str, ColumnType], ...] = (
    (r"BOOL|^BIT$", ColumnType.BOOLEAN),
    (r"TIMESTAMPTZ|TIMESTAMP.*WITH TIME ZONE|DATETIMEOFFSET", ColumnType.TIMESTAMPTZ),
    (r"TIMESTAMP|DATETIME", ColumnType.TIMESTAMP),
    (r"^DATE", ColumnType.DATE),
    (r"^TIME", ColumnType.TIME),
    (r"\[\]|STRUCT|MAP\(|UNION|JSON|XML|INTERVAL|UUID|POINT|GEOM|ARRAY", ColumnType.OTHER),
    (r"INT|SERIAL|^YEAR", ColumnType.INTEGER),
    (r"DEC|NUMERIC|NUMBER|MONEY", ColumnType.DECIMAL),
    (r"REAL|FLOA|DOUB", ColumnType.FLOAT),
    (r"CHAR|TEXT|CLOB|STRING|ENUM", ColumnType.TEXT),
    (r"BLOB|BYTEA|BINARY", ColumnType.BINARY),
)


def column_type(native: str) -> ColumnType:
    """Return the normalised type of a native type name; text where a name says nothing."""
    name = native.upper().strip()
    return next((kind for pattern, kind in _RULES if re.search(pattern, name)), ColumnType.TEXT)


def readable_type(native: str) -> ColumnType:
    """Return the type a source reads a native type as: nested and exotic ones are read as text."""
    kind = column_type(native)
    return ColumnType.TEXT if kind is ColumnType.OTHER else kind
