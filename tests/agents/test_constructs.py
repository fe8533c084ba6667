"""Constructs mined from examples fit other columns, and are worked into templates as the dialect writes them."""

import random

import pytest
import sqlglot
from isogloss.agents.constructs.clauses import work_in
from isogloss.agents.constructs.mine import mine
from isogloss.agents.constructs.transplant import transplant
from isogloss.agents.grammar.assign import assign
from isogloss.agents.grammar.critic import judge
from isogloss.agents.grammar.repair import Failure, repair
from isogloss.agents.grammar.slots import read_slots
from isogloss.agents.verbalise.naming import column_phrase
from isogloss.tools.render import render
from isogloss.tools.sources import open_source
from sqlglot import exp


def snippet(keywords: str, sql: str) -> str:
    return f"Prose.\n```sql\n{sql}\n```\nKeywords: {keywords}\n"


def mined(keywords: str, sql: str, dialect: str) -> list[str]:
    return [render(construct.node, dialect) for construct in mine(snippet(keywords, sql), dialect)]


MINED = [
    ("mysql", "IF", "SELECT IF(price > 20, 'dear', 'cheap') FROM products", "IF(number_90 > :value_90, 'high', 'low')"),
    ("oracle", "NVL", "SELECT NVL(email, 'no address') FROM customers", "NVL(text_90, 'unknown')"),
    ("mysql", "LOCATE", "SELECT LOCATE('of', name) FROM products", "LOCATE(:pattern_90, text_90)"),
    ("oracle", "GREATEST", "SELECT GREATEST(price, 50) FROM products", "GREATEST(number_90, :value_90)"),
    ("bigquery", "REGEXP_CONTAINS", r"SELECT name FROM products WHERE REGEXP_CONTAINS(name, r'\d')", ":pattern_90"),
]


@pytest.mark.parametrize(("dialect", "keyword", "sql", "shape"), MINED)
def test_the_examples_own_values_and_labels_are_left_out(dialect: str, keyword: str, sql: str, shape: str) -> None:
    found = mined(keyword, sql, dialect)
    assert len(found) == 1
    assert shape in found[0]


NOTHING = [
    ("mysql", "SQRT", "SELECT SQRT(2) FROM products"),
    ("oracle", "LPAD", "SELECT LPAD(' ', LEVEL) FROM products"),
    ("oracle", "TRUNC", "SELECT TRUNC(SYSDATE) FROM orders"),
]


@pytest.mark.parametrize(("dialect", "keyword", "sql"), NOTHING)
def test_constants_and_pseudo_columns_say_nothing_of_the_data(dialect: str, keyword: str, sql: str) -> None:
    assert mined(keyword, sql, dialect) == []


def test_an_alternative_keeps_its_brackets_beside_another_condition() -> None:
    text = snippet("REGEXP", "SELECT name FROM products WHERE name REGEXP 'a' OR price > 3")
    template = sqlglot.parse_one("SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.text_2 = :value_1", read="mysql")
    assert isinstance(template, exp.Select)
    done = transplant(mine(text, "mysql")[0], template, random.Random(0))
    assert done is not None
    assert isinstance(done.args["where"].this, exp.And)


CLAUSES = [
    (
        "mysql",
        "WITH ROLLUP",
        "SELECT t1.text_1, COUNT(*) AS out_1 FROM table_1 AS t1 GROUP BY t1.text_1",
        "WITH ROLLUP",
    ),
    (
        "oracle",
        "ROWNUM",
        "SELECT t1.text_1 FROM table_1 t1 ORDER BY t1.number_1 FETCH FIRST 5 ROWS ONLY",
        "ORDER BY t1.number_1) WHERE ROWNUM <= 5",
    ),
    ("oracle", "PERCENT", "SELECT t1.text_1 FROM table_1 t1 ORDER BY t1.number_1", "PERCENT ROWS ONLY"),
]


@pytest.mark.parametrize(("dialect", "keyword", "template", "part"), CLAUSES)
def test_a_clause_is_written_as_the_dialect_does(dialect: str, keyword: str, template: str, part: str) -> None:
    tree = sqlglot.parse_one(template, read=dialect)
    assert isinstance(tree, exp.Select)
    done = work_in(keyword, tree, random.Random(0))
    assert done is not None
    assert part in render(done, dialect)


def test_completing_an_order_sorts_no_nulls_by_case_in_mysql() -> None:
    sql = "SELECT email, city FROM customers ORDER BY city DESC LIMIT 5"
    failure = Failure(sql, "mysql", open_source("shop").schema(), "nondeterministic")
    tree, _ = repair(failure, {}, random.Random(0))
    assert render(tree, "mysql") == "SELECT email, city FROM customers ORDER BY city DESC, email LIMIT 5"


WRITTEN = [
    ("mysql", "SELECT d + INTERVAL 3 DAY FROM t WHERE a REGEXP 'x' AND d > DATE '2024-01-01'"),
    ("bigquery", "SELECT DATE_ADD(d, INTERVAL 2 YEAR) FROM t WHERE d > DATE '2024-01-01'"),
    ("oracle", "SELECT t.d + INTERVAL '3' DAY FROM things t WHERE t.d > DATE '2024-01-01'"),
]


@pytest.mark.parametrize(("dialect", "sql"), WRITTEN)
def test_spans_dates_and_patterns_are_written_as_people_do(dialect: str, sql: str) -> None:
    assert render(sqlglot.parse_one(sql, read=dialect), dialect) == sql


@pytest.mark.parametrize("seed", range(8))
def test_only_columns_of_one_unit_are_compared(seed: int) -> None:
    schema = open_source("shop").schema()
    sql = (
        "SELECT t1.text_1 FROM table_1 AS t1 JOIN table_2 AS t2 ON t1.key_1 = t2.key_2 WHERE t1.number_1 > t2.number_2"
    )
    chosen = assign(read_slots(sqlglot.parse_one(sql)), schema, random.Random(seed))
    assert chosen is not None
    units = {column_phrase(chosen[f"table_{n}"][1][f"number_{n}"]).unit for n in (1, 2)}
    assert len(units) == 1


def test_a_computed_column_without_any_value_is_refused() -> None:
    sql = "SELECT name, REGEXP_SUBSTR(category, '[0-9]+') AS digits FROM products"
    said = "Show the name and the first match of the pattern '[0-9]+' in the category of all products."
    schema = open_source("shop").schema()
    assert judge(said, sql, [["Tea", None]] * 3, "mysql", schema)[0] is False
    assert judge(said, sql, [["Tea", None], ["Cup", "2"], ["Mat", None]], "mysql", schema)[0] is True
