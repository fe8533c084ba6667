"""Ties, on the real engines: what they leave open is found, what is decided is not flagged."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from isogloss.tools.compare import compare
from isogloss.tools.determinism import arbitrary, tie_break_variants, volatile
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.outcome import Outcome

ALL = ("duckdb", "postgres", "sqlite")
TYPED = ("duckdb", "postgres")


class Case(NamedTuple):
    sql: str
    dialects: tuple[str, ...] = ALL


OPEN = [
    Case("SELECT name FROM products LIMIT 3"),
    Case("SELECT product_id, order_id, MIN(quantity) FROM order_lines GROUP BY product_id", ("sqlite",)),
    Case("SELECT order_id, MIN(quantity) AS fewest FROM order_lines WHERE quantity > 1", ("sqlite",)),
    Case("SELECT category, name FROM products ORDER BY category LIMIT 3"),
    Case("SELECT * FROM order_lines ORDER BY quantity LIMIT 5"),
    Case("SELECT name FROM products ORDER BY category OFFSET 4", TYPED),
    Case("SELECT name FROM products ORDER BY category FETCH FIRST 2 ROWS ONLY", ("postgres",)),
    Case("SELECT category FROM products GROUP BY category ORDER BY COUNT(*) DESC LIMIT 1"),
    Case("SELECT DISTINCT city, country FROM customers ORDER BY country LIMIT 2"),
    Case("SELECT name FROM customers UNION SELECT name FROM products LIMIT 4"),
    Case("(SELECT name FROM products) LIMIT 4", TYPED),
    Case("SELECT name, ROW_NUMBER() OVER (ORDER BY category) AS place FROM products"),
    Case("SELECT name, ROW_NUMBER() OVER (PARTITION BY category) AS place FROM products"),
    Case("SELECT name, ROW_NUMBER() OVER w, RANK() OVER w FROM products WINDOW w AS (ORDER BY category)"),
    Case("SELECT name, LAG(name) OVER (ORDER BY category) FROM products"),
    Case("SELECT category, FIRST_VALUE(name) OVER (PARTITION BY category ORDER BY discontinued) FROM products"),
    Case("SELECT name, SUM(stock) OVER (ORDER BY category ROWS UNBOUNDED PRECEDING) FROM products"),
    Case("SELECT MAX(c.name) FROM (SELECT * FROM customers ORDER BY country LIMIT 5) AS c"),
    Case("WITH few AS (SELECT p.* FROM products AS p LIMIT 6) SELECT SUM(stock) FROM few"),
    Case(
        "WITH placed AS (SELECT o.customer_id, o.status, ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY "
        "o.status) AS place, o.order_id FROM orders AS o) SELECT customer_id, order_id FROM placed WHERE place = 1"
    ),
    Case("WITH products AS (SELECT * FROM products) SELECT * FROM products ORDER BY category LIMIT 3", ("postgres",)),
    Case("SELECT category, ROW_NUMBER() OVER (ORDER BY COUNT(*)) FROM products GROUP BY category"),
    Case("SELECT DISTINCT ON (category) category, name FROM products ORDER BY category", TYPED),
    Case("SELECT STRING_AGG(name, ', ') FROM products", TYPED),
    Case("SELECT STRING_AGG(name, ', ' ORDER BY category) FROM products", TYPED),
    Case("SELECT category, ARRAY_AGG(name) FROM products GROUP BY category", TYPED),
    Case("SELECT ARRAY(SELECT name FROM products ORDER BY category)", TYPED),
    Case("SELECT JSON_AGG(name) FROM products", ("postgres",)),
    Case("SELECT JSON_AGG(JSON_BUILD_OBJECT('name', name) ORDER BY category) FROM products", ("postgres",)),
    Case("SELECT JSONB_AGG(name) FROM products", ("postgres",)),
    Case("SELECT JSON_OBJECT_AGG(category, name) FROM products", ("postgres",)),
    Case("SELECT category, ANY_VALUE(name) FROM products GROUP BY category", TYPED),
    Case("SELECT category, FIRST(name) FROM products GROUP BY category", ("duckdb",)),
    Case("SELECT ARG_MAX(name, category) FROM products", ("duckdb",)),
    Case("SELECT LIST(name ORDER BY category) FROM products", ("duckdb",)),
    Case("SELECT GROUP_CONCAT(name) FROM (SELECT name FROM products ORDER BY category) AS p", ("sqlite",)),
    Case("SELECT category, name FROM products GROUP BY category", ("sqlite",)),
    Case("SELECT name, COUNT(*) FROM products", ("sqlite",)),
    Case("SELECT g.name FROM (SELECT p.name, COUNT(*) FROM products AS p GROUP BY category) AS g", ("sqlite",)),
]

DECIDED = [
    Case("SELECT name, MAX(price) FROM products", ("sqlite",)),
    Case(
        "SELECT category, name, COUNT(*) AS n, MAX(price) FROM products GROUP BY category ORDER BY MAX(price)",
        ("sqlite",),
    ),
    Case("SELECT name FROM products ORDER BY name LIMIT 3"),
    Case("SELECT * FROM products AS p ORDER BY p.product_id LIMIT 3 OFFSET 2"),
    Case("SELECT category FROM products ORDER BY category LIMIT 5"),
    Case("SELECT DISTINCT status FROM orders ORDER BY status LIMIT 2"),
    Case("SELECT COUNT(*) FROM orders LIMIT 1"),
    Case("SELECT name FROM customers LIMIT 1000"),
    Case("SELECT name, ROW_NUMBER() OVER (ORDER BY name) AS place FROM products"),
    Case("SELECT name, LEAD(name) OVER (PARTITION BY category ORDER BY product_id) FROM products"),
    Case("SELECT order_id, SUM(quantity) OVER (ORDER BY order_id, product_id ROWS 2 PRECEDING) FROM order_lines"),
    Case("SELECT category, COUNT(*), ROW_NUMBER() OVER (ORDER BY COUNT(*), category) FROM products GROUP BY 1"),
    Case(
        "SELECT x.name FROM (SELECT name, ROW_NUMBER() OVER (ORDER BY name DESC) AS n FROM products) AS x WHERE n < 4"
    ),
    Case("SELECT name FROM products UNION ALL SELECT name FROM products ORDER BY 1 LIMIT 4"),
    Case("SELECT p.name FROM products AS p JOIN order_lines AS l USING (product_id) ORDER BY p.name LIMIT 9"),
    Case("SELECT STRING_AGG(name, ', ' ORDER BY name) FROM products WHERE price > 50", TYPED),
    Case("SELECT STRING_AGG(DISTINCT category, ', ' ORDER BY category) FROM products", TYPED),
    Case("SELECT ARRAY_AGG(p.name) FROM (SELECT name FROM products ORDER BY name) AS p", TYPED),
    Case("SELECT DISTINCT ON (category) category, price FROM products ORDER BY category, price DESC", TYPED),
    Case("SELECT c.name, COUNT(*) FROM customers AS c JOIN orders AS o USING (customer_id) GROUP BY 1", TYPED),
    Case("SELECT GROUP_CONCAT(name) FROM (SELECT name FROM products ORDER BY name) AS p", ("sqlite",)),
    Case("SELECT c.name, COUNT(*) FROM customers AS c JOIN orders AS o USING (customer_id) GROUP BY 1", ("sqlite",)),
    Case(
        "SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id "
        "GROUP BY o.customer_id ORDER BY COUNT(*), c.name",
        ("sqlite",),
    ),
    Case("SELECT category, name, MIN(product_id) FROM products GROUP BY category", ("sqlite",)),
]

NOT_ABOUT_ORDER = [
    Case("SELECT name FROM products ORDER BY category"),
    Case("SELECT name, RANK() OVER (ORDER BY category), CUME_DIST() OVER (ORDER BY price) FROM products"),
    Case("SELECT name, SUM(stock) OVER (PARTITION BY category ORDER BY price) FROM products"),
    Case("SELECT category, MAX(price) FROM products GROUP BY category HAVING COUNT(*) > 2"),
    Case("SELECT order_id, quantity, MIN(quantity) FROM order_lines GROUP BY order_id", ("sqlite",)),
    Case("SELECT category, COUNT(*) FILTER (WHERE stock > 0) FROM products GROUP BY category"),
    Case("SELECT name FROM products ORDER BY category FETCH FIRST 2 ROWS WITH TIES", ("postgres",)),
]


def _on_engines(cases: list[Case]) -> list[tuple[str, str]]:
    return [(dialect, case.sql) for case in cases for dialect in case.dialects]


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    opened = {dialect: open_engine(dialect, "shop", workers=1) for dialect in ALL}
    yield opened
    for engine in opened.values():
        engine.close()


def _matches(engine: Engine, sql: str) -> list[bool]:
    """Execute ``sql`` and its variants, each of which must run; say which of them match."""
    first = engine.execute(sql)
    assert first.outcome is Outcome.RUNS, first.error
    variants = tie_break_variants(sql, engine.dialect, engine.schema())
    found = [engine.execute(variant) for variant in variants]
    for each in found:
        assert each.outcome is Outcome.RUNS, f"{each.sql}: {each.error}"
    return [compare(first, each, ordered=False) is Outcome.MATCH for each in found]


@pytest.mark.parametrize(("dialect", "sql"), _on_engines(OPEN))
def test_a_tie_is_found(engines: dict[str, Engine], dialect: str, sql: str) -> None:
    matches = _matches(engines[dialect], sql)
    assert len(matches) == 2
    assert not all(matches)


@pytest.mark.parametrize(("dialect", "sql"), _on_engines(DECIDED))
def test_what_is_decided_matches(engines: dict[str, Engine], dialect: str, sql: str) -> None:
    assert all(_matches(engines[dialect], sql))


@pytest.mark.parametrize(("dialect", "sql"), _on_engines(NOT_ABOUT_ORDER))
def test_what_no_order_decides_has_no_variants(engines: dict[str, Engine], dialect: str, sql: str) -> None:
    assert engines[dialect].execute(sql).outcome is Outcome.RUNS
    assert tie_break_variants(sql, dialect, engines[dialect].schema()) == []


@pytest.mark.parametrize(
    ("dialect", "expression"),
    [
        *((dialect, name) for dialect in ALL for name in ("RANDOM()", "CURRENT_TIMESTAMP", "CURRENT_DATE")),
        *((dialect, name) for dialect in TYPED for name in ("NOW()", "'now'::DATE", "GEN_RANDOM_UUID()", "AGE(a)")),
        *(("sqlite", name) for name in ("DATE('now')", "DATETIME()", "STRFTIME('%Y', 'now')", "DATE()")),
        ("postgres", "CLOCK_TIMESTAMP()"),
        ("postgres", "LOCALTIMESTAMP"),
        ("duckdb", "TODAY()"),
        ("duckdb", "UUID()"),
    ],
)
def test_volatile_functions(dialect: str, expression: str) -> None:
    assert volatile(f"SELECT {expression} FROM t", dialect)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT * FROM orders TABLESAMPLE BERNOULLI (10)"),
        ("duckdb", "SELECT * FROM orders USING SAMPLE 5"),
    ],
)
def test_samples_are_volatile(dialect: str, sql: str) -> None:
    assert volatile(sql, dialect)


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize("expression", ["DATE('2024-01-01')", "a = 'now'", "UPPER(a)", "EXTRACT(YEAR FROM a)"])
def test_other_expressions_are_not_volatile(dialect: str, expression: str) -> None:
    assert not volatile(f"SELECT {expression} FROM t", dialect)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT GROUP_CONCAT(name) FROM products", True),
        ("SELECT JSON_GROUP_ARRAY(name) FROM (SELECT name FROM products) AS p", True),
        ("SELECT GROUP_CONCAT(name) FROM (SELECT name FROM products ORDER BY name) AS p", False),
        ("WITH p AS (SELECT name FROM products ORDER BY name) SELECT GROUP_CONCAT(name) FROM p", False),
        ("SELECT COUNT(*) FROM products", False),
    ],
)
def test_lists_collected_unsorted_in_sqlite_are_arbitrary(sql: str, expected: bool) -> None:
    assert arbitrary(sql, "sqlite") is expected
    assert not arbitrary(sql, "postgres")
