"""Each mutation changes what it says, at one place, in every dialect."""

from collections.abc import Iterator
from pathlib import Path

import isogloss
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.compare import Label
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.mutation_rules import changed, drop_conjunct, flip_comparison
from isogloss.tools.mutations import MUTATIONS, Mutant, mutants
from isogloss.tools.query_comparison import compare_queries
from isogloss.tools.render import render
from isogloss.tools.schema import Schema
from isogloss.tools.seed_files import read_sql_seeds
from isogloss.tools.sources import open_source
from isogloss.tools.transpile import transpile

SEEDS = Path(isogloss.__file__).parent / "tools" / "seeds"


def shop() -> Schema:
    return open_source("shop").schema()


def values(table: str, column: str) -> list[object]:
    known: dict[str, list[object]] = {"status": ["paid", "shipped"], "price": [-2, 7.5]}
    return known.get(column, [])


def made(sql: str, dialect: str = "sqlite") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mutant in mutants(sql, dialect, shop(), values):
        found.setdefault(mutant.mutation, []).append(mutant.sql)
    return found


MADE = [
    ("dropped condition", "SELECT 1 FROM t WHERE a > 1", "SELECT 1 FROM t"),
    ("dropped condition", "SELECT 1 FROM t WHERE a > 1 AND b = 2 AND c", "SELECT 1 FROM t WHERE a > 1 AND c"),
    ("dropped condition", "SELECT a FROM t GROUP BY a HAVING MAX(b) > 1", "SELECT a FROM t GROUP BY a"),
    ("dropped condition", "SELECT COUNT(*) FILTER(WHERE a) FROM t", "SELECT COUNT(*) FROM t"),
    ("flipped comparison", "SELECT 1 FROM t WHERE a >= 1", "SELECT 1 FROM t WHERE a <= 1"),
    ("flipped comparison", "SELECT 1 FROM t WHERE a <> 1", "SELECT 1 FROM t WHERE a = 1"),
    ("moved bound", "SELECT 1 FROM t WHERE a >= 1", "SELECT 1 FROM t WHERE a > 1"),
    ("negated condition", "SELECT 1 FROM t WHERE a IN (1, 2)", "SELECT 1 FROM t WHERE a NOT IN (1, 2)"),
    ("negated condition", "SELECT 1 FROM t WHERE a IS NOT NULL", "SELECT 1 FROM t WHERE a IS NULL"),
    ("swapped AND and OR", "SELECT 1 FROM t WHERE a AND b", "SELECT 1 FROM t WHERE a OR b"),
    ("changed literal", "SELECT 1 FROM t WHERE a = 'x'", "SELECT 1 FROM t WHERE a = 'xx'"),
    ("changed literal", "SELECT 1 FROM t WHERE a > 1", "SELECT 1 FROM t WHERE a > 2"),
    (
        "changed literal",
        "SELECT 1 FROM orders WHERE status = 'paid'",
        "SELECT 1 FROM orders WHERE status = 'shipped'",
    ),
    (
        "other column",
        "SELECT o.ordered_at, p.name FROM orders AS o CROSS JOIN products AS p",
        "SELECT o.ordered_at, p.category FROM orders AS o CROSS JOIN products AS p",
    ),
    ("changed aggregate", "SELECT MAX(a) FROM t", "SELECT MIN(a) FROM t"),
    ("changed aggregate", "SELECT COUNT(*), b FROM t GROUP BY b", "SELECT COUNT(DISTINCT b), b FROM t GROUP BY b"),
    ("wrong group key", "SELECT a, b, MAX(c) FROM t GROUP BY a, b", "SELECT b, MAX(c) FROM t GROUP BY b"),
    (
        "wrong group key",
        "SELECT city, COUNT(*) FROM customers WHERE city > 'B' GROUP BY city ORDER BY city",
        "SELECT country, COUNT(*) FROM customers WHERE city > 'B' GROUP BY country ORDER BY country",
    ),
    ("added DISTINCT", "SELECT a FROM t", "SELECT DISTINCT a FROM t"),
    ("added DISTINCT", "SELECT SUM(a) FROM t", "SELECT SUM(DISTINCT a) FROM t"),
    ("lost DISTINCT", "SELECT DISTINCT a FROM t", "SELECT a FROM t"),
    ("lost DISTINCT", "SELECT COUNT(DISTINCT a) FROM t", "SELECT COUNT(a) FROM t"),
    ("swapped join side", "SELECT 1 FROM t JOIN u ON t.a = u.b", "SELECT 1 FROM t LEFT JOIN u ON t.a = u.b"),
    ("swapped join side", "SELECT 1 FROM t LEFT JOIN u ON t.a = u.b", "SELECT 1 FROM t JOIN u ON t.a = u.b"),
    (
        "wrong join key",
        "SELECT 1 FROM orders AS o JOIN customers AS c ON o.customer_id = c.customer_id",
        "SELECT 1 FROM orders AS o JOIN customers AS c ON o.customer_id = c.referred_by",
    ),
    ("flipped direction", "SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC"),
    ("dropped ORDER BY", "SELECT a FROM t ORDER BY a", "SELECT a FROM t"),
    ("dropped LIMIT", "SELECT a FROM t ORDER BY a LIMIT 3", "SELECT a FROM t ORDER BY a"),
    ("added LIMIT", "SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a LIMIT 5"),
    ("changed LIMIT", "SELECT a FROM t ORDER BY a LIMIT 3", "SELECT a FROM t ORDER BY a LIMIT 6"),
    ("other set operation", "SELECT a FROM t UNION SELECT a FROM u", "SELECT a FROM t INTERSECT SELECT a FROM u"),
    ("other set operation", "SELECT a FROM t UNION ALL SELECT a FROM u", "SELECT a FROM t UNION SELECT a FROM u"),
]


