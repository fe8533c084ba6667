"""Seeds become templates that keep their structure, in every dialect, whatever the schema is called."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from isogloss.tools.abstraction import _Abstraction
from isogloss.tools.engines import engine_status, open_engine
from isogloss.tools.outcome import Outcome
from isogloss.tools.qualified import qualified
from isogloss.tools.schema import Column, ForeignKey, Schema, Table
from isogloss.tools.seed_files import read_sql_seeds
from isogloss.tools.sources import open_source
from isogloss.tools.templates import UnsupportedSeed, abstract, seed_templates
from isogloss.tools.transpile import transpile
from sqlglot import exp, parse_one

DIALECTS = ("duckdb", "postgres", "sqlite")
SEED_FILES = sorted((Path(__file__).parents[2] / "tools" / "seeds").glob("*.sql"))
SEEDS = {seed.name: seed for file in SEED_FILES for seed in read_sql_seeds(file, "postgres")}
SHOP = next(iter(SEEDS.values())).schema

SAME_IN_ALL_DIALECTS = [
    ("SELECT name FROM customers", "SELECT t1.text_1 FROM table_1 AS t1"),
    ("SELECT * FROM customers c", "SELECT * FROM table_1 AS t1"),
    ("SELECT c.* FROM customers c", "SELECT t1.* FROM table_1 AS t1"),
    ("SELECT count(*) FROM orders", "SELECT COUNT(*) AS out_1 FROM table_1 AS t1"),
    (
        "SELECT name, price, launched_on, discontinued, product_id FROM products",
        "SELECT t1.text_1, t1.number_1, t1.date_1, t1.flag_1, t1.key_1 FROM table_1 AS t1",
    ),
    (
        "SELECT name FROM customers ORDER BY name LIMIT 3",
        "SELECT t1.text_1 FROM table_1 AS t1 ORDER BY t1.text_1 LIMIT 3",
    ),
    (
        "SELECT country, COUNT(*) FROM customers GROUP BY 1 ORDER BY 2 DESC",
        "SELECT t1.text_1, COUNT(*) AS out_1 FROM table_1 AS t1 GROUP BY t1.text_1 ORDER BY out_1 DESC",
    ),
    (
        "SELECT c.name, SUM(o.shipping_fee) FROM customers c JOIN orders o USING (customer_id) GROUP BY c.customer_id",
        "SELECT t1.text_1, SUM(t2.number_1) AS out_1 FROM table_1 AS t1 "
        "JOIN table_2 AS t2 ON t1.key_1 = t2.key_1 GROUP BY t1.key_1, t1.text_1",
    ),
    (
        "SELECT c.name, r.name FROM customers c JOIN customers r ON c.referred_by = r.customer_id",
        "SELECT t1.text_1, t2.text_1 FROM table_1 AS t1 JOIN table_1 AS t2 ON t1.key_1 = t2.key_2",
    ),
    (
        "SELECT a.name FROM customers a JOIN customers b ON a.city = b.city WHERE NOT b.is_business",
        "SELECT t1.text_1 FROM table_1 AS t1 JOIN table_1 AS t2 ON t1.text_2 = t2.text_2 WHERE NOT t2.flag_1",
    ),
    (
        "SELECT name FROM products WHERE price > 3 AND name LIKE 'A%' "
        "AND name NOT IN ('x', 'y') AND discontinued = TRUE",
        "SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.number_1 > :value_1 AND t1.text_1 LIKE :pattern_1 "
        "AND t1.text_1 NOT IN (:value_2, :value_3) AND t1.flag_1 = :value_4",
    ),
    (
        "SELECT name FROM products WHERE launched_on >= CAST('2023-01-01' AS DATE) AND price < -2 "
        "AND LOWER(name) = LOWER('X')",
        "SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.date_1 >= :value_1 AND t1.number_1 < :value_2 "
        "AND LOWER(t1.text_1) = LOWER(:value_3)",
    ),
    (
        "SELECT CASE status WHEN 'paid' THEN 1 ELSE 0 END AS p FROM orders WHERE 1 = 1 AND status || '-' <> 'a'",
        "SELECT CASE t1.text_1 WHEN :value_1 THEN 1 ELSE 0 END AS out_1 FROM table_1 AS t1 "
        "WHERE 1 = 1 AND t1.text_1 || '-' <> :value_2",
    ),
    (
        "SELECT CASE WHEN price > 5 THEN 'a' ELSE 'b' END AS x, COUNT(*) FROM products "
        "GROUP BY CASE WHEN price > 5 THEN 'a' ELSE 'b' END",
        "SELECT CASE WHEN t1.number_1 > :value_1 THEN 'a' ELSE 'b' END AS out_1, COUNT(*) AS out_2 "
        "FROM table_1 AS t1 GROUP BY CASE WHEN t1.number_1 > :value_1 THEN 'a' ELSE 'b' END",
    ),
    (
        "SELECT x.k FROM (SELECT name AS k, ROW_NUMBER() OVER (ORDER BY price) AS r FROM products) x WHERE x.r <= 2",
        "SELECT sub_1.out_1 FROM (SELECT t1.text_1 AS out_1, "
        "ROW_NUMBER() OVER (ORDER BY t1.number_1) AS out_2 "
        "FROM table_1 AS t1) AS sub_1 WHERE sub_1.out_2 <= 2",
    ),
    (
        "WITH a AS (SELECT city, COUNT(*) AS n FROM customers GROUP BY city), "
        "b AS (SELECT city, n FROM a WHERE n > 1) "
        "SELECT b.city FROM b WHERE b.n = (SELECT MAX(n) FROM a)",
        "WITH cte_1 AS (SELECT t1.text_1 AS out_1, COUNT(*) AS out_2 FROM table_1 AS t1 GROUP BY t1.text_1), "
        "cte_2 AS (SELECT c1.out_1, c1.out_2 FROM cte_1 AS c1 WHERE c1.out_2 > :value_1) "
        "SELECT c2.out_1 FROM cte_2 AS c2 WHERE c2.out_2 = (SELECT MAX(c3.out_2) FROM cte_1 AS c3)",
    ),
    (
        "SELECT name AS n FROM customers UNION SELECT name FROM products ORDER BY n",
        "SELECT t1.text_1 AS out_1 FROM table_1 AS t1 UNION SELECT t2.text_1 FROM table_2 AS t2 ORDER BY out_1",
    ),
    (
        "SELECT DISTINCT name AS n, price FROM products ORDER BY n, price",
        "SELECT DISTINCT t1.text_1 AS out_1, t1.number_1 FROM table_1 AS t1 ORDER BY out_1, t1.number_1",
    ),
    (
        "WITH a AS (SELECT city, 1 AS n FROM customers UNION SELECT status, COUNT(*) FROM orders GROUP BY 1) "
        "SELECT city FROM a",
        "WITH cte_1 AS (SELECT t1.text_1 AS out_1, 1 AS out_2 FROM table_1 AS t1 UNION "
        "SELECT t2.text_1, COUNT(*) FROM table_2 AS t2 GROUP BY t2.text_1) SELECT c1.out_1 FROM cte_1 AS c1",
    ),
    (
        "SELECT x.name FROM customers x WHERE x.name = 'a' OR x.name = 'a' "
        "UNION SELECT x.name FROM products x WHERE x.name = 'a'",
        "SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.text_1 = :value_1 OR t1.text_1 = :value_1 "
        "UNION SELECT t2.text_1 FROM table_2 AS t2 WHERE t2.text_1 = :value_2",
    ),
    (
        "SELECT NAME FROM Customers AS C WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.CUSTOMER_ID)",
        "SELECT t1.text_1 FROM table_1 AS t1 WHERE EXISTS(SELECT 1 FROM table_2 AS t2 WHERE t2.key_1 = t1.key_1)",
    ),
]

REFUSED = [
    ("SELECT nope FROM customers", "nope"),
    ("SELECT name FROM customers, products", "name"),
    ("SELECT a.name FROM (SELECT * FROM customers) a", "star"),
    ("SELECT name FROM nowhere", "name"),
    ("DELETE FROM orders", "not one query"),
    ("SELECT 1; SELECT 2", "not one query"),
    ("SELECT FROM WHERE", ""),
    ("SELECT name FROM customers WHERE city = :value_1", "placeholder"),
    ("SELECT name FROM customers WHERE (city, country) IN (('a', 'b'))", "row value"),
    ("SELECT name, COUNT(*) FROM customers", "without GROUP BY"),
    ("SELECT DISTINCT name FROM products ORDER BY price", "DISTINCT"),
    ("SELECT *, COUNT(*) FROM customers GROUP BY city", "star"),
    ("WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a) SELECT n FROM a", "recursive"),
    ("SELECT SUM(price) OVER w FROM products WINDOW w AS (ORDER BY stock)", "name"),
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("sql", "template"), SAME_IN_ALL_DIALECTS)
def test_names_and_values_become_slots(sql: str, template: str, dialect: str) -> None:
    assert abstract(sql, SHOP, dialect, "mine").sql == template


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("sql", "reason"), REFUSED)
def test_what_has_no_slots_is_refused(sql: str, reason: str, dialect: str) -> None:
    with pytest.raises(UnsupportedSeed) as refusal:
        abstract(sql, SHOP, dialect, "mine")
    assert reason in refusal.value.reason


def test_distinct_on_is_kept() -> None:
    sql = "SELECT DISTINCT ON (category) name FROM products ORDER BY category, price"
    assert abstract(sql, SHOP, "postgres", "mine").sql == (
        "SELECT DISTINCT ON (t1.text_1) t1.text_2 FROM table_1 AS t1 ORDER BY t1.text_1, t1.number_1"
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_seed_is_a_template_of_its_own(dialect: str) -> None:
    templates = seed_templates(dialect)
    assert [template.seed for template in templates] == list(SEEDS)
    assert len({template.sql for template in templates}) == len(SEEDS) >= 140
    assert {template.dialect for template in templates} == {dialect}
    assert seed_templates(dialect) == templates


@pytest.mark.parametrize("dialect", DIALECTS)
def test_templates_parse_and_hold_nothing_of_the_shop(dialect: str) -> None:
    names = {name for table in SHOP.tables for name in (table.name, *(c.name for c in table.columns))}
    for template in seed_templates(dialect):
        parse_one(template.sql, read=dialect)
        words = set(re.findall(r"\w+", template.sql))
        assert not words & names, template
        assert set(re.findall("'(.*?)'", template.sql)) <= {"high", "low"}, template
        assert "NULLS" not in template.sql, template


def test_enough_seeds_join() -> None:
    joining = [seed for seed in SEEDS.values() if " JOIN " in seed.sql]
    assert len(joining) >= 0.45 * len(SEEDS)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_seed_returns_rows(dialect: str) -> None:
    if not any(status.dialect == dialect and status.ready for status in engine_status()):
        pytest.skip(f"no {dialect} engine on this machine")
    with open_engine(dialect, "shop") as engine:
        for seed in SEEDS.values():
            execution = engine.execute(transpile(seed.sql, "postgres", dialect))
            assert execution.outcome is Outcome.RUNS, (seed.name, execution)
            assert execution.rows, seed.name


@pytest.fixture(scope="module")
def shop() -> Iterator[sqlite3.Connection]:
    source, connection = open_source("shop"), sqlite3.connect(":memory:")
    for table in SHOP.tables:
        columns = ", ".join(column.name for column in table.columns)
        rows = [tuple(map(_storable, row)) for row in source.rows(table.name)]
        connection.execute(f"CREATE TABLE {table.name} ({columns})")
        holes = ", ".join("?" * len(table.columns))
        connection.executemany(f"INSERT INTO {table.name} VALUES ({holes})", rows)
    source.close()
    yield connection
    connection.close()


def _storable(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("name", SEEDS)
def test_a_template_filled_with_its_own_names_is_its_seed(name: str, shop: sqlite3.Connection) -> None:
    """SQLite runs the template as it is: views give the shop its slot names, parameters the values."""
    sql = transpile(SEEDS[name].sql, "postgres", "sqlite")
    abstraction = _Abstraction(qualified(sql, SHOP, "sqlite"), SHOP)
    template = abstraction.sql("sqlite")
    columns: dict[str, list[str]] = {}
    views: dict[str, str] = {}
    values: dict[str, Any] = {}
    for (prefix, table, key), slot in abstraction.slots.names.items():
        if prefix == "table_":
            views[slot] = str(key)
        elif table:
            columns.setdefault(str(table), []).append(f"{key} AS {slot}")
        elif prefix in ("value_", "pattern_") and isinstance(key, tuple):
            values[slot] = shop.execute(f"SELECT {key[0]}").fetchone()[0]
    for view, table in views.items():
        shown = ", ".join(columns.get(table, ["NULL"]))
        shop.execute(f"CREATE TEMP VIEW {view} AS SELECT {shown} FROM {table}")
    try:
        found = shop.execute(template, values).fetchall()
    finally:
        for view in views:
            shop.execute(f"DROP VIEW {view}")
    expected = shop.execute(sql).fetchall()
    assert sorted(found, key=repr) == sorted(expected, key=repr)


NAMES = st.text('abXY éß_1"', min_size=1, max_size=6).filter(str.strip)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), name=st.sampled_from(sorted(SEEDS)), dialect=st.sampled_from(DIALECTS))
def test_templates_do_not_depend_on_names(data: st.DataObject, name: str, dialect: str) -> None:
    sql = transpile(SEEDS[name].sql, "postgres", dialect)
    tree = parse_one(sql, read=dialect)
    old = {identifier.name for identifier in tree.find_all(exp.Identifier)} | set(_names(SHOP))
    new = data.draw(st.lists(NAMES, min_size=len(old), max_size=len(old), unique_by=str.lower))
    renamed = dict(zip(sorted(old), new, strict=True))
    for identifier in list(tree.find_all(exp.Identifier)):
        identifier.replace(exp.to_identifier(renamed[identifier.name], quoted=True))
    template = abstract(tree.sql(dialect), _renamed(SHOP, renamed), dialect, name)
    assert template == abstract(sql, SHOP, dialect, name)


def _names(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (table.name, *(column.name for column in table.columns))


def _renamed(schema: Schema, names: dict[str, str]) -> Schema:
    def all_of(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names[column] for column in columns)

    tables = (
        Table(
            names[table.name],
            tuple(Column(names[column.name], column.type) for column in table.columns),
            all_of(table.primary_key),
            tuple(
                ForeignKey(all_of(key.columns), names[key.referred_table], all_of(key.referred_columns))
                for key in table.foreign_keys
            ),
        )
        for table in schema.tables
    )
    return Schema("renamed", tuple(tables))
