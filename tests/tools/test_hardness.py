"""Spider's hardness: its own counts on its own queries, and each thing that it counts."""

import json
from collections import Counter
from pathlib import Path

import pytest
from isogloss.tools.errors import UsageError
from isogloss.tools.hardness import Hardness, hardness
from sqlglot.errors import SqlglotError

SPIDER = Path(__file__).parents[3] / "shared" / "data" / "spider" / "dev.json"
NESTED = "SELECT a FROM t WHERE b = (SELECT MAX(b) FROM t"


@pytest.mark.skipif(not SPIDER.is_file(), reason="needs Spider's dev.json")
def test_the_development_set_of_spider_counts_as_published() -> None:
    # The counts are met exactly; Spider's evaluation of the parses in that file agrees with ours query by query.
    entries = json.loads(SPIDER.read_text(encoding="utf-8"))
    assert Counter(hardness(entry["query"]) for entry in entries) == {
        Hardness.EASY: 248,
        Hardness.MEDIUM: 446,
        Hardness.HARD: 174,
        Hardness.EXTRA: 166,
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a FROM t", "easy"),
        ("SELECT COUNT(*) FROM t WHERE a = 1", "easy"),
        ("SELECT a FROM t ORDER BY a LIMIT 1", "medium"),
        ("SELECT a, b FROM t", "medium"),
        ("SELECT a FROM t GROUP BY a, b", "medium"),
        ("SELECT a FROM t WHERE b BETWEEN 1 AND 2", "easy"),
        ("SELECT a FROM t WHERE b = 1 AND c = 2", "medium"),
        ("SELECT a FROM t WHERE b LIKE 'x%'", "medium"),
        ("SELECT a FROM t JOIN u ON t.id = u.id WHERE b = 1 ORDER BY a", "hard"),
        ("SELECT a FROM t, u WHERE b = 1 ORDER BY a", "hard"),
        ("SELECT a FROM t WHERE b = 1 OR c = 2 ORDER BY a", "hard"),
        ("SELECT a, MAX(b), MIN(b) FROM t WHERE c = 1 AND d = 2 GROUP BY a", "hard"),
        ("SELECT a FROM t JOIN u ON t.id = u.id WHERE b = 1 ORDER BY a LIMIT 1", "extra"),
        (f"{NESTED})", "hard"),
        (f"{NESTED} WHERE c IN (SELECT d FROM u))", "hard"),
        (f"{NESTED}) AND c = 1", "extra"),
        (f"{NESTED}) ORDER BY a", "extra"),
        ("SELECT a FROM t UNION SELECT b FROM u WHERE c = 1 AND d = 2 ORDER BY 1", "hard"),
        ("(SELECT a FROM t) UNION SELECT b FROM u", "hard"),
        ("SELECT a FROM t WHERE b IN (SELECT b FROM u) EXCEPT SELECT a FROM u", "extra"),
        ("SELECT a FROM (SELECT a FROM t WHERE b = (SELECT 1)) AS q", "easy"),
        ("WITH q AS (SELECT a FROM t WHERE b = (SELECT 1)) SELECT a FROM q", "easy"),
    ],
)
def test_what_counts(sql: str, expected: str) -> None:
    assert hardness(sql) == expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("GROUP BY b HAVING c > 1", "easy"),
        ("GROUP BY b HAVING MAX(c) > 1", "easy"),  # aggregates of HAVING do not count as such …
        ("GROUP BY b HAVING c > 1 AND d > 1", "medium"),  # … its AND does
        ("WHERE b IN (1, 2)", "easy"),
        ("WHERE b NOT IN (1, 2)", "medium"),  # and so does a negation
        ("WHERE b IS NOT NULL", "easy"),
    ],
)
def test_what_the_evaluation_takes_for_a_second_aggregate(clause: str, expected: str) -> None:
    assert hardness(f"SELECT MAX(a) FROM t {clause}") == expected


def test_the_dialect_decides_how_it_is_read() -> None:
    assert hardness("SELECT `a` FROM `p.d.t` QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1", "bigquery") == "easy"
    assert hardness("SELECT a FROM t FETCH FIRST 2 ROWS ONLY", "oracle") == "easy"
    assert hardness("SELECT a FROM t ORDER BY a FETCH FIRST 2 ROWS ONLY", "oracle") == "medium"


@pytest.mark.parametrize("sql", ["SELECT FROM WHERE", "DROP TABLE t", "", "SELECT 1; SELECT 2", "SELECT 'a"])
def test_what_is_no_query_is_refused(sql: str) -> None:
    with pytest.raises(SqlglotError):
        hardness(sql)


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown dialect"):
        hardness("SELECT 1", "klingon")