@pytest.mark.parametrize(("mutation", "sql", "mutant"), MADE)
def test_a_mutation_makes_what_its_name_says(mutation: str, sql: str, mutant: str) -> None:
    assert mutant in made(sql)[mutation]


def test_every_mutation_has_an_example() -> None:
    assert {mutation for mutation, _, _ in MADE} == set(MUTATIONS)


@pytest.mark.parametrize(
    ("mutation", "sql"),
    [
        ("flipped comparison", "SELECT 1 FROM t JOIN u ON t.a = u.b"),
        ("flipped comparison", "SELECT 1 FROM t WHERE EXISTS(SELECT 1 FROM u WHERE u.a = t.a)"),
        ("dropped ORDER BY", "SELECT a FROM t ORDER BY a LIMIT 3"),
        ("added LIMIT", "SELECT a FROM t"),
        ("other column", "WITH orders AS (SELECT 1 AS status) SELECT status FROM orders"),
    ],
)
def test_what_would_prove_nothing_is_left_alone(mutation: str, sql: str) -> None:
    assert mutation not in made(sql)


def test_a_literal_has_no_sign() -> None:
    assert made("SELECT 1 FROM products WHERE price > 3")["changed literal"] == [
        "SELECT 1 FROM products WHERE price > 4",
        "SELECT 1 FROM products WHERE price > 7.5",
    ]


def seeds(dialect: str) -> list[str]:
    """Return seed queries written in the dialect itself, or said in it."""
    own = sorted(SEEDS.glob(f"{dialect}/*.sql"))
    found = [seed for file in own or sorted(SEEDS.glob("*.sql")) for seed in read_sql_seeds(file, "postgres")][::8]
    return [seed.sql if own else transpile(seed.sql, "postgres", dialect) for seed in found]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_mutants_of_the_seeds_parse_and_differ(dialect: str) -> None:
    for sql in seeds(dialect):
        found = list(mutants(sql, dialect, shop(), values))
        assert len({m.sql for m in found}) == len(found) > 0
        assert render(sqlglot.parse_one(sql, read=dialect), dialect) not in {m.sql for m in found}
        for mutant in found:
            sqlglot.parse_one(mutant.sql, read=dialect)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=6))
def test_each_conjunct_is_dropped_once(numbers: list[int]) -> None:
    conditions = [f"c{place} > {number}" for place, number in enumerate(numbers)]
    tree = sqlglot.parse_one(f"SELECT 1 FROM t WHERE {' AND '.join(conditions)}")
    left = {frozenset(t.args["where"].this.sql().split(" AND ")) for t in changed(tree, drop_conjunct)}
    assert left == {frozenset(conditions) - {each} for each in conditions}


@given(st.sampled_from(["<", ">", "<=", ">=", "=", "<>"]))
def test_flipping_twice_is_nothing(comparison: str) -> None:
    tree = sqlglot.parse_one(f"SELECT a FROM t WHERE a {comparison} 1")
    (once,) = changed(tree, flip_comparison)
    (twice,) = changed(once, flip_comparison)
    assert once != tree == twice


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("sqlite", "shop", workers=1) as opened:
        yield opened


def test_mutants_on_a_real_engine_give_other_rows(engine: Engine) -> None:
    sql = (
        "SELECT c.name, COUNT(*) AS orders FROM customers AS c JOIN orders AS o ON o.customer_id = c.customer_id "
        "WHERE o.status = 'paid' GROUP BY c.name HAVING COUNT(*) > 1 ORDER BY orders DESC, c.name"
    )
    found = mutants(sql, "sqlite", engine.schema(), engine.sample_values)
    with engine.apart() as apart:
        told = {m.mutation for m in found if _differs(engine, apart, sql, m)}
    assert told >= {"dropped condition", "flipped comparison", "changed literal", "other column", "moved bound"}
    assert told >= {"flipped direction", "wrong group key", "wrong join key"}


def _differs(engine: Engine, apart: Engine, sql: str, mutant: Mutant) -> bool:
    return compare_queries(engine, sql, mutant.sql, apart=apart).label is Label.MISMATCH
