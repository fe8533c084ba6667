"""BigQuery's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import ENGINES, Dialect

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

# By Google's own messages. The codes are GoogleSQL's status names, or the reasons of BigQuery's API
# (https://cloud.google.com/bigquery/docs/error-messages).
_ERROR_PATTERNS = (
    (r"^(PERMISSION_DENIED|accessDenied)|Access Denied", ErrorClass.PERMISSION),
    (r"^(UNAVAILABLE|backendError|internalError|DefaultCredentialsError|RefreshError)", ErrorClass.ENGINE_LOST),
    (r"^(RESOURCE_EXHAUSTED|resourcesExceeded|bytesBilledLimitExceeded|quotaExceeded)", ErrorClass.RESOURCES),
    (
        r"mmap failed|Cannot allocate memory|too deeply nested|exceeded limit for bytes billed|"
        r"exceeds max allowed output size",
        ErrorClass.RESOURCES,
    ),
    (r"division by zero", ErrorClass.DIVISION_BY_ZERO),
    (r"^\w+: (Syntax error|Illegal)|out of SELECT column number range|Natural join not supported", ErrorClass.SYNTAX),
    (r"must have an immediately following ON|USING clause cannot|Query parameter .* not found", ErrorClass.SYNTAX),
    (r"cannot be used with DISTINCT|must be a literal or query parameter", ErrorClass.SYNTAX),
    (r"(More than|produced more than) one (element|value|row)", ErrorClass.CARDINALITY),
    (r"ambiguous|Duplicate (column|alias|table alias)", ErrorClass.AMBIGUOUS),
    (r"(Table|Dataset|Table-valued function) (is )?not found|does not match any table", ErrorClass.UNKNOWN_TABLE),
    (r"Not found: (Table|Dataset)|was not found in location|qualified with a dataset", ErrorClass.UNKNOWN_TABLE),
    (r"Function not found", ErrorClass.UNKNOWN_FUNCTION),
    (r"Unrecognized name|(Name|Column|Field name) .*(not found|does not exist)", ErrorClass.UNKNOWN_COLUMN),
    (r"neither grouped nor aggregated|Aggregations of aggregations|only allows aggregation", ErrorClass.GROUPING),
    (r"(aggregat|analytic|window).*(not allowed|without an OVER|not support)", ErrorClass.GROUPING),
    (r"OVER clause|HAVING clause|QUALIFY clause", ErrorClass.GROUPING),
    (r"Could not cast literal|Invalid \S+ literal|A valid date part|must be at least", ErrorClass.INVALID_VALUE),
    (r"^OUT_OF_RANGE|Bad \w+ value|overflow|null element", ErrorClass.INVALID_VALUE),
    (r"No matching signature|Type not found|incompatible types|mismatched column count", ErrorClass.TYPE_MISMATCH),
    (r"supertype|should return type|expects|does not support|must be|Cannot access", ErrorClass.TYPE_MISMATCH),
    (r"Invalid cast|cannot be coerced|not (comparable|orderable|groupable)|is not allowed", ErrorClass.TYPE_MISMATCH),
)

BIGQUERY = Dialect(
    name="bigquery",
    title="BigQuery",
    sqlglot="bigquery",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database=f"{ENGINES}.bigquery_database",
    session=f"{ENGINES}.bigquery_session",
    engine="GoogleSQL reference evaluator, zetasql",
    packages=("zetasql",),
    url_schemes=("bigquery",),
    bare_spans=True,
    ordered_any=False,
    big_integer="INT64",
    decimal_digits=76,
)
