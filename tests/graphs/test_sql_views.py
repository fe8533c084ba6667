"""Queries laid out, compared and counted."""

from itertools import pairwise

import pytest
from isogloss.graphs.statistics import features
from isogloss.graphs.tracing.difference import sql_difference
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
        ("SELECT a, b FROM t", "SELECT b, a FROM t", ["moved a within SELECT"]),
        ("SELECT a FROM t WHERE x AND y", "SELECT a FROM t WHERE y AND x", ["moved x within WHERE"]),
        (
            "SELECT a FROM t JOIN u ON t.i = u.i WHERE u.k > 5 AND a = 'x'",
            "SELECT a FROM t JOIN u ON t.i = u.i AND u.k > 5 WHERE a = 'y'",
            ["removed 'x' in a = 'x'", "moved u.k > 5 from WHERE to JOIN", "added 'y' in a = 'y'"],
        ),
        (
            "SELECT a FROM t GROUP BY a HAVING count(*) > 3",
            "SELECT a FROM t WHERE count(*) > 3 GROUP BY a",
            ["moved COUNT(*) > 3 from HAVING to WHERE"],
        ),
        (
            "SELECT a FROM (SELECT a, b FROM t WHERE b > 1) AS s",
            "SELECT a FROM (SELECT a, b FROM t) AS s WHERE b > 1",
            ["moved WHERE b > 1 from s to the query"],
        ),
        ("SELECT a FROM t WHERE b = 1", "SELECT b FROM t", ["removed a", "removed b = 1", "added b"]),
        ("SELECT a FROM t LIMIT 5", "SELECT a FROM t WHERE x = 5", ["removed LIMIT 5", "added x = 5"]),
        ("SELECT a AS n FROM t", "SELECT a AS m FROM t", ["changed a AS n to a AS m"]),
        ("SELECT a FROM t UNION SELECT 1", "SELECT a FROM t UNION ALL SELECT 1", ["changed UNION to UNION ALL"]),
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


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_differs_in_the_same_query_and_something_in_others(dialect: str) -> None:
    seeds = [template.seed for template in seed_templates(dialect)]
    for seed, other in pairwise(seeds):
        assert tree_diff(seed, seed, dialect) == []
        words = tree_diff(seed, other, dialect)
        assert {word.split()[0] for word in words} <= {"removed", "moved", "changed", "added"}
        assert words or seed == other


def test_a_difference_is_safe_to_show_and_says_what_changed_within_a_line() -> None:
    shown = sql_difference("SELECT a FROM t WHERE x = '\x1b[2J1'", "SELECT a FROM t WHERE x = '2'", "sqlite")
    assert "\x1b" not in shown.plain
    assert shown.plain.splitlines()[:4] == ["  SELECT a", "  FROM t", "- WHERE x = '1'", "+ WHERE x = '2'"]
    bold = [shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold"]
    assert bold == ["1", "2"]


def test_large_queries_are_compared_by_their_lines_only() -> None:
    old, new = (f"SELECT {', '.join(f'a + {n}' for n in range(first, first + 500))} FROM t" for first in (0, 1))
    assert tree_diff(old, new, "sqlite") == []
    assert len(text_diff(old, new, "sqlite")) == 3


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
