"""Skeletons tell duplicates, and SQL is written as people write it."""

import sqlite3
from contextlib import closing
from itertools import product

import pytest
from isogloss.tools.render import render
from isogloss.tools.skeleton import shared_skeleton, skeleton
from isogloss.tools.transpile import transpile
from sqlglot import parse_one

SAME = [
    ("SELECT a FROM t WHERE b = 1", "select x.c as n from other as x where x.d = 'e'"),
    ("SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN ('x', 'y', 'z')"),
    ("SELECT COUNT(*) FROM t LIMIT 1", "SELECT count(*) FROM u\nLIMIT 20 -- all"),
    ("WITH a AS (SELECT b FROM c) SELECT b FROM a", "WITH d AS (SELECT e FROM f) SELECT g.e FROM d AS g"),
]
DIFFERENT = [
    ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b > 1"),
    ("SELECT MAX(a) FROM t", "SELECT MIN(a) FROM t"),
    ("SELECT a FROM t", "SELECT DISTINCT a FROM t"),
    ("SELECT a FROM t", "SELECT a, b FROM t"),
    ("SELECT a FROM t ORDER BY b", "SELECT a FROM t ORDER BY b DESC"),
    ("SELECT myfunc(a) FROM t", "SELECT yourfunc(a) FROM t"),
]
DIALECTS = ("duckdb", "postgres", "sqlite")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_and_values_do_not_count(one: str, other: str, dialect: str) -> None:
    assert skeleton(one, dialect) == skeleton(other, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_keywords_and_functions_count(one: str, other: str, dialect: str) -> None:
    assert skeleton(one, dialect) != skeleton(other, dialect)


def test_a_skeleton_shows_the_shape() -> None:
    sql = "SELECT c.name, COUNT(*) AS n FROM c WHERE c.city = 'Rome' GROUP BY c.name HAVING COUNT(*) > 3"
    assert skeleton(sql, "postgres") == "SELECT x, COUNT(*) FROM x WHERE x = ? GROUP BY x HAVING COUNT(*) > ?"


def test_what_cannot_be_parsed_is_its_own_skeleton() -> None:
    assert skeleton("SELECT  FROM\nWHERE (", "sqlite") == "select from where ("


CONDITIONS = [
    "NOT a IS NULL",
    "NOT a IN (1, 2) AND NOT (a = 1 OR b = 2)",
    "NOT a LIKE 'x%' AND NOT a BETWEEN 1 AND 2 AND NOT EXISTS(SELECT 1 WHERE b = 3)",
    "NOT a + 1 IN (SELECT b FROM t) AND NOT a LIKE 'x!%' ESCAPE '!'",
    "NOT a NOT LIKE '1%' OR NOT a IS NOT NULL",
    "NOT a OR NOT b > 1",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_rendering_changes_the_words_alone(condition: str) -> None:
    sql = f"SELECT a, b FROM t WHERE {condition}"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a, b)")
        values = (None, 0, 1, 2, 3, "x", "xy")
        connection.executemany("INSERT INTO t VALUES (?, ?)", product(values, values))
        rendered = render(parse_one(sql, read="sqlite"), "sqlite")
        assert connection.execute(rendered).fetchall() == connection.execute(sql).fetchall()
        assert render(parse_one(rendered, read="sqlite"), "sqlite") == rendered


@pytest.mark.parametrize("dialect", DIALECTS)
def test_negations_and_placeholders_are_natural(dialect: str) -> None:
    sql = "SELECT a FROM t WHERE a IS NOT NULL AND a NOT IN (:value_1, 2) AND a NOT LIKE :pattern_1"
    assert render(parse_one(sql, read=dialect), dialect) == sql


@pytest.mark.parametrize("target", ["duckdb", "sqlite"])
@pytest.mark.parametrize("order", ["a", "a DESC"])
def test_default_null_order_stays_unsaid(order: str, target: str) -> None:
    sql = f"SELECT a FROM t ORDER BY {order}"
    assert transpile(sql, "postgres", target) == sql


def test_null_order_that_was_said_is_kept() -> None:
    assert transpile("SELECT a FROM t ORDER BY a NULLS FIRST", "sqlite", "postgres").endswith("NULLS FIRST")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("SELECT a FROM t LIMIT 3", "sqlite"), ("SELECT b FROM u FETCH FIRST 9 ROWS ONLY", "oracle")),
        (("SELECT a FROM t ORDER BY b", "mysql"), ("SELECT a FROM t ORDER BY b NULLS FIRST", "postgres")),
        (("SELECT IFNULL(a, 1) FROM t", "sqlite"), ("SELECT COALESCE(a, 2) FROM t", "postgres")),
    ],
)
def test_a_shared_skeleton_is_the_same_in_other_dialects(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert shared_skeleton(*one) == shared_skeleton(*other)
    assert shared_skeleton(*one) != shared_skeleton("SELECT a, b FROM t", one[1])


def test_what_cannot_be_parsed_is_its_own_shared_skeleton() -> None:
    assert shared_skeleton("Not  SQL (((", "sqlite") == "not sql ((("
