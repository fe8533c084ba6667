"""Which dialect has which function: `python benchmarks/function_catalogue.py` renews `tools/dialect_constructs.tsv`.

The names come from the engines' own catalogues: PostgreSQL's `pg_proc`, `duckdb_functions()`, SQLite's
`pragma_function_list`, GoogleSQL's list of built-in functions; for Oracle from the stand-in's list, which is that of
the SQL Language Reference. MySQL's are those of its manual, since its embedded engine is another server with functions
of its own; the manual's names that this server does not know are printed. Rows written by hand (syntax, and functions
that are part of a grammar and in no catalogue) stay as they are. Functions that all six dialects have are left out.
"""

import csv
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import isogloss.tools
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from isogloss.tools.outcome import ErrorClass, Limits

TABLE = Path(isogloss.tools.__path__[0]) / "dialect_constructs.tsv"
WIDE = Limits(seconds=60, rows=100_000)

# Functions for queries only: what operators, indexes, types and triggers are made of is described as such.
POSTGRES = """
SELECT DISTINCT proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN pg_description AS d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
WHERE nspname = 'pg_catalog' AND description IS NOT NULL AND prokind <> 'p'
AND description !~ '^(implementation of|I/O|internal|less-equal-greater|index|sort support|hash$|join selectivity|'
'restriction selectivity|statistics|system event|trigger)' AND description !~ '(support|typmod|handler)$'
AND NOT proargtypes::oid[] && ARRAY['internal'::regtype::oid, 'cstring'::regtype::oid]
AND p.oid NOT IN (SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn]) FROM pg_aggregate)
AND proname !~ '^binary_upgrade'
AND prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
"""
CATALOGUES = {
    "duckdb": "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type NOT LIKE '%pragma%'",
    "postgres": POSTGRES,
}

# Functions that a dialect has and its catalogue does not show: part of the grammar, or described as operators.
GRAMMAR = {
    "bigquery": "ARRAY CAST COLLATE EXTRACT GROUPING IF IFNULL NORMALIZE SAFE_CAST STRUCT TRIM UNNEST WEEK",
    "duckdb": "CAST COALESCE COLUMNS CUME_DIST DATE DENSE_RANK EXTRACT FIRST_VALUE GROUPING GROUPING_ID IF IFNULL LAG "
    "LAST_VALUE LEAD NTH_VALUE NTILE NULLIF PERCENT_RANK POSITION RANK ROW ROW_NUMBER SUBSTRING TRIM TRY_CAST UNNEST",
    "mysql": "ROW",
    "oracle": "",
    "postgres": "ARRAY ARRAY_CAT BITAND CAST COALESCE EXTRACT GREATEST GROUPING JSON JSON_ARRAY JSON_ARRAYAGG "
    "JSON_EXISTS JSON_OBJECT JSON_OBJECTAGG JSON_QUERY JSON_SCALAR JSON_SERIALIZE JSON_TABLE JSON_VALUE LEAST "
    "NORMALIZE NULLIF OVERLAY PATH_LENGTH POSITION RANGE_CONTAINS RANGE_INTERSECT RANGE_OVERLAPS ROW STARTS_WITH "
    "SUBSTRING TRIM UUID XMLCONCAT XMLELEMENT XMLEXISTS XMLFOREST XMLPARSE XMLPI XMLROOT XMLSERIALIZE XMLTABLE",
    "sqlite": "CAST JSON_EACH JSON_TREE",
}
# In the evaluator's catalogue, but switched off (`bigquery_language`).
NOT_IN_BIGQUERY = set(
    "ARRAY_FIRST_N ARRAY_LAST_N ARRAY_REMOVE_FIRST_N ARRAY_REMOVE_LAST_N DOT_PRODUCT L1_NORM L2_NORM "
    "MANHATTAN_DISTANCE".split()
)
# In catalogues, but written as operators or clauses, or without parentheses.
NO_CALLS = set(
    "APPLY GLOB IN INTERVAL LIKE MATCH NOTLIKE OVERLAPS REGEXP TABLE CURSOR SET VALUE FIRST LAST "
    "CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP".split()
)

