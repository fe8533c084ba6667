"""What in a query belongs to a dialect: the table against the engines, and queries of every dialect against it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from isogloss.tools.dialect_constructs import dialect_constructs, foreign_constructs, functions, syntax
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.errors import UsageError
from isogloss.tools.outcome import ErrorClass, Outcome
from isogloss.tools.seed_files import read_sql_seeds

from .engines_here import Engines, one

SPIDER = Path(__file__).parents[3] / "shared" / "data" / "spider" / "dev.json"
SEEDS = Path(__file__).parents[2] / "tools" / "seeds"
SYNTAX = [construct for construct in syntax() if construct.example]

# Where an example runs and the dialect has not got the construct, or the other way round.
DEVIATIONS = {
    ("||", "mysql"): "runs, as a logical OR",
    ("&&", "duckdb"): "of lists, not of conditions",
    ("&&", "postgres"): "of arrays and ranges, not of conditions",
    ("->", "mysql"): "of a column, not of a text",
    ("->", "postgres"): "of a value of type json, not of a text",
    ("LIKE ANY", "postgres"): "with an array",
    ("TABLESAMPLE", "postgres"): "with a bare number",
    ("AT TIME ZONE", "bigquery"): "within EXTRACT and CAST",
    ("EXCEPT", "bigquery"): "with DISTINCT",
    ("INTERSECT ALL", "bigquery"): "GoogleSQL's, and not in BigQuery's reference",
    ("INTERSECT ALL", "mysql"): "since 8.0.31, unknown to the embedded server",
    ("CAST AS REAL", "mysql"): "since 8.0.17, unknown to the embedded server",
    ("CAST AS NUMBER", "mysql"): "the embedded server's own",
    ("IGNORE NULLS", "mysql"): "the embedded server's own",
    ("LATERAL", "oracle"): "unknown to the stand-in",
    ("AT TIME ZONE", "oracle"): "unknown to the stand-in",
    ("CAST AS REAL", "oracle"): "unknown to the stand-in",
    ("ISNULL", "oracle"): "let pass by the stand-in",
}


REFUSALS = (ErrorClass.UNKNOWN_FUNCTION, ErrorClass.SYNTAX, ErrorClass.UNKNOWN_COLUMN)


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    opened = Engines("shop", workers=1)
    yield opened
    opened.close()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_example_runs_where_its_syntax_is_known(engines: Engines, dialect: str) -> None:
    runs = {c.name for c in SYNTAX if engines[dialect].execute(c.example).outcome is Outcome.RUNS}
    known = {c.name for c in SYNTAX if dialect in c.dialects}
    assert runs ^ known == {name for name, where in DEVIATIONS if where == dialect}


@pytest.mark.parametrize("construct", SYNTAX, ids=[construct.name for construct in SYNTAX])
def test_an_example_shows_its_syntax(construct: tuple[str, frozenset[str], str, str]) -> None:
    name, dialects, _, example = construct
    for dialect in set(DIALECTS) - ({"sqlite"} if "[" in example else set()):  # which reads […] as a name
        own, foreign = dialect_constructs(example, dialect), foreign_constructs(example, dialect)
        assert name in (own if dialect in dialects else foreign), dialect


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_engine_knows_no_foreign_function(engines: Engines, dialect: str) -> None:
    """Every seventh function of the table, called as if it were a dialect's own."""
    foreign = [name for name, dialects in functions().items() if dialect not in dialects and "." not in name][::7]
    known = []
    for name in foreign:
        execution = engines[dialect].execute(one(dialect, f"{name}()"))
        is_refused = execution.outcome is Outcome.UNSUPPORTED or execution.error_class in REFUSALS
        if not (is_refused or "not found" in str(execution.error)):
            known.append((name, execution.outcome, execution.rule or execution.error))
    assert known == []


