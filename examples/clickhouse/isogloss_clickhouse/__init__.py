"""ClickHouse's SQL, on chDB: ClickHouse's own engine as a Python package.

What a descriptor says is in the docstring of `Dialect`; this module is imported often, so it imports no engine.
"""

from pathlib import Path

from isogloss.tools.dialects import Dialect
from isogloss.tools.outcome import ErrorClass
from isogloss.tools.schema import ColumnType

from .words import WORDS

_HERE = Path(__file__).parent

_NATIVE_TYPES = {
    ColumnType.INTEGER: "Int32",
    ColumnType.DECIMAL: "Decimal",
    ColumnType.FLOAT: "Float64",
    ColumnType.TEXT: "String",
    ColumnType.DATE: "Date32",
    ColumnType.TIME: "Time64(6)",
    ColumnType.TIMESTAMP: "DateTime64(6)",
    ColumnType.TIMESTAMPTZ: "DateTime64(6, 'UTC')",
    ColumnType.BOOLEAN: "Bool",
    ColumnType.BINARY: "String",
    ColumnType.OTHER: "String",
}

# By number, as in ``system.errors`` (https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp).
_ERROR_PATTERNS = (
    (r"^(60|81|82|701): ", ErrorClass.UNKNOWN_TABLE),
    (r"^(46|63|183): ", ErrorClass.UNKNOWN_FUNCTION),
    (r"^47: .*Unknown expression (or table expression )?identifier `\w+\.", ErrorClass.UNKNOWN_COLUMN),
    (r"^(8|10|16|47|36: .*column): ", ErrorClass.UNKNOWN_COLUMN),
    (r"^(179|207|352): ", ErrorClass.AMBIGUOUS),
    (r"^(184|215): ", ErrorClass.GROUPING),
    (r"^153: ", ErrorClass.DIVISION_BY_ZERO),
    (r"^125: ", ErrorClass.CARDINALITY),
    (r"^(164|291|497|344: .*forbidden): ", ErrorClass.PERMISSION),
    (r"^(131|158|159|161|162|167|173|191|241|306|307|396): ", ErrorClass.RESOURCES),
    (r"^(6|26|27|38|41|53: .*Cannot (parse|convert)|69|70|72|190|321|407|457|675|691|701): ", ErrorClass.INVALID_VALUE),
    (r"^(34|35|42|43|44|53|70|130|190|258|349|386|420): ", ErrorClass.TYPE_MISMATCH),
    (r"^(62|36|80|48|1): ", ErrorClass.SYNTAX),
    (r"^(210|209|1000|76|246): ", ErrorClass.ENGINE_LOST),
)

CLICKHOUSE = Dialect(
    name="clickhouse",
    title="ClickHouse",
    sqlglot="clickhouse",
    native_types=_NATIVE_TYPES,
    error_patterns=_ERROR_PATTERNS,
    database="isogloss_clickhouse.database",
    session="isogloss_clickhouse.session",
    engine="ClickHouse on chDB",
    packages=("chdb",),
    big_integer="Int64",
    decimal_digits=76,
    ordered_lists=False,  # groupArray and its like take no ORDER BY
    ordered_any=False,
    corpus=_HERE / "corpus",
    seeds=_HERE / "seeds",
    constructs=_HERE / "constructs.tsv",
    words=WORDS,
    volatile=frozenset(
        "NOW64 NOWINBLOCK YESTERDAY RAND32 RAND64 RANDCONSTANT RANDOMSTRING RANDOMPRINTABLEASCII GENERATEUUIDV4 "
        "GENERATEUUIDV7 GENERATESNOWFLAKEID CURRENTQUERYID UPTIME HOSTNAME ROWNUMBERINALLBLOCKS ROWNUMBERINBLOCK "
        "BLOCKNUMBER RUNNINGDIFFERENCE NEIGHBOR".split()
    ),
)
