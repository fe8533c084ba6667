"""Oracle's SQL."""

from ..outcome import ErrorClass
from ..schema import ColumnType
from .dialect import RESERVED, Dialect

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

# https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Oracle-SQL-Reserved-Words.html
_RESERVED = frozenset(
    "access add audit cluster column_value comment compress connect current date decimal exclusive file float "
    "identified immediate increment index initial integer level lock long maxextents minus mlslabel mode modify "
    "nested_table_id noaudit nocompress nowait number of offline online option pctfree prior public raw rename "
    "resource revoke row rowid rownum rows session share size smallint start successful synonym sysdate trigger uid "
    "validate varchar varchar2 view whenever".split()
)

ORACLE = Dialect(
    name="oracle",
    title="Oracle",
    sqlglot="oracle",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    big_integer="NUMBER(19)",
    date_literals=True,
    reserved=RESERVED | _RESERVED,
)
