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

# By Google's own messages; the codes are GoogleSQL's status names, or the reasons of BigQuery's API
# (https://cloud.google.com/bigquery/docs/error-messages).
_ERROR_PATTERNS = (
    (r"^(PERMISSION_DENIED|accessDenied|readOnly)|Access Denied", ErrorClass.PERMISSION),
    (r"^(UNAVAILABLE|backendError|internalError|ServiceUnavailable)", ErrorClass.ENGINE_LOST),
    (r"^(RESOURCE_EXHAUSTED|resourcesExceeded|bytesBilledLimitExceeded|quotaExceeded)", ErrorClass.RESOURCES),
    (r"out of memory|memory limit|exceeds? (the )?max(imum)? allowed|too deeply nested", ErrorClass.RESOURCES),
    (r"division by zero", ErrorClass.DIVISION_BY_ZERO),
    (r"Syntax error|Unclosed|Illegal (input|escape)|Statement not supported", ErrorClass.SYNTAX),
    (r"subquery .*more than one (row|element|value)", ErrorClass.CARDINALITY),
    (r"ambiguous|Duplicate (column|table alias)", ErrorClass.AMBIGUOUS),
    (r"(Table|Dataset)(-valued function)? (is )?not found|does not match any table", ErrorClass.UNKNOWN_TABLE),
    (r"Not found: (Table|Dataset)|Table .* was not found|must be qualified with a dataset", ErrorClass.UNKNOWN_TABLE),
    (r"Function not found", ErrorClass.UNKNOWN_FUNCTION),
    (r"Unrecognized alias|alias .* not found", ErrorClass.UNKNOWN_TABLE),
    (r"Unrecognized name|(Name|Column|Field( name)?) .*(not found|does not exist)", ErrorClass.UNKNOWN_COLUMN),
    (r"Cannot access field", ErrorClass.TYPE_MISMATCH),
)

BIGQUERY = Dialect(
    name="bigquery",
    title="BigQuery",
    sqlglot="bigquery",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    big_integer="INT64",
    decimal_digits=76,
)
