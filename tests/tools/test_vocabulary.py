"""The words of SQL in a query, without any name or value of its own."""

import pytest
from isogloss.tools.errors import UsageError
from isogloss.tools.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("sql", "dialect", "words"),
    [
        ("SELECT name, 'ILIKE', 1 FROM pupil", "postgres", {"SELECT", "FROM"}),
        ("SELECT a::TEXT || b FROM t", "postgres", {"SELECT", "FROM", "::", "TEXT", "||"}),
        ("SELECT DISTINCT ON (a) b FROM t", "postgres", {"SELECT", "DISTINCT", "ON", "DISTINCT ON", "FROM"}),
        ("SELECT STRFTIME('%Y', day) FROM t", "sqlite", {"SELECT", "STRFTIME", "FROM"}),
        ("SELECT date, year FROM t AS rows", "sqlite", {"SELECT", "FROM", "AS"}),
        ("SELECT `interval` FROM t", "mysql", {"SELECT", "FROM"}),
        ("SELECT a + INTERVAL 1 DAY FROM t", "mysql", {"SELECT", "INTERVAL", "DAY", "FROM"}),
        ("SELECT GROUP_CONCAT(a SEPARATOR ';') FROM t", "mysql", {"SELECT", "GROUP_CONCAT", "SEPARATOR", "FROM"}),
        ("SELECT RANK() OVER (ORDER BY a), mine(a) FROM t", "duckdb", {"SELECT", "OVER", "ORDER BY", "FROM"}),
    ],
)
def test_keywords_functions_operators_and_types_are_told(sql: str, dialect: str, words: set[str]) -> None:
    assert vocabulary(sql, dialect) == words


def test_of_what_cannot_be_parsed_only_what_is_no_name_is_told() -> None:
    assert vocabulary("SELECT mine FROM (((", "sqlite") == {"SELECT", "FROM"}


def test_an_unknown_dialect_is_bad_input() -> None:
    with pytest.raises(UsageError, match="unknown dialect"):
        vocabulary("SELECT 1", "klingon")
