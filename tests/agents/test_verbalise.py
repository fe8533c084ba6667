"""Questions say exactly what their queries compute."""

import random
from functools import cache

import pytest
import sqlglot
from isogloss.agents.grammar.fill import CannotFill, begin, finish
from isogloss.agents.verbalise.queries import question
from isogloss.agents.verbalise.scope import Unsayable
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from isogloss.tools.literals import missing_literals
from isogloss.tools.outcome import Outcome
from isogloss.tools.render import render
from isogloss.tools.schema import Schema
from isogloss.tools.sources import open_source
from isogloss.tools.templates import seed_templates


@cache
def shop() -> Schema:
    return open_source("shop").schema()


def say(sql: str, dialect: str = "postgres", seed: int = 0) -> str:
    return question(sqlglot.parse_one(sql, read=dialect), shop(), dialect, random.Random(seed))


SAID = [
    ("SELECT name FROM products WHERE price > 20", ["products whose price is", "20 euros"]),
    ("SELECT name FROM customers WHERE email IS NOT NULL", ["email address is known"]),
    (
        "SELECT STRING_AGG(DISTINCT CAST(stock AS TEXT), '-' ORDER BY CAST(stock AS TEXT) DESC) FROM products",
        ["separated by '-'", "in reverse alphabetical order"],
    ),
    ("SELECT name FROM customers WHERE email IS NULL", ["email address is missing"]),
    ("SELECT name FROM customers WHERE NOT country IN ('Spain', 'Italy')", ["country is not 'Spain' or 'Italy'"]),
    (
        "SELECT order_id FROM orders WHERE ordered_at BETWEEN '2024-01-01' AND '2024-02-01'",
        ["order time is between 2024-01-01 00:00 and 2024-02-01 00:00"],
    ),
    ("SELECT name FROM customers WHERE joined_on < '2022-01-01'", ["joining date is before 2022-01-01"]),
    ("SELECT name FROM products WHERE name LIKE 'A%'", ["name starts with 'A'"]),
    ("SELECT name FROM products WHERE name ILIKE '%pen%'", ["name contains 'pen', ignoring case"]),
    (
        "SELECT category, COUNT(*) FROM products GROUP BY category HAVING COUNT(*) > 3",
        ["number of products", "each category", "keeping only categories whose number of products is", "3"],
    ),
    (
        "SELECT c.name, o.status FROM customers AS c JOIN orders AS o ON o.customer_id = c.customer_id",
        ["customer name", "status of orders"],
    ),
    (
        "SELECT c.name, COUNT(o.order_id) FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.customer_id"
        " GROUP BY c.customer_id, c.name",
        ["each customer", "number of orders", "including customers without any orders"],
    ),
    (
        "SELECT c.name FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.customer_id"
        " WHERE o.order_id IS NULL",
        ["customers that have no orders"],
    ),
    (
        "SELECT c.name FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o"
        " WHERE o.customer_id = c.customer_id AND o.status = 'returned')",
        ["that have no orders whose status is 'returned'"],
    ),
    (
        "SELECT p.name FROM products AS p WHERE p.price > (SELECT AVG(q.price) FROM products AS q"
        " WHERE q.category = p.category)",
        ["average price of products with the same category"],
    ),
    (
        "SELECT c.name, o.ordered_at FROM customers AS c JOIN orders AS o ON o.customer_id = c.customer_id WHERE"
        " o.ordered_at = (SELECT MAX(x.ordered_at) FROM orders AS x WHERE x.customer_id = c.customer_id)",
        ["the latest order time of orders of the same customer"],
    ),
    (
        "WITH t AS (SELECT category, COUNT(*) AS n FROM products GROUP BY category)"
        " SELECT category FROM t WHERE n > (SELECT AVG(n) FROM t)",
        ["categories whose number of products is", "average number of products of all categories"],
    ),
    (
        "SELECT name, RANK() OVER (PARTITION BY category ORDER BY price DESC) AS r FROM products",
        ["rank", "ordered by price from highest to lowest within each category"],
    ),
    (
        "SELECT city FROM customers WHERE is_business INTERSECT SELECT city FROM customers WHERE NOT is_business",
        ["business flag is true that are also among", "business flag is not true"],
    ),
    (
        "SELECT DISTINCT ON (category) category, name, price FROM products ORDER BY category, price DESC",
        ["For each category", "take only the first product", "price from highest to lowest"],
    ),
    (
        "SELECT COUNT(*) FILTER (WHERE status = 'paid'), COUNT(*) FROM orders",
        ["number of orders whose status is 'paid' and the number of orders"],
    ),
    ("SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY price) FROM products", ["90th percentile of the price"]),
    ("SELECT name FROM products ORDER BY price DESC LIMIT 3", ["3", "price", "highest"]),
]


