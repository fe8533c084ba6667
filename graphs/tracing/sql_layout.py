"""Laying out a query over lines without changing a word of it.

sqlglot's own pretty printer writes a query anew, at times with other functions and casts; what ran must
be seen as it ran.
"""

from dataclasses import dataclass

from sqlglot import TokenType, exp, tokenize
from sqlglot.errors import SqlglotError

from ...tools.parsing import parse

_CLAUSES = {
    "SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "WINDOW", "QUALIFY", "ORDER BY", "LIMIT", "OFFSET", "FETCH",
    "UNION", "EXCEPT", "INTERSECT",
}  # fmt: skip
_JOIN_WORDS = {"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "ASOF", "OUTER"}
_QUOTED = {TokenType.IDENTIFIER, TokenType.STRING}
_INDENT = "  "


@dataclass(slots=True)
class _Level:
    """A pair of parentheses, or the whole query: whether it holds a query, and what it is inside of."""

    indent: int
    query: bool = False
    between: int = 0
    cases: int = 0


def parsed(sql: str, dialect: str) -> exp.Expr | None:
    """Return the syntax tree of ``sql``, None if it has none."""
    try:
        return parse(sql, dialect)
    except (SqlglotError, RecursionError):
        return None


def lay_out(sql: str, dialect: str) -> str:
    """Return ``sql`` with each clause, join and condition on its own line; as it is if it has lines already."""
    if "\n" in sql.strip():
        return sql.strip()
    try:
        tokens = tokenize(sql, read=dialect)
    except SqlglotError:
        return sql
    words = ["" if token.token_type in _QUOTED else token.text.upper() for token in tokens]
    levels, laid, at, indent = [_Level(0)], "", 0, 0
    for n, (token, word) in enumerate(zip(tokens, words, strict=True)):
        laid += sql[at : token.start]
        if n and _breaks(levels[-1], word, words[n - 1], words[n + 1 : n + 2]):
            indent = levels[-1].indent + (word in ("AND", "OR"))
            laid = f"{laid.rstrip()}\n{_INDENT * indent}"
        laid += sql[token.start : token.end + 1]
        at = token.end + 1
        _enter(levels, word, indent)
    return laid + sql[at:]


def _breaks(level: _Level, word: str, before: str, after: list[str]) -> bool:
    """Say whether a line ends before ``word``."""
    if not level.query or level.cases:
        return False
    if word in ("AND", "OR"):
        return not (word == "AND" and level.between)
    if word in _JOIN_WORDS:
        is_function = word in ("LEFT", "RIGHT") and after == ["("]
        return before not in _JOIN_WORDS and not is_function
    return word in _CLAUSES and before != "DISTINCT"  # IS DISTINCT FROM


def _enter(levels: list[_Level], word: str, indent: int) -> None:
    """Follow ``word`` into and out of parentheses, CASE and BETWEEN."""
    level = levels[-1]
    if word == "(":
        levels.append(_Level(indent + 1))
    elif word == ")" and len(levels) > 1:
        levels.pop()
    elif word in ("SELECT", "WITH"):
        level.query = True
    elif word == "CASE":
        level.cases += 1
    elif word == "END":
        level.cases = max(0, level.cases - 1)
    elif word == "BETWEEN":
        level.between += 1
    elif word == "AND":
        level.between = max(0, level.between - 1)
