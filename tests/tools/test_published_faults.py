"""What a published harness got wrong, on our own engines: a typed load, queries left alone, results compared in full.

The harness (ExeSQL, https://arxiv.org/abs/2505.17231, its repository as read and run) loaded every PostgreSQL column as
text, rewrote table names and LIKE by regular expressions, cut queries at ``;``, and compared rows as sets of sorted
texts. Each of its faults is a test here, from one SQLite file loaded into every engine that is here.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from isogloss.graphs.duplicates import tables_of
from isogloss.tools.compare import Label
from isogloss.tools.engines import Engine
from isogloss.tools.extraction import extract_sql
from isogloss.tools.gold import gold_of, graded
from isogloss.tools.identifiers import natural_identifier
from isogloss.tools.loaded import check_loaded
from isogloss.tools.outcome import Outcome
from isogloss.tools.query_comparison import compare_queries
from isogloss.tools.sources import Source, open_source

from .engines_here import PRESENT, Engines

SCRIPT = """
CREATE TABLE singer (
  singer_id INT PRIMARY KEY, name VARCHAR(20), age INTEGER, fee NUMERIC, quota DECIMAL(10,4), phone BIGINT, hired DATE,
  nick TEXT
);
INSERT INTO singer VALUES
  (1, 'Ann', 9, 1.5, 0.1234, 123456789012, '2019-12-31', NULL),
  (2, 'Bo', 10, 2.25, 0.9999, 123456789013, '2020-01-01', 'None'),
  (3, 'Cy%', 31, 30, 12.3456, 9007199254740993, '2020-02-29', 'a;b'),
  (10, 'Di', 20, 100, 2.0001, 5, '1999-05-05', 'WITH t AS');