@pytest.mark.parametrize(("sql", "parts"), SAID)
@pytest.mark.parametrize("seed", range(5))
def test_every_phrasing_says_it(sql: str, parts: list[str], seed: int) -> None:
    said = say(sql, seed=seed)
    assert [part for part in parts if part not in said] == [], said


ELSEWHERE = [
    (
        "mysql",
        "SELECT order_id FROM orders WHERE ordered_at < DATE '2024-04-01' + INTERVAL 3 MONTH",
        ["before 2024-04-01 plus 3 months"],
    ),
    (
        "mysql",
        "SELECT name FROM products WHERE stock > 5 XOR price > 3",
        ["exactly one of two things holds: its stock", ", or its price"],
    ),
    (
        "mysql",
        "SELECT YEARWEEK(launched_on, 3), WEEKDAY(launched_on), DATE_FORMAT(launched_on, '%d.%m.%Y') FROM products",
        ["ISO year and week of the launch date", "(Monday is 0)", "in the format 'DD.MM.YYYY'"],
    ),
    ("mysql", "SELECT FORMAT(price, 2) FROM products", ["price written with thousands separators and 2 decimals"]),
    (
        "mysql",
        "SELECT city, SUM(email IS NULL) FROM customers GROUP BY city",
        ["number of customers whose email address is missing"],
    ),
    (
        "mysql",
        "SELECT COUNT(DISTINCT city, country) FROM customers",
        ["number of different combinations of city and country"],
    ),
    (
        "mysql",
        "SELECT COUNT(DISTINCT IF(city = 'Oslo', name, NULL)) FROM customers",
        ["number of different names of customers whose city is 'Oslo'"],
    ),
    ("mysql", "SELECT city, COUNT(*) FROM customers GROUP BY city WITH ROLLUP", ["with a grand total"]),
    (
        "mysql",
        "SELECT c.name, d.n FROM customers AS c LEFT JOIN (SELECT customer_id AS k, COUNT(*) AS n FROM orders"
        " GROUP BY customer_id) AS d ON d.k = c.customer_id",
        ["number of orders of customers", "including customers that have none"],
    ),
    ("mysql", "SELECT CAST(ordered_at AS CHAR(10)) FROM orders", ["first 10 characters of the order time"]),
    ("bigquery", "SELECT product_id, ROUND(price, -1) FROM products", ["price rounded to tens"]),
    ("bigquery", "SELECT name FROM customers WHERE city IN UNNEST(['Oslo', 'Bern'])", ["'Oslo' or 'Bern'"]),
    ("bigquery", "SELECT SPLIT(name, ' ')[SAFE_OFFSET(1)] FROM products", ["second part of the", "name split at ' '"]),
    (
        "bigquery",
        "SELECT PERCENTILE_CONT(price, 0.5) OVER (PARTITION BY category) FROM products",
        ["median price within each category"],
    ),
    (
        "bigquery",
        "SELECT status, ROUND(100 * COUNTIF(shipping_fee > 5) / COUNT(*), 1) FROM orders GROUP BY status",
        ["percentage of the number of orders whose shipping fee is", "in the number of orders rounded to 1 decimal"],
    ),
    (
        "oracle",
        "SELECT c.email FROM customers c, orders o WHERE c.customer_id = o.customer_id (+) AND o.customer_id IS NULL",
        ["customers that have no orders"],
    ),
    (
        "oracle",
        "SELECT c.name, COUNT(o.order_id) FROM customers c, orders o WHERE c.customer_id = o.customer_id (+)"
        " GROUP BY c.customer_id, c.name",
        ["each customer", "including customers without any orders"],
    ),
    (
        "oracle",
        "SELECT city, SUM(DECODE(country, 'Spain', 1, 0)) FROM customers GROUP BY city",
        ["number of customers whose country is 'Spain'"],
    ),
    (
        "mysql",
        "SELECT name FROM products WHERE (price > 43) IS NOT TRUE",
        ["for which it is not true that the price is"],
    ),
    ("mysql", "SELECT name FROM products WHERE ABS(price - 5) < 2", ["absolute (price minus 5) is"]),
    ("oracle", "SELECT RTRIM(status, 'ed') FROM orders", ["status without trailing characters of 'ed'"]),
    ("oracle", "SELECT name FROM products WHERE LNNVL(weight_kg >= 2)", ["weight is", "2 kilograms or missing"]),
    ("oracle", "SELECT ordered_at + NUMTODSINTERVAL(3, 'HOUR') FROM orders", ["order time plus 3 hours"]),
    (
        "oracle",
        "SELECT status, RATIO_TO_REPORT(COUNT(*)) OVER () FROM orders GROUP BY status",
        ["share (0 to 1) of the number of orders in the total over all groups"],
    ),
    (
        "oracle",
        "SELECT COUNT(*) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW)"
        " FROM orders",
        ["over the orders whose order time is in the 30 days up to that of the current order"],
    ),
    (
        "oracle",
        "SELECT LAG(shipping_fee, 1, 0) OVER (ORDER BY order_id) FROM orders",
        ["shipping fee of the previous order", "(or 0 where there is none)"],
    ),
    (
        "oracle",
        "SELECT LAST_VALUE(shipping_fee) IGNORE NULLS OVER (ORDER BY order_id) FROM orders",
        ["last known shipping fee up to the current order", "orders"],
    ),
    ("oracle", "SELECT name FROM products ORDER BY price FETCH FIRST 10 PERCENT ROWS ONLY", ["first 10 percent"]),
]


