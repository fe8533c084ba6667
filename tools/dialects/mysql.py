"""MySQL's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import Dialect

_NATIVE_TYPES = {
    ColumnType.INTEGER: "INT",
    ColumnType.DECIMAL: "DECIMAL",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.TEXT: "LONGTEXT",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME(6)",
    ColumnType.TIMESTAMP: "DATETIME(6)",
    ColumnType.TIMESTAMPTZ: "DATETIME(6)",
    ColumnType.BOOLEAN: "TINYINT(1)",
    ColumnType.BINARY: "LONGBLOB",
    ColumnType.OTHER: "LONGTEXT",
}

_ERROR_PATTERNS: tuple[tuple[str, ErrorClass], ...] = ()

MYSQL = Dialect(
    name="mysql",
    title="MySQL",
    sqlglot="mysql",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    decimal_digits=65,
    ignores_case=True,
)
