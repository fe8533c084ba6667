"""Whether a query uses a keyword."""

import pytest
from isogloss.knowledge.keywords import keyword_in

USED = [
    ("SELECT DISTINCT ON (a) b FROM t", "DISTINCT ON"),
    ("SELECT a::text FROM t", "::"),
    ("SELECT CAST(a AS text) FROM t", "::"),
    ("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t", "WITHIN GROUP"),
    ("SELECT a ->> 'b' FROM t", "->>"),
    ("SELECT a FROM t WHERE a ~* 'x'", "~*"),
    ("SELECT POSITION('x' IN a) FROM t", "STRPOS"),
    ("SELECT date_part('dow', d) FROM t", "EXTRACT"),
    ("SELECT a FROM t WHERE a !~* 'x'", "!~*"),
]
UNUSED = [
    ("SELECT 'ILIKE' FROM t", "ILIKE"),
    ("SELECT E'a ILIKE b', $$ILIKE$$, $x$ILIKE$x$, U&'ILIKE' FROM t", "ILIKE"),
    ("SELECT a FROM t WHERE a !~* 'x'", "~*"),
    ("SELECT a FROM t -- ILIKE", "ILIKE"),
    ('SELECT "filter" FROM t', "FILTER"),
    ("SELECT DISTINCT a FROM t ORDER BY b", "DISTINCT ON"),
    ("SELECT filtered FROM t", "FILTER"),
    ("SELECT 'not closed", "SELECT"),
]


@pytest.mark.parametrize(("sql", "keyword"), USED)
def test_used(sql: str, keyword: str) -> None:
    assert keyword_in(sql, keyword, "postgres")


@pytest.mark.parametrize(("sql", "keyword"), UNUSED)
def test_not_used(sql: str, keyword: str) -> None:
    assert not keyword_in(sql, keyword, "postgres")