CREATE TABLE "Order" ("group" INTEGER PRIMARY KEY, "Full Name" TEXT, "ArtistId" INT, "select" REAL, "table" TEXT);
INSERT INTO "Order" VALUES (1, 'x', 3, 0.5, 'p'), (2, 'y', 1, 1.5, 'q');
"""
HERE = [dialect for dialect in ("sqlite", "duckdb", "postgres", "mysql", "oracle", "bigquery") if dialect in PRESENT]
LOADED = [dialect for dialect in HERE if dialect != "sqlite"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("faults") / "concerts.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCRIPT)
    with closing(open_source(str(path))) as opened:
        yield opened


@pytest.fixture(scope="module")
def engines(source: Source) -> Iterator[Engines]:
    opened = Engines(source, workers=1)
    yield opened
    opened.close()


def rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    execution = engine.execute(sql)
    assert execution.outcome is Outcome.RUNS, execution.error or execution.rule
    return list(execution.rows)


def label(engines: Engines, gold: str, predicted: str, dialect: str = "sqlite") -> Label:
    """Return how a prediction in ``dialect`` compares with gold in SQLite."""
    executed = engines[dialect].execute(predicted)
    return graded(gold_of(engines["sqlite"], gold), executed, dialect).label


TYPED = [
    ("SELECT name FROM singer WHERE age > 20", [("Cy%",)]),
    ("SELECT name FROM singer WHERE singer_id = 1", [("Ann",)]),
    ("SELECT AVG(age) FROM singer", [(17.5,)]),
    ("SELECT SUM(age) FROM singer", [(70,)]),
    ("SELECT MAX(age), MIN(age) FROM singer", [(31, 9)]),
    ("SELECT age FROM singer ORDER BY age", [(9,), (10,), (20,), (31,)]),
    ("SELECT singer_id FROM singer ORDER BY singer_id DESC", [(10,), (3,), (2,), (1,)]),
]


@pytest.mark.parametrize("dialect", HERE)
@pytest.mark.parametrize(("sql", "expected"), TYPED)
def test_numbers_are_numbers(engines: Engines, dialect: str, sql: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(engines[dialect], sql) == expected


@pytest.mark.parametrize("dialect", HERE)
def test_every_value_keeps_its_type_range_and_digits(engines: Engines, source: Source, dialect: str) -> None:
    assert [check.differing for check in check_loaded(source, engines[dialect])] == [(), ()]
    [(phone, quota)] = rows(engines[dialect], "SELECT MAX(phone), MAX(quota) FROM singer")
    assert (int(phone), float(quota)) == (9007199254740993, 12.3456)
    assert float(rows(engines[dialect], "SELECT SUM(quota) FROM singer")[0][0]) == pytest.approx(15.469, rel=1e-12)


DATES = {
    "duckdb": "SELECT name FROM singer WHERE hired < '2020-01-01' ORDER BY hired",
    "sqlite": "SELECT name FROM singer WHERE hired < '2020-01-01' ORDER BY hired",
    "postgres": "SELECT name FROM singer WHERE hired < '2020-01-01' ORDER BY hired",
    "mysql": "SELECT name FROM singer WHERE hired < '2020-01-01' ORDER BY hired",
    "bigquery": "SELECT name FROM singer WHERE hired < '2020-01-01' ORDER BY hired",
    "oracle": "SELECT name FROM singer WHERE hired < DATE '2020-01-01' ORDER BY hired",
}


@pytest.mark.parametrize("dialect", HERE)
def test_dates_keep_their_order(engines: Engines, dialect: str) -> None:
    assert rows(engines[dialect], DATES[dialect]) == [("Di",), ("Ann",)]


@pytest.mark.parametrize("dialect", LOADED)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT AVG(fee), SUM(quota) FROM singer",
        "SELECT hired, fee FROM singer",
        "SELECT name, hired FROM singer ORDER BY hired",
        "SELECT COUNT(*), MAX(hired) FROM singer",
    ],
)
def test_decimals_and_dates_equal_what_sqlite_has(engines: Engines, dialect: str, sql: str) -> None:
    assert label(engines, sql, sql, dialect) is Label.EXACT


def test_a_decimal_and_a_date_are_compared_at_all(engines: Engines) -> None:
    [(quota, hired)] = rows(engines["postgres"], "SELECT SUM(quota), MAX(hired) FROM singer")
    assert (type(quota).__name__, hired) == ("Decimal", date(2020, 2, 29))
    assert label(engines, "SELECT SUM(quota) FROM singer", "SELECT SUM(quota) + 1 FROM singer", "postgres") is (
        Label.MISMATCH
    )


DIFFERENT = [
    ("SELECT 1, 2 UNION ALL SELECT 1, 2", "SELECT 2, 1", "duplicates, and values sorted within a row"),
    ("SELECT 1, 2 UNION ALL SELECT 1, 2", "SELECT 1, 2", "duplicates"),
    ("SELECT 1, 2 UNION ALL SELECT 3, 4", "SELECT 2, 1 UNION ALL SELECT 3, 4", "values sorted within a row"),
    ("SELECT age FROM singer ORDER BY age", "SELECT age FROM singer ORDER BY age DESC", "order"),
    ("SELECT nick FROM singer WHERE singer_id = 2", "SELECT nick FROM singer WHERE singer_id = 1", "NULL and None"),
    ("SELECT '1'", "SELECT 1.0", "a text and a number"),
]


@pytest.mark.parametrize("dialect", [dialect for dialect in HERE if dialect in ("sqlite", "duckdb", "postgres")])
@pytest.mark.parametrize(("gold", "predicted"), [case[:2] for case in DIFFERENT], ids=[case[2] for case in DIFFERENT])
def test_what_differs_is_no_match(engines: Engines, dialect: str, gold: str, predicted: str) -> None:
    assert label(engines, gold, predicted, dialect) is Label.MISMATCH


UNTOUCHED = [
    ("SELECT EXTRACT(YEAR FROM hired) FROM singer WHERE singer_id = 1", [(2019,)], ("singer",)),
    ("SELECT SUBSTRING(name FROM 1 FOR 1) FROM singer WHERE singer_id = 2", [("B",)], ("singer",)),
    ("SELECT TRIM(BOTH 'x' FROM name) FROM singer WHERE singer_id = 2", [("Bo",)], ("singer",)),
    ("WITH old AS (SELECT name FROM singer WHERE age > 20) SELECT name FROM old", [("Cy%",)], ("singer",)),
    (
        "SELECT s.name, d.n FROM singer s CROSS JOIN LATERAL (SELECT s.age * 2 AS n) d WHERE s.singer_id = 1",
        [("Ann", 18)],
        ("singer",),
    ),
    ("SELECT COUNT(*) FROM singer, generate_series(1, 2) AS g(n)", [(8,)], ("singer",)),
    ('SELECT COUNT(*) FROM singer s, "order" o WHERE s.singer_id = o.artistid', [(2,)], ("order", "singer")),
]


@pytest.mark.parametrize(("sql", "expected", "tables"), UNTOUCHED)
def test_what_follows_from_need_not_be_a_table(
    engines: Engines, sql: str, expected: list[tuple[Any, ...]], tables: tuple[str, ...]
) -> None:
    for dialect in ("postgres", "duckdb"):
        assert rows(engines[dialect], sql) == expected
        assert tables_of(sql, dialect) == tables


REPLIES = [
    "WITH t AS (SELECT name FROM singer WHERE nick = 'a;b') SELECT name FROM t",
    "SELECT name FROM singer WHERE nick IN ('a;b', 'WITH t AS') AND name LIKE 'C%'",
]


@pytest.mark.parametrize("sql", REPLIES)
@pytest.mark.parametrize("dialect", HERE)
def test_an_extracted_query_is_whole(engines: Engines, dialect: str, sql: str) -> None:
    found = extract_sql(f"Here's the query:\n```sql\n{sql};\n```\nIt's short; isn't it?", dialect)
    assert found == sql
    assert rows(engines[dialect], found) == [("Cy%",)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT singer_id FROM singer WHERE age % 2 = 0 ORDER BY 1", [(2,), (10,)]),
        ("SELECT name FROM singer WHERE name LIKE 'a%'", [("Ann",)]),
        ("SELECT name FROM singer WHERE name like '%N%'", [("Ann",)]),
        ("SELECT name FROM singer WHERE name LIKE '%!%' ESCAPE '!'", [("Cy%",)]),
        ("SELECT name FROM singer WHERE name GLOB '*n'", [("Ann",)]),
        ("SELECT '%', '*'", [("%", "*")]),
    ],
)
def test_sqlite_gets_modulo_and_like_as_they_are(engines: Engines, sql: str, expected: list[tuple[Any, ...]]) -> None:
    assert rows(engines["sqlite"], sql) == expected


def spelt(engine: Engine, name: str) -> str:
    """Return a table or column of the loaded schema as a person writes it in the engine's dialect."""
    schema = engine.schema()
    names = [table.name for table in schema.tables] + [c.name for table in schema.tables for c in table.columns]
    [found] = {each for each in names if each.lower() == name}
    return natural_identifier(found, engine.dialect).sql(engine.dialect)


@pytest.mark.parametrize("dialect", HERE)
def test_reserved_words_and_mixed_case_are_names(engines: Engines, dialect: str) -> None:
    engine = engines[dialect]
    group, full_name, artist, number, text, table = (
        spelt(engine, name) for name in ("group", "full name", "artistid", "select", "table", "order")
    )
    sql = f"SELECT {full_name}, {artist}, {number} FROM {table} WHERE {text} = 'q' AND {group} = 2"
    assert rows(engine, sql) == [("y", 1, 1.5)]


@pytest.mark.parametrize("dialect", HERE)
def test_a_column_can_be_named_with_its_table(engines: Engines, dialect: str) -> None:
    assert rows(engines[dialect], "SELECT singer.name FROM singer WHERE singer.age = 10") == [("Bo",)]


def test_a_whole_comparison_on_a_loaded_database(engines: Engines) -> None:
    engine = engines["postgres"]
    ordered = "SELECT name FROM singer ORDER BY hired"
    assert compare_queries(engine, ordered, f"WITH t AS (SELECT * FROM singer) {ordered}").label is Label.EXACT
    assert compare_queries(engine, ordered, "SELECT name FROM singer ORDER BY name").label is Label.MISMATCH
