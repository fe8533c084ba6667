"""Ties that nothing decides are found on real engines, total orders are left in peace."""

from collections.abc import Iterator

import pytest
from isogloss.tools.compare import compare, is_ordered
from isogloss.tools.determinism import arbitrary, tie_break_variants, volatile
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.outcome import Outcome

OPEN = [
    "SELECT name FROM products ORDER BY category LIMIT 3",
    "SELECT name FROM products LIMIT 3",
    "SELECT DISTINCT category FROM products LIMIT 2",
    "SELECT category, count(*) AS n FROM products GROUP BY category ORDER BY n LIMIT 2",
    "SELECT name, row_number() OVER (ORDER BY category) AS n FROM products",
    "SELECT name, lag(price) OVER (ORDER BY category) AS p FROM products",
    "SELECT name, sum(stock) OVER (ORDER BY category ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM products",
    "WITH a AS (SELECT category, name FROM products ORDER BY category LIMIT 4) SELECT name FROM a ORDER BY name",
    "SELECT o.order_id FROM orders AS o JOIN customers AS c USING (customer_id) ORDER BY c.country LIMIT 5",
]
DECIDED = [
    "SELECT name FROM products ORDER BY name LIMIT 3",
    "SELECT category FROM products ORDER BY category",
    "SELECT name, rank() OVER (ORDER BY category) AS r FROM products",
    "SELECT name, row_number() OVER (ORDER BY product_id) AS n FROM products",
    "SELECT name, sum(stock) OVER (ORDER BY category) AS s FROM products",
    "SELECT category, count(*) AS n FROM products GROUP BY category ORDER BY n, category LIMIT 2",
    "SELECT country FROM customers UNION SELECT category FROM products ORDER BY 1 LIMIT 3",
]
OPEN_NOT_SQLITE = [
    "SELECT DISTINCT ON (category) category, name FROM products ORDER BY category",
    "SELECT country, string_agg(name, ',') AS names FROM customers GROUP BY country",
]
DECIDED_NOT_SQLITE = [
    "SELECT DISTINCT ON (category) category, name FROM products ORDER BY category, name",
    "SELECT country, string_agg(name, ',' ORDER BY name) AS names FROM customers GROUP BY country",
]


@pytest.fixture(scope="module", params=DIALECTS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with open_engine(request.param, "shop") as opened:
        yield opened


def is_stable(engine: Engine, sql: str) -> bool:
    first = engine.execute(sql)
    assert first.outcome is Outcome.RUNS, first.error
    outcomes = []
    for variant in tie_break_variants(sql, engine.dialect, engine.schema()):
        again = engine.execute(variant)
        assert again.outcome is Outcome.RUNS, f"{variant}: {again.error}"
        outcomes.append(compare(first, again, is_ordered(sql, engine.dialect)))
    return all(outcome is Outcome.MATCH for outcome in outcomes)


def test_open_ties_are_found(engine: Engine) -> None:
    queries = OPEN if engine.dialect == "sqlite" else OPEN + OPEN_NOT_SQLITE
    assert [sql for sql in queries if is_stable(engine, sql)] == []


def test_total_orders_are_not_flagged(engine: Engine) -> None:
    queries = DECIDED if engine.dialect == "sqlite" else DECIDED + DECIDED_NOT_SQLITE
    assert [sql for sql in queries if not is_stable(engine, sql)] == []


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [("SELECT random()", "sqlite"), ("SELECT now()", "postgres"), ("SELECT a FROM t USING SAMPLE 3", "duckdb")],
)
def test_volatile_functions_are_known(sql: str, dialect: str) -> None:
    assert volatile(sql, dialect)


def test_what_sqlite_leaves_open_is_arbitrary() -> None:
    assert arbitrary("SELECT country, name FROM customers GROUP BY country", "sqlite")
    assert not arbitrary("SELECT category, name, max(price) FROM products GROUP BY category", "sqlite")
    assert arbitrary("SELECT country, group_concat(name) FROM customers GROUP BY country", "sqlite")
    ordered = "(SELECT country, name FROM customers ORDER BY name) AS s"
    assert not arbitrary(f"SELECT s.country, group_concat(s.name) FROM {ordered} GROUP BY s.country", "sqlite")