CASES = [
    ("postgres", "SELECT STRING_AGG(name, ',') FROM t", {"STRING_AGG"}, set()),
    ("postgres", "SELECT IFNULL(a, 0), `b` FROM t", set(), {"IFNULL", "BACKTICK NAME"}),
    ("postgres", "SELECT STRFTIME('%Y', d) FROM t WHERE x = \"Ann\"", set(), {"STRFTIME", "DOUBLE-QUOTED TEXT"}),
    ("postgres", 'SELECT "Name" FROM t WHERE "Age" > "Height"', set(), set()),
    ("postgres", "SELECT a::date, b ILIKE 'x' FROM t LIMIT 1", {"::", "ILIKE", "LIMIT"}, set()),
    ("postgres", "WITH strftime(n) AS (SELECT 1), ifnull(m) AS (SELECT 2) SELECT n FROM strftime", set(), set()),
    ("postgres", "SELECT nvl.n FROM GENERATE_SERIES(1, 3) AS nvl(n)", {"GENERATE_SERIES"}, set()),
    ("postgres", "SELECT nvl.n FROM t nvl(n) WHERE nvl.n IN (1) AND n::nvl(1) = 1", {"::"}, set()),
    ("postgres", "SELECT d.n FROM (SELECT 1) decode(n), iif i", set(), set()),
    ("postgres", "SELECT 'IFNULL(a, 0) `b`' AS \"NVL(\" /* ILIKE */ FROM t -- QUALIFY", set(), set()),
    ("postgres", "SELECT my_own_function(a) FROM t", set(), set()),
    ("postgres", "SELECT COALESCE(NVL(a,, FROM GROUP `", set(), {"NVL", "BACKTICK NAME"}),
    ("postgres", "SELECT rownum FROM (SELECT ROW_NUMBER() OVER (ORDER BY a) AS rownum FROM t) s", set(), set()),
    ("sqlite", "SELECT STRFTIME('%Y', d) FROM t WHERE x = \"Ann\"", {"STRFTIME", "DOUBLE-QUOTED TEXT"}, set()),
    ("sqlite", "SELECT a::int, STRING_AGG(b, ',') FROM t", set(), {"::", "STRING_AGG"}),
    ("sqlite", "SELECT GROUP_CONCAT(b) FROM t WHERE a GLOB 'x*'", {"GROUP_CONCAT", "GLOB"}, set()),
    ("mysql", "SELECT `a`, IF(b, 1, 2) FROM t WHERE c = \"x\"", {"BACKTICK NAME", "IF", "DOUBLE-QUOTED TEXT"}, set()),
    ("mysql", "SELECT x || y FROM \"t\" FULL JOIN u", set(), {"||", "DOUBLE-QUOTED NAME", "FULL JOIN"}),
    ("mysql", "SELECT 'it\\'s' FROM t WHERE a REGEXP 'x' LIMIT 2, 3", {"REGEXP", "LIMIT m, n"}, set()),
    ("bigquery", "SELECT SAFE_DIVIDE(a, b), SAFE.LOG(c) FROM t", {"SAFE_DIVIDE", "SAFE."}, set()),
    ("bigquery", "SELECT NET.HOST(u) FROM `t`, UNNEST([1])", {"NET.HOST", "BACKTICK NAME", "UNNEST", "[…]"}, set()),
    ("bigquery", "SELECT a FROM t UNION SELECT a FROM u", set(), {"UNION WITHOUT ALL"}),
    ("duckdb", "SELECT * EXCLUDE a, LIST_SUM(b) FROM t ORDER BY ALL", {"* EXCLUDE", "LIST_SUM", "ORDER BY ALL"}, set()),
    ("duckdb", "SELECT NVL(a, 1), DECODE(a, 1, 2) FROM t CONNECT BY b", {"DECODE"}, {"NVL", "CONNECT BY"}),
    ("oracle", "SELECT NVL(a, 1) FROM t, u WHERE t.b = u.b(+) AND ROWNUM < 3", {"NVL", "(+)", "ROWNUM"}, set()),
    ("oracle", "SELECT a FROM t AS x LIMIT 3", set(), {"TABLE ALIAS AFTER AS", "LIMIT"}),
    ("oracle", "SELECT 1 FROM dual MINUS SELECT 2 FROM dual", {"DUAL", "MINUS"}, set()),
    ("postgres", "SELECT TOP 3 a FROM t", set(), {"TOP"}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "own", "foreign"), CASES)
def test_constructs_of_a_query(dialect: str, sql: str, own: set[str], foreign: set[str]) -> None:
    assert dialect_constructs(sql, dialect) == own
    assert foreign_constructs(sql, dialect) == foreign


FOREIGN_IN_SEEDS = {
    "bigquery": {"UNION WITHOUT ALL"},
    "oracle": {"TABLE ALIAS AFTER AS", "TRUE", "LIMIT", "EXCEPT"},
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_seeds_hold_nothing_foreign(dialect: str) -> None:
    common = {name for file in SEEDS.glob("*.sql") for name in foreign_in(file, dialect)}
    assert common == FOREIGN_IN_SEEDS.get(dialect, set())
    assert {name for file in SEEDS.glob(f"{dialect}/*.sql") for name in foreign_in(file, dialect)} == set()


def foreign_in(file: Path, dialect: str) -> Iterator[str]:
    for seed in read_sql_seeds(file, dialect):
        yield from foreign_constructs(seed.sql, dialect)


@pytest.mark.skipif(not SPIDER.is_file(), reason=f"Spider's development set is not at {SPIDER}")
def test_gold_queries_of_sqlite_hold_nothing_foreign() -> None:
    queries = {item["query"] for item in json.loads(SPIDER.read_text("utf-8"))}
    assert {query: names for query in queries if (names := foreign_constructs(query, "sqlite"))} == {}
    assert sum("DOUBLE-QUOTED TEXT" in dialect_constructs(query, "sqlite") for query in queries) > 50


def test_what_cannot_be_read_has_no_constructs_and_an_unknown_dialect_is_refused() -> None:
    assert foreign_constructs("SELECT IFNULL('a", "postgres") == frozenset()
    with pytest.raises(UsageError):
        foreign_constructs("SELECT 1", "latin")
