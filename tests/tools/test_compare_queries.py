"""Comparing queries on the real engines: sessions apart, order by syntax tree, gold that hangs on chance."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from isogloss.tools.compare import Label
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.ordering import is_ordered, ranked
from isogloss.tools.outcome import Limits, Outcome
from isogloss.tools.query_comparison import compare_queries

DIALECTS = ("duckdb", "postgres", "sqlite")


def rows_of(table: str) -> list[tuple[str, ...]]:
    with Path(__file__).with_name(table).open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


CASES, ELSEWHERE = rows_of("comparison_queries.tsv"), rows_of("comparison_queries_elsewhere.tsv")


@pytest.fixture(scope="module", params=DIALECTS)
def sessions(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Engine]]:
    with (
        open_engine(request.param, "shop", workers=1, limits=Limits(seconds=10, rows=10_000)) as engine,
        engine.apart() as apart,
    ):
        yield engine, apart


@pytest.mark.parametrize(("gold", "predicted", "label"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_labelled_queries(sessions: tuple[Engine, Engine], gold: str, predicted: str, label: str) -> None:
    engine, apart = sessions
    comparison = compare_queries(engine, gold, predicted, apart=apart)
    assert comparison.label == label, comparison.reason


def test_a_prediction_that_takes_too_long_is_a_timeout() -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    with open_engine("sqlite", "shop", workers=1, limits=Limits(seconds=0.3)) as engine:
        comparison = compare_queries(engine, "SELECT COUNT(*) FROM orders", endless)
    assert comparison.label is Label.TIMEOUT
    assert comparison.reason == "stopped after 0.3 s"


def test_gold_that_does_not_run_is_bad_input(sessions: tuple[Engine, Engine]) -> None:
    engine, apart = sessions
    with pytest.raises(UsageError, match=r"the gold query does not run \(error\): unknown_column: .*titel"):
        compare_queries(engine, "SELECT titel FROM products", "SELECT name FROM products", apart=apart)


def test_gold_and_prediction_never_share_a_connection() -> None:
    pid = "SELECT pg_backend_pid() AS pid, COUNT(*) FROM orders"
    with open_engine("postgres", "shop", workers=1) as engine:
        [(gold, _)] = engine.execute(pid).rows
        comparison = compare_queries(engine, "SELECT COUNT(*) FROM orders", pid)
        [(after, _)] = engine.execute(pid).rows
    [(predicted, _)] = comparison.predicted.rows
    assert gold == after != predicted


def test_a_prediction_that_ends_its_process_leaves_gold_alone() -> None:
    with open_engine("postgres", "shop", workers=1) as engine:
        before = engine.execute("SELECT pg_backend_pid()").rows
        comparison = compare_queries(engine, "SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())")
        assert comparison.outcome is Outcome.ERROR
        assert engine.execute("SELECT pg_backend_pid()").rows == before


RANKS = [
    ("SELECT product_id FROM products", None),
    ("SELECT category FROM (SELECT DISTINCT category FROM products) AS c ORDER BY category LIMIT 3", [0, 1, 2]),
    ("SELECT customer_id, country FROM customers WHERE customer_id < 4 ORDER BY customer_id > 1", [0, 1, 1]),
    ("SELECT customer_id AS a FROM customers WHERE customer_id < 4 ORDER BY 1 DESC", [0, 1, 2]),
    ("SELECT 5 AS a FROM customers WHERE customer_id < 4 ORDER BY a, 1", [0, 0, 0]),
]


@pytest.mark.parametrize(("sql", "ranks"), RANKS)
def test_ranks_are_equal_for_ties_alone(sessions: tuple[Engine, Engine], sql: str, ranks: list[int] | None) -> None:
    engine, _ = sessions
    _, found = ranked(engine, engine.execute(sql))
    assert (found if found is None else list(found)) == ranks


def test_where_a_key_cannot_be_shown_the_whole_order_counts() -> None:
    with open_engine("sqlite", "shop", workers=1) as engine:
        gold = engine.execute("SELECT DISTINCT category FROM products ORDER BY LENGTH(category)")
        assert ranked(engine, gold) == (gold, range(len(gold.rows)))


def test_only_the_outermost_order_counts() -> None:
    assert is_ordered("SELECT a FROM t ORDER BY a", "postgres")
    assert is_ordered("(SELECT a FROM t ORDER BY a)", "postgres")
    assert is_ordered("WITH t AS (SELECT 1 AS a) SELECT a FROM t UNION SELECT 2 ORDER BY 1", "postgres")
    assert not is_ordered("SELECT a FROM (SELECT a FROM t ORDER BY a) AS s", "postgres")
    assert not is_ordered("(SELECT a FROM t) UNION ALL (SELECT a FROM t ORDER BY a)", "postgres")
    assert not is_ordered("WITH t AS (SELECT a FROM u ORDER BY a) SELECT a FROM t", "postgres")
    assert not is_ordered("SELECT rank() OVER (ORDER BY a) FROM t", "postgres")
    assert not is_ordered("SELECT 'order by'", "postgres")
    assert not is_ordered("SELECT FROM ORDER BY )", "postgres")


@pytest.mark.parametrize("dialect", ["bigquery", "mysql", "oracle"])
def test_labelled_queries_elsewhere(dialect: str) -> None:
    with open_engine(dialect, "shop", workers=1) as engine, engine.apart() as apart:
        for _, gold, predicted, label in (case for case in ELSEWHERE if case[0] == dialect):
            comparison = compare_queries(engine, gold, predicted, apart=apart)
            assert comparison.label == label, f"{predicted}: {comparison.reason}"


ACROSS = [
    "SELECT * FROM customers ORDER BY customer_id",
    "SELECT * FROM products",
    "SELECT * FROM orders",
    "SELECT product_id, AVG(unit_price * quantity * 1.0) FROM order_lines GROUP BY product_id ORDER BY 2 DESC",
]


def test_one_database_is_the_same_in_two_dialects() -> None:
    with open_engine("sqlite", "shop", workers=1) as sqlite, open_engine("postgres", "shop", workers=1) as postgres:
        labels = [compare_queries(sqlite, sql, sql, apart=postgres).label for sql in ACROSS]
        back = [compare_queries(postgres, sql, sql, apart=sqlite).label for sql in ACROSS]
    assert labels == back == [Label.EXACT] * len(ACROSS)