# Described in BigQuery's reference and unknown to GoogleSQL's evaluator.
BIGQUERY_ONLY = """
APPENDS BAG_OF_WORDS CHANGES CONTAINS_SUBSTR EXTERNAL_QUERY GAP_FILL MAX_BY MIN_BY RANGE_SESSIONIZE SEARCH TEXT_ANALYZE
TF_IDF VECTOR_SEARCH
"""
# https://dev.mysql.com/doc/refman/8.4/en/built-in-function-reference.html
MYSQL = """
ABS ACOS ADDDATE ADDTIME AES_DECRYPT AES_ENCRYPT ANY_VALUE ASCII ASIN ATAN ATAN2 AVG BENCHMARK BIN BIN_TO_UUID BIT_AND
BIT_COUNT BIT_LENGTH BIT_OR BIT_XOR CAST CEIL CEILING CHAR CHAR_LENGTH CHARACTER_LENGTH CHARSET COALESCE COERCIBILITY
COLLATION COMPRESS CONCAT CONCAT_WS CONNECTION_ID CONV CONVERT CONVERT_TZ COS COT COUNT CRC32 CUME_DIST CURDATE
CURRENT_ROLE CURTIME DATABASE DATE DATE_ADD DATE_FORMAT DATE_SUB DATEDIFF DAY DAYNAME DAYOFMONTH DAYOFWEEK DAYOFYEAR
DEGREES DENSE_RANK ELT EXP EXPORT_SET EXTRACT EXTRACTVALUE FIELD FIND_IN_SET FIRST_VALUE FLOOR FORMAT FORMAT_BYTES
FORMAT_PICO_TIME FOUND_ROWS FROM_BASE64 FROM_DAYS FROM_UNIXTIME GEOMCOLLECTION GEOMETRYCOLLECTION GET_FORMAT GET_LOCK
GREATEST GROUP_CONCAT GROUPING HEX HOUR ICU_VERSION IF IFNULL INET6_ATON INET6_NTOA INET_ATON INET_NTOA INSERT INSTR
IS_FREE_LOCK IS_IPV4 IS_IPV4_COMPAT IS_IPV4_MAPPED IS_IPV6 IS_USED_LOCK IS_UUID ISNULL JSON_ARRAY JSON_ARRAY_APPEND
JSON_ARRAY_INSERT JSON_ARRAYAGG JSON_CONTAINS JSON_CONTAINS_PATH JSON_DEPTH JSON_EXTRACT JSON_INSERT JSON_KEYS
JSON_LENGTH JSON_MERGE JSON_MERGE_PATCH JSON_MERGE_PRESERVE JSON_OBJECT JSON_OBJECTAGG JSON_OVERLAPS JSON_PRETTY
JSON_QUOTE JSON_REMOVE JSON_REPLACE JSON_SCHEMA_VALID JSON_SCHEMA_VALIDATION_REPORT JSON_SEARCH JSON_SET
JSON_STORAGE_FREE JSON_STORAGE_SIZE JSON_TABLE JSON_TYPE JSON_UNQUOTE JSON_VALID JSON_VALUE LAG LAST_DAY LAST_INSERT_ID
LAST_VALUE LCASE LEAD LEAST LEFT LENGTH LINESTRING LN LOAD_FILE LOCATE LOG LOG10 LOG2 LOWER LPAD LTRIM MAKE_SET
MAKEDATE MAKETIME MAX MBRCONTAINS MBRCOVEREDBY MBRCOVERS MBRDISJOINT MBREQUALS MBRINTERSECTS MBROVERLAPS MBRTOUCHES
MBRWITHIN MD5 MICROSECOND MID MIN MINUTE MOD MONTH MONTHNAME MULTILINESTRING MULTIPOINT MULTIPOLYGON NAME_CONST NOW
NTH_VALUE NTILE NULLIF OCT OCTET_LENGTH ORD PERCENT_RANK PERIOD_ADD PERIOD_DIFF PI POINT POLYGON POSITION POW POWER
QUARTER QUOTE RADIANS RAND RANDOM_BYTES RANK REGEXP_INSTR REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR RELEASE_ALL_LOCKS
RELEASE_LOCK REPEAT REPLACE REVERSE RIGHT ROUND ROW_COUNT ROW_NUMBER RPAD RTRIM SCHEMA SEC_TO_TIME SECOND SESSION_USER
SHA SHA1 SHA2 SIGN SIN SLEEP SOUNDEX SPACE SQRT ST_AREA ST_ASBINARY ST_ASGEOJSON ST_ASTEXT ST_ASWKB ST_ASWKT ST_BUFFER
ST_BUFFER_STRATEGY ST_CENTROID ST_COLLECT ST_CONTAINS ST_CONVEXHULL ST_CROSSES ST_DIFFERENCE ST_DIMENSION ST_DISJOINT
ST_DISTANCE ST_DISTANCE_SPHERE ST_ENDPOINT ST_ENVELOPE ST_EQUALS ST_EXTERIORRING ST_FRECHETDISTANCE ST_GEOHASH
ST_GEOMETRYN ST_GEOMETRYTYPE ST_GEOMFROMGEOJSON ST_GEOMFROMTEXT ST_GEOMFROMWKB ST_HAUSDORFFDISTANCE ST_INTERIORRINGN
ST_INTERSECTION ST_INTERSECTS ST_ISCLOSED ST_ISEMPTY ST_ISSIMPLE ST_ISVALID ST_LATFROMGEOHASH ST_LATITUDE ST_LENGTH
ST_LINEINTERPOLATEPOINT ST_LONGFROMGEOHASH ST_LONGITUDE ST_MAKEENVELOPE ST_NUMGEOMETRIES ST_NUMINTERIORRINGS
ST_NUMPOINTS ST_OVERLAPS ST_POINTATDISTANCE ST_POINTFROMGEOHASH ST_POINTFROMTEXT ST_POINTN ST_POLYFROMTEXT ST_SIMPLIFY
ST_SRID ST_STARTPOINT ST_SWAPXY ST_SYMDIFFERENCE ST_TOUCHES ST_TRANSFORM ST_UNION ST_VALIDATE ST_WITHIN ST_X ST_Y
STATEMENT_DIGEST STATEMENT_DIGEST_TEXT STD STDDEV STDDEV_POP STDDEV_SAMP STR_TO_DATE STRCMP SUBDATE SUBSTR SUBSTRING
SUBSTRING_INDEX SUBTIME SUM SYSDATE SYSTEM_USER TAN TIME TIME_FORMAT TIME_TO_SEC TIMEDIFF TIMESTAMP TIMESTAMPADD
TIMESTAMPDIFF TO_BASE64 TO_DAYS TO_SECONDS TRIM TRUNCATE UCASE UNCOMPRESS UNCOMPRESSED_LENGTH UNHEX UNIX_TIMESTAMP
UPDATEXML UPPER USER UTC_DATE UTC_TIME UTC_TIMESTAMP UUID UUID_SHORT UUID_TO_BIN VALUES VALIDATE_PASSWORD_STRENGTH
VAR_POP VAR_SAMP VARIANCE VERSION WEEK WEEKDAY WEEKOFYEAR WEIGHT_STRING YEAR YEARWEEK
"""


