"""Oracle's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import ENGINES, RESERVED, Dialect

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

# By number (https://docs.oracle.com/en/database/oracle/oracle-database/19/errmg/). ORA-00904 covers columns and
# functions; the session adds "function" where the name is followed by its arguments.
_ERROR_PATTERNS = (
    (r"^ORA-00904 function", ErrorClass.UNKNOWN_FUNCTION),
    (r"^ORA-00904", ErrorClass.UNKNOWN_COLUMN),
    (r"^ORA-(00942|04043|02019)", ErrorClass.UNKNOWN_TABLE),
    (r"^ORA-(00918|00960)", ErrorClass.AMBIGUOUS),
    (r"^ORA-(00934|00935|00937|00978|00979|30483)", ErrorClass.GROUPING),
    (r"^ORA-01476", ErrorClass.DIVISION_BY_ZERO),
    (r"^ORA-(01427|01422)", ErrorClass.CARDINALITY),
    (
        r"^ORA-(00902|00909|00913|00932|00938|00939|00947|00975|01789|01790|30076|30487|06553|32038)",
        ErrorClass.TYPE_MISMATCH,
    ),
    (
        r"^ORA-(01722|01436|01426|01428|01438|01481|01760|018\d\d|01898|12801|30001|127\d\d|12899)",
        ErrorClass.INVALID_VALUE,
    ),
    (r"^ORA-(01031|01456|01950|00990|16000)", ErrorClass.PERMISSION),
    (r"^ORA-(01489|01652|04030|04031|01536|30009)", ErrorClass.RESOURCES),
    (r"^ORA-(03113|03114|03135|12\d\d\d|01012|01034|01089|00028)|^DPY-(1001|4011|6\d\d\d)", ErrorClass.ENGINE_LOST),
    (
        r"^ORA-(009\d\d|017\d\d|010\d\d|014\d\d|02000|02287|251\d\d|300\d\d|304\d\d|320\d\d|00972|22818)",
        ErrorClass.SYNTAX,
    ),
    (r"^53|^54|out of memory|invalid memory alloc", ErrorClass.RESOURCES),
    (
        r"^(08|57P|58)|closed the connection|connection (is |was |has been )?(closed|lost|refused)",
        ErrorClass.ENGINE_LOST,
    ),
)

# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Oracle-SQL-Reserved-Words.html
ORACLE_RESERVED = frozenset(
    "access add all alter and any as asc audit between by char check cluster column comment compress connect "
    "create current date decimal default delete desc distinct drop else exclusive exists file float for from "
    "grant group having identified immediate in increment index initial insert integer intersect into is level "
    "like lock long maxextents minus mlslabel mode modify noaudit nocompress not nowait null number of offline "
    "on online option or order pctfree prior public raw rename resource revoke row rowid rownum rows select "
    "session set share size smallint start successful synonym sysdate table then to trigger uid union unique "
    "update user validate values varchar varchar2 view whenever where with".split()
)

ORACLE = Dialect(
    name="oracle",
    title="Oracle",
    sqlglot="oracle",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database=f"{ENGINES}.oracle_database",
    session=f"{ENGINES}.oracle_session",
    stand_in=True,
    url_schemes=("oracle",),
    booleans=False,
    folds="upper",
    big_integer="NUMBER(19)",
    date_literals=True,
    reserved=RESERVED | ORACLE_RESERVED,
)
