"""MySQL's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import ENGINES, Dialect

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

# By error number: of MySQL (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html), of its
# client from 2000 on (…/client-error-reference.html), of MariaDB's own (1931, 1969) and of seekdb's (40xx, 5xxx).
_ERROR_PATTERNS = (
    (r"^(1064|1149|1221|1235|1248|357[3-7]|3667|5797):", ErrorClass.SYNTAX),
    (r"^(1049|1051|1109|1146|1250):", ErrorClass.UNKNOWN_TABLE),
    (r"^(1054|1193):", ErrorClass.UNKNOWN_COLUMN),
    # 1370 is what a user who may only SELECT hears of any function that does not exist.
    (r"^(1128|1305|1370|1630):", ErrorClass.UNKNOWN_FUNCTION),
    (r"^(1052|1060|1066):", ErrorClass.AMBIGUOUS),
    (r"^(1055|1056|1111|1140|1247|3029|3065|3593|5338):", ErrorClass.GROUPING),
    (r"^(1210|1222|1241|1267|1270|1271|1318|1353|1582|1583):", ErrorClass.TYPE_MISMATCH),
    (r"^1365:", ErrorClass.DIVISION_BY_ZERO),
    (
        r"^(1139|1264|1292|1366|1367|1411|1426|1427|1441|1525|1690|3037|31[4-5]\d|36[8-9]\d|5674|5812):",
        ErrorClass.INVALID_VALUE,
    ),
    (r"^1242:", ErrorClass.CARDINALITY),
    (r"^(1044|1045|1142|1143|1227|1290|1345|1698|1792):", ErrorClass.PERMISSION),
    (r"^(1037|1038|1041|1104|1114|1116|1301|1436|1931|3170|3636|4013|4019):", ErrorClass.RESOURCES),
    (r"^(20\d\d|1053|1152|115[89]|116[01]|ConnectionError):", ErrorClass.ENGINE_LOST),
)

MYSQL = Dialect(
    name="mysql",
    title="MySQL",
    sqlglot="mysql",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database=f"{ENGINES}.mysql_database",
    session=f"{ENGINES}.mysql_session",
    engine="seekdb",
    packages=("pylibseekdb", "pymysql"),
    url_schemes=("mysql", "mariadb"),
    booleans=False,
    bare_spans=True,
    ordered_any=False,
    decimal_digits=65,
    ignores_case=True,
)