@pytest.mark.parametrize(("dialect", "sql", "parts"), ELSEWHERE)
def test_the_words_of_other_dialects(dialect: str, sql: str, parts: list[str]) -> None:
    for seed in range(3):
        said = say(sql, dialect, seed)
        assert [part for part in parts if part not in said] == [], said


UNSAYABLE = [
    "SELECT status FROM orders GROUP BY customer_id, status",
    "SELECT ROW_NUMBER() OVER (ORDER BY c.joined_on) FROM orders o JOIN customers c ON o.customer_id = c.customer_id",
    "SELECT CAST(name AS DATE) FROM customers",
    "SELECT o.status, SUM(c.credit_limit) FROM orders o JOIN customers c ON o.customer_id = c.customer_id GROUP BY 1",
    "SELECT c.customer_id, AVG(c.credit_limit) FROM orders o JOIN customers c ON o.customer_id = c.customer_id"
    " GROUP BY c.customer_id",
    "SELECT product_id, COUNT(*) FROM products GROUP BY product_id",
    "SELECT name, price, name FROM products",
    "SELECT name, price * POWER(1 + 3 / 100, 10) FROM products",
    "SELECT SUBSTR(name, -3, 2) FROM products",
    "SELECT AVG(price) OVER (ORDER BY price ROWS 2 PRECEDING EXCLUDE CURRENT ROW) FROM products",
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
    "SELECT c.name FROM customers AS c JOIN products AS p ON c.name = p.name",
    "SELECT TRIM(BOTH city FROM name) FROM customers",
    "SELECT c.city, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id GROUP BY c.city",
    "SELECT * FROM products",
]


@pytest.mark.parametrize("sql", UNSAYABLE)
def test_what_has_no_faithful_words_is_refused(sql: str) -> None:
    with pytest.raises(Unsayable):
        say(sql)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_filled_seeds_run_and_their_questions_mention_every_literal(dialect: str) -> None:
    done = 0
    with open_engine(dialect, "shop") as engine:
        for template in seed_templates(dialect):
            rng = random.Random(template.seed)
            try:
                filling = begin(template.sql, dialect, shop(), rng)
                samples = {place: engine.sample_values(*place) for place in filling.wanted}
                sql = render(finish(filling, plain(samples)), dialect)
                said = [say(sql, dialect, seed) for seed in range(3)]
            except (CannotFill, Unsayable):
                continue
            execution = engine.execute(sql)
            refused = execution.outcome is Outcome.ERROR and "round(" not in str(execution.error)
            assert not refused, f"{sql}: {execution.error}"
            assert [q for q in said if missing_literals(q, sql, dialect)] == [], sql
            done += 1
    assert done >= 130


def plain(samples: dict[tuple[str, str], list[object]]) -> dict[tuple[str, str], list[object]]:
    """Values as the agents' tool gives them: JSON knows numbers, texts and booleans."""
    return {
        place: [v if isinstance(v, int | float | bool) else float(str(v)) if number(v) else str(v) for v in values]
        for place, values in samples.items()
    }


def number(value: object) -> bool:
    return type(value).__name__ == "Decimal"
