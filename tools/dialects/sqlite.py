"""SQLite's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import ENGINES, Dialect

# DATE, TIME and TIMESTAMP hold ISO text; DECIMAL holds REAL, since NUMERIC affinity would turn 30.00 into
# the integer 30 and so change division (https://sqlite.org/datatype3.html, sections 2.2 and 3).
_NATIVE_TYPES = {
    ColumnType.INTEGER: "INTEGER",
    ColumnType.DECIMAL: "REAL",
    ColumnType.FLOAT: "REAL",
    ColumnType.TEXT: "TEXT",
    ColumnType.DATE: "DATE",
    ColumnType.TIME: "TIME",
    ColumnType.TIMESTAMP: "TIMESTAMP",
    ColumnType.TIMESTAMPTZ: "TIMESTAMP",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.BINARY: "BLOB",
    ColumnType.OTHER: "TEXT",
}

# SQLite has one error code for nearly everything, so its messages are all there is to go by.
_ERROR_PATTERNS = (
    (r"no such table", ErrorClass.UNKNOWN_TABLE),
    (r"no such column|has no column named|cannot join using column", ErrorClass.UNKNOWN_COLUMN),
    (r"no such (table-valued )?function", ErrorClass.UNKNOWN_FUNCTION),
    (r"ambiguous column name", ErrorClass.AMBIGUOUS),
    (r"misuse of (aliased )?(aggregate|window)|aggregate functions are not allowed", ErrorClass.GROUPING),
    (r"HAVING clause on a non-aggregate", ErrorClass.GROUPING),
    (r"not authorized|readonly database|prohibited", ErrorClass.PERMISSION),
    (
        r"string or blob too big|out of memory|too many|parser stack|too (deep|long|large)",
        ErrorClass.RESOURCES,
    ),
    (r"wrong number of arguments|datatype mismatch", ErrorClass.TYPE_MISMATCH),
    (r"malformed JSON|bad JSON path|JSON path error|integer overflow", ErrorClass.INVALID_VALUE),
    (r"do not have the same number of result columns|sub-select returns", ErrorClass.TYPE_MISMATCH),
    (r"disk I/O|malformed|not a database|unable to open", ErrorClass.ENGINE_LOST),
    (r"syntax error|unrecognized token|incomplete input|unterminated", ErrorClass.SYNTAX),
    (r"all VALUES must|clause should come|not allowed|no tables specified", ErrorClass.SYNTAX),
    (r"RIGHT and FULL|ORDER BY term|GROUP BY term|near \"", ErrorClass.SYNTAX),
)

SQLITE = Dialect(
    name="sqlite",
    title="SQLite",
    sqlglot="sqlite",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database=f"{ENGINES}.sqlite_database",
    session=f"{ENGINES}.sqlite_session",
    engine="SQLite",
    url_schemes=("sqlite",),
    # https://sqlite.org/fileformat2.html, section 1.3.1
    magic=(0, b"SQLite format 3\0"),
    suffixes=(".sqlite", ".sqlite3", ".db"),
    booleans=False,
    ordered_lists=False,
    big_integer="INTEGER",
    decimal_digits=0,
    cuts_division=True,
    ignores_case=True,
)
