"""What an engine's own catalogue says that its dialect has: functions and keywords."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .dialect_constructs import functions
from .dialects import get_dialect
from .engines import Engine, open_engine
from .errors import UsageError
from .outcome import Limits

_WIDE = Limits(seconds=60, rows=100_000)
# Functions for queries only: what operators, indexes, types and triggers are made of is described as such.
_POSTGRES = """
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
_FUNCTIONS = {
    "duckdb": "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type NOT LIKE '%pragma%'",
    "postgres": _POSTGRES,
}
_KEYWORDS = {
    "duckdb": "SELECT keyword_name, keyword_category IN ('reserved', 'type_function') FROM duckdb_keywords()",
    "postgres": "SELECT word, catcode IN ('R', 'T') FROM pg_get_keywords()",
}
# https://sqlite.org/lang_keywords.html: SQLite reserves no word where it can tell a name, and no query lists them.
_SQLITE = """
ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE
CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP
DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE
EXISTS EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE
IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH
MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA
PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT
ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE
UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT
"""
# "Oracle SQL Reserved Words" of the SQL Language Reference 23ai.
_ORACLE = """
ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COLUMN_VALUE COMMENT COMPRESS CONNECT
CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP
HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG MAXEXTENTS
MINUS MLSLABEL MODE MODIFY NESTED_TABLE_ID NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE ON ONLINE OPTION OR
ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT SESSION SET SHARE SIZE SMALLINT
START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2
VIEW WHENEVER WHERE WITH
"""
_SOURCES = {
    "bigquery": "GoogleSQL's list of built-in functions, and its reserved words",
    "duckdb": "duckdb_functions() and duckdb_keywords()",
    "mysql": "the reference manual's functions and reserved words, for the embedded engine lists none",
    "oracle": "the SQL Language Reference's functions and reserved words, for the engine is a stand-in",
    "postgres": "pg_proc and pg_get_keywords()",
    "sqlite": "pragma_function_list and the keywords of SQLite's reference",
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names, in capitals, that a dialect has: ``reserved`` keywords can be no names; ``source`` says whence."""

    functions: frozenset[str]
    reserved: frozenset[str]
    other: frozenset[str]
    source: str


def engine_catalogue(dialect: str) -> Catalogue:
    """Return what the engine of ``dialect`` lists; raises ``UsageError`` for one that is not ours."""
    name = get_dialect(dialect).name
    if name not in _SOURCES:
        raise UsageError(f"What {name} has is in no catalogue: only of {', '.join(_SOURCES)} is it known.")
    part_of_grammar = {function for function, having in functions().items() if name in having}
    keywords = dict(_keywords(name))
    reserved = frozenset(word for word, is_reserved in keywords.items() if is_reserved)
    listed = frozenset(engine_functions(name) | part_of_grammar) - keywords.keys()
    return Catalogue(listed, reserved, frozenset(keywords) - reserved, _SOURCES[name])


def engine_functions(dialect: str) -> set[str]:
    """Return the functions that a dialect's engine lists, in capitals; none of MySQL's, whose engine lists none."""
    if dialect in _FUNCTIONS:
        found: Iterable[str] = [name for (name,) in _rows(dialect, _FUNCTIONS[dialect])]
    elif dialect == "sqlite":
        with closing(sqlite3.connect(":memory:")) as connection:
            found = [name for (name,) in connection.execute("SELECT name FROM pragma_function_list")]
    elif dialect == "bigquery":
        found = _googlesql()
    elif dialect == "oracle":
        found = (files(__package__) / "engines" / "oracle_standin" / "functions.txt").read_text("utf-8").split()
    else:
        found = ()
    return {name.upper() for name in found if re.fullmatch(r"[A-Za-z][\w.]*", name)}


def _keywords(dialect: str) -> Iterator[tuple[str, bool]]:
    """Yield each keyword, and whether it is reserved; sqlglot has the lists of MySQL's and BigQuery's references."""
    if dialect in _KEYWORDS:
        yield from ((word.upper(), bool(reserved)) for word, reserved in _rows(dialect, _KEYWORDS[dialect]))
    elif dialect == "sqlite":
        yield from ((word, False) for word in _SQLITE.split())
    elif dialect == "oracle":
        yield from ((word, True) for word in _ORACLE.split())
    else:
        from sqlglot.dialects.dialect import Dialect

        reserved = Dialect.get_or_raise(get_dialect(dialect).sqlglot).generator_class.RESERVED_KEYWORDS
        yield from ((word.upper(), True) for word in reserved)


def _rows(dialect: str, sql: str) -> list[tuple[Any, ...]]:
    with open_engine(dialect, "shop", workers=1, limits=_WIDE) as engine:
        return list(_answer(engine, sql))


def _answer(engine: Engine, sql: str) -> tuple[tuple[Any, ...], ...]:
    done = engine.execute(sql)
    if done.error:
        raise RuntimeError(f"{engine.version} does not tell its catalogue: {done.error}")
    return done.rows


def _googlesql() -> Iterator[str]:
    """Yield GoogleSQL's built-in functions, those that are operators left out."""
    from zetasql.wasi._pb2.zetasql.local_service.local_service_pb2 import GetBuiltinFunctionsResponse

    from .engines.bigquery_code import Code, compiled_module
    from .engines.bigquery_evaluator import Evaluator
    from .engines.bigquery_language import function_options

    with TemporaryDirectory() as folder:
        evaluator: Any = Evaluator(Code(compiled_module(Path(folder))))
        found = evaluator.call("GetBuiltinFunctions", function_options(evaluator), GetBuiltinFunctionsResponse)
    for function in found.function:
        name = ".".join(function.name_path)
        yield from [name for name in (name, function.options.alias_name) if name and not name.startswith("$")]
