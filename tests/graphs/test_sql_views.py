"""Queries laid out, compared and counted."""

import pytest
from isogloss.graphs.statistics import features
from isogloss.graphs.tracing.sql_diff import text_diff, tree_diff
from isogloss.graphs.tracing.sql_layout import lay_out
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.templates import seed_templates


@pytest.mark.parametrize("dialect", DIALECTS)
def test_laying_out_changes_no_word(dialect: str) -> None:
    for template in seed_templates(dialect):
        laid = lay_out(template.seed, dialect)
        assert laid.split() == template.seed.split()
        assert lay_out(laid, dialect) == laid


def test_a_query_is_laid_out_by_clauses_joins_and_conditions() -> None:
    sql = (
        "WITH a AS (SELECT x FROM t WHERE y BETWEEN 1 AND 2 AND z) SELECT sum(CASE WHEN p AND q THEN 1 END), "
        "left(s, 2), row_number() OVER (PARTITION BY x ORDER BY y) FROM a LEFT JOIN (SELECT 1) AS b ON TRUE "
        "WHERE a.x IS DISTINCT FROM 'FROM t WHERE  x' UNION ALL SELECT \"group by\", 2, 3 FROM u ORDER BY 1"
    )
    assert lay_out(sql, "postgres").splitlines() == [
        "WITH a AS (SELECT x",
        "  FROM t",
        "  WHERE y BETWEEN 1 AND 2",
        "    AND z)",
        "SELECT sum(CASE WHEN p AND q THEN 1 END), left(s, 2), row_number() OVER (PARTITION BY x ORDER BY y)",
        "FROM a",
        "LEFT JOIN (SELECT 1) AS b ON TRUE",
        "WHERE a.x IS DISTINCT FROM 'FROM t WHERE  x'",
        "UNION ALL",
        'SELECT "group by", 2, 3',
        "FROM u",
        "ORDER BY 1",
    ]


@pytest.mark.parametrize("sql", ["SELECT 'open", "not sql at all ((", "", "SELECT 1\nFROM t"])
def test_what_cannot_be_laid_out_stays(sql: str) -> None:
    assert lay_out(sql, "postgres") == sql


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SELECT a, x FROM t", "SELECT a, round(x, 2) FROM t", ["added ROUND(x, 2)"]),
        ("SELECT a FROM t WHERE y > 3", "SELECT a FROM t WHERE y > 4", ["removed 3 in y > 3", "added 4 in y > 4"]),
        ("SELECT a FROM t LIMIT 5", "SELECT a FROM t ORDER BY a", ["removed LIMIT 5", "added ORDER BY a"]),
        ("SELECT a FROM t", "SELECT a FROM t JOIN u ON t.i = u.i", ["added JOIN u ON t.i = u.i"]),
        ("SELECT a FROM t", "SELECT a FROM t", []),
        ("SELECT a FROM", "SELECT a FROM t", []),
    ],
)
def test_changes_are_told_in_words(old: str, new: str, said: list[str]) -> None:
    assert tree_diff(old, new, "postgres") == said


def test_changes_are_shown_in_lines() -> None:
    assert text_diff("SELECT a FROM t", "SELECT a FROM u", "sqlite") == [
        (" ", "SELECT a"),
        ("-", "FROM t"),
        ("+", "FROM u"),
    ]


@pytest.mark.parametrize(
    ("sql", "used"),
    [
        ("SELECT 1", set()),
        ("SELECT * FROM a, b", {"join"}),
        ("SELECT sum(x) OVER () FROM t", {"window"}),
        ("SELECT sum(x) FILTER (WHERE y) OVER () FROM t", {"window"}),
        ("SELECT sum(sum(x)) OVER () FROM t", {"window", "aggregate"}),
        ("SELECT row_number() OVER (ORDER BY sum(x)) FROM t", {"window", "aggregate"}),
        ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t", {"aggregate"}),
        ("(SELECT a FROM t) UNION (SELECT b FROM u)", {"set operation"}),
        ("WITH a AS (SELECT 1) SELECT * FROM a", {"CTE"}),
        ("SELECT * FROM t WHERE x IN (SELECT y FROM u)", {"subquery"}),
        ("SELECT * FROM t WHERE EXISTS (SELECT 1)", {"subquery"}),
        ("SELECT array(SELECT 1)", {"subquery"}),
        ("SELECT * FROM (SELECT 1 UNION SELECT 2) AS x", {"subquery", "set operation"}),
    ],
)
def test_features_are_what_a_query_uses(sql: str, used: set[str]) -> None:
    assert features(sql, "postgres") == used
