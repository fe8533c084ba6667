"""The words of SQL in a query: keywords, functions, operators and types, without any name or value of its own."""

import re

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from .dialect_constructs import dialect_constructs, tokens_of, word_of
from .dialects import get_dialect
from .parsing import parsed

_WORD = re.compile(r"[A-Z_][A-Z0-9_]*( [A-Z]+)*")
_OPERATOR = re.compile(r"[^\w\s()\[\]{},.;'\"`]+")
# Of these every dialect has all, or they are part of something larger.
_PLAIN_OPERATORS = frozenset("= < > <= >= <> != + - * / :".split())
_NAMES = (TokenType.VAR, TokenType.UNKNOWN)


def vocabulary(sql: str, dialect: str) -> frozenset[str]:
    """Return the words of SQL in a query, in upper case, such as ``QUALIFY``, ``::``, ``DISTINCT ON``, ``STRFTIME``.

    Functions that every dialect has are left out, as are names of tables, columns and functions of a user's own,
    literals, and plain operators. Of what sqlglot cannot parse, only what is no name in any case is told. Raises
    ``UsageError`` for an unknown dialect.
    """
    tokens, names = tokens_of(sql, get_dialect(dialect).name), _names(sql, dialect)
    words = [word_of(token, sql) for token in tokens]
    text = f" {' '.join(words)} "
    found = {name for name in dialect_constructs(sql, dialect) if _is_literal(name, text)}
    for token, word, following in zip(tokens, words, [*words, ""][1:], strict=True):
        may_be_name = token.token_type in _NAMES and (following == "(" or names is None)  # a call, or who knows
        is_name = may_be_name or word.lower() in (names or ())
        if word not in _PLAIN_OPERATORS and (_OPERATOR.fullmatch(word) or (_WORD.fullmatch(word) and not is_name)):
            found.add(word)
    return frozenset(found)


def _is_literal(name: str, text: str) -> bool:
    """Tell a construct that is called as it is written from one with a description for a name, as BACKTICK NAME."""
    return f" {name} " in text or f" {name.replace('.', ' . ')} ( " in text


def _names(sql: str, dialect: str) -> frozenset[str] | None:
    """Return the names in a query, in lower case; None where sqlglot cannot tell."""
    try:
        tree = parsed(sql, get_dialect(dialect).sqlglot)
    except (SqlglotError, RecursionError):
        return None
    return frozenset(identifier.name.lower() for identifier in tree.find_all(exp.Identifier))
