"""Oracle's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import Dialect

_NATIVE_TYPES = {
    ColumnType.INTEGER: "NUMBER(10)",
    ColumnType.DECIMAL: "NUMBER",
    ColumnType.FLOAT: "BINARY_DOUBLE",
    ColumnType.TEXT: "VARCHAR2(4000)",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "VARCHAR2(15)",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    ColumnType.BOOLEAN: "NUMBER(1)",
    ColumnType.BINARY: "BLOB",
    ColumnType.OTHER: "VARCHAR2(4000)",
}

_ERROR_PATTERNS: tuple[tuple[str, ErrorClass], ...] = ()

ORACLE = Dialect(
    name="oracle",
    title="Oracle",
    sqlglot="oracle",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    big_integer="NUMBER(19)",
)