def catalogue(dialect: str) -> set[str]:
    """Return the names in capitals that a dialect's functions are called by."""
    if dialect in CATALOGUES:
        with open_engine(dialect, "shop", workers=1, limits=WIDE) as engine:
            found: Iterable[str] = [name for (name,) in engine.execute(CATALOGUES[dialect]).rows]
    elif dialect == "sqlite":
        with closing(sqlite3.connect(":memory:")) as connection:
            found = [name for (name,) in connection.execute("SELECT name FROM pragma_function_list")]
    elif dialect == "bigquery":
        found = {*googlesql(), *BIGQUERY_ONLY.split()} - NOT_IN_BIGQUERY
    elif dialect == "oracle":
        found = (files("isogloss.tools.engines.oracle_standin") / "functions.txt").read_text("utf-8").split()
    else:
        found = MYSQL.split()
    names = {name.upper() for name in found if re.fullmatch(r"[A-Za-z][\w.]*", name)}
    return (names | set(GRAMMAR[dialect].split())) - NO_CALLS


def googlesql() -> Iterator[str]:
    """Yield GoogleSQL's built-in functions, those that are operators left out."""
    from isogloss.tools.engines.bigquery_code import Code, compiled_module
    from isogloss.tools.engines.bigquery_evaluator import Evaluator
    from isogloss.tools.engines.bigquery_language import function_options
    from zetasql.wasi._pb2.zetasql.local_service.local_service_pb2 import GetBuiltinFunctionsResponse

    with TemporaryDirectory() as folder:
        evaluator: Any = Evaluator(Code(compiled_module(Path(folder))))
        request = function_options(evaluator)
        found = evaluator.call("GetBuiltinFunctions", request, GetBuiltinFunctionsResponse)
    for function in found.function:
        name = ".".join(function.name_path)
        yield from [name for name in (name, function.options.alias_name) if name and not name.startswith("$")]


def unknown_to_seekdb() -> Iterator[str]:
    """Yield what MySQL's manual lists and the embedded server does not know."""
    with open_engine("mysql", "shop", workers=1, limits=WIDE) as engine:
        for name in MYSQL.split():
            if engine.execute(f"SELECT {name}()").error_class is ErrorClass.UNKNOWN_FUNCTION:
                yield name


def main() -> None:
    """Write the table, the rows by hand first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    by_hand = [row for row in rows if row[0] != "function"]
    having: dict[str, list[str]] = defaultdict(list)
    for dialect in DIALECTS:
        for name in catalogue(dialect):
            having[name].append(dialect)
    grammar = {row[1] for row in by_hand}
    functions = [
        ["function", name, " ".join(sorted(dialects)), "", ""]
        for name, dialects in sorted(having.items())
        if len(dialects) < len(DIALECTS) and name not in grammar
    ]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(row) + "\n" for row in [header, *by_hand, *functions])
    print(f"{len(functions)} functions; unknown to seekdb: {' '.join(unknown_to_seekdb())}")


if __name__ == "__main__":
    main()
