"""DuckDB's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import ENGINES, Dialect

_NATIVE_TYPES = {
    ColumnType.INTEGER: "INTEGER",
    ColumnType.DECIMAL: "DECIMAL",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.BINARY: "BLOB",
    ColumnType.OTHER: "VARCHAR",
}

# The kinds ("Catalog Error", "Binder Error", …) are DuckDB's exception types; one kind has many causes.
_ERROR_PATTERNS = (
    (r"division by zero|divide by zero", ErrorClass.DIVISION_BY_ZERO),
    (
        r"Out of Memory|allocation failure|could not allocate|bad_alloc|max_expression_depth",
        ErrorClass.RESOURCES,
    ),
    (r"IO Error|INTERNAL Error|FatalException|database has been invalidated", ErrorClass.ENGINE_LOST),
    (r"Permission Error|read-only mode|configuration has been locked", ErrorClass.PERMISSION),
    (r"Catalog Error: (Table|View) ", ErrorClass.UNKNOWN_TABLE),
    (r"Catalog Error: .*(Function|Macro) with name", ErrorClass.UNKNOWN_FUNCTION),
    (r"Referenced table .* not found", ErrorClass.UNKNOWN_TABLE),
    (r"Ambiguous reference|is ambiguous", ErrorClass.AMBIGUOUS),
    (r"More than one row returned by a subquery", ErrorClass.CARDINALITY),
    (
        r"must appear in the GROUP BY|(cannot|can not) (contain|be used in).*(aggregate|window)",
        ErrorClass.GROUPING,
    ),
    (r"(aggregates?|window functions?).*(not allowed|not supported|cannot)", ErrorClass.GROUPING),
    (
        r"(column|alias) .*(not found|does not exist|not have a column|cannot be referenced)",
        ErrorClass.UNKNOWN_COLUMN,
    ),
    (r"does not have a column", ErrorClass.UNKNOWN_COLUMN),
    (r"Could not choose a best candidate|No function matches|explicit type casts?", ErrorClass.TYPE_MISMATCH),
    (
        r"Cannot compare|Cannot mix|Unimplemented type for cast|Mismatch Type|No operator matches",
        ErrorClass.TYPE_MISMATCH,
    ),
    (r"same number of (result )?columns", ErrorClass.TYPE_MISMATCH),
    (r"Conversion Error|Out of Range|Invalid Input Error", ErrorClass.INVALID_VALUE),
    (r"Parser Error|syntax error", ErrorClass.SYNTAX),
    (r"Binder Error", ErrorClass.TYPE_MISMATCH),
)

DUCKDB = Dialect(
    name="duckdb",
    title="DuckDB",
    sqlglot="duckdb",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database=f"{ENGINES}.duckdb_database",
    session=f"{ENGINES}.duckdb_session",
    engine="DuckDB",
    packages=("duckdb",),
    url_schemes=("duckdb",),
    # https://duckdb.org/docs/stable/internals/storage
    magic=(8, b"DUCK"),
    suffixes=(".duckdb",),
    replaces_once=True,
)
