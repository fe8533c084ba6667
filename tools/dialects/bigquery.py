"""BigQuery's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import Dialect

_NATIVE_TYPES = {
    ColumnType.INTEGER: "INT64",
    ColumnType.DECIMAL: "NUMERIC",
    ColumnType.FLOAT: "FLOAT64",
    ColumnType.TEXT: "STRING",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    ColumnType.TIMESTAMP: "DATETIME",
    ColumnType.TIMESTAMPTZ: "TIMESTAMP",
    ColumnType.BOOLEAN: "BOOL",
    ColumnType.BINARY: "BYTES",
    ColumnType.OTHER: "STRING",
}

_ERROR_PATTERNS: tuple[tuple[str, ErrorClass], ...] = ()

BIGQUERY = Dialect(
    name="bigquery",
    title="BigQuery",
    sqlglot="bigquery",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    big_integer="INT64",
)
