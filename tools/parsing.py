"""Reading a query as a syntax tree: one of one's own, or one that is shared by all who only look at it."""

from functools import cache, lru_cache

from sqlglot import exp, parse_one
from sqlglot.dialects.dialect import Dialect


@cache
def language(name: str | None) -> Dialect:
    """Return a dialect of sqlglot, one object for all: by its name sqlglot makes another for each query."""
    return Dialect.get_or_raise(name)


def parse(sql: str, dialect: str | None = None) -> exp.Expr:
    """Return the syntax tree of one query in a dialect of sqlglot, without the places of its words in the text.

    Raises ``sqlglot.errors.SqlglotError`` for what does not parse, ``RecursionError`` for what is nested too deep.
    """
    tree = parse_one(sql, read=language(dialect))
    for node in tree.walk():
        node._meta = None  # nobody asks for places, and a tree without them is copied four times as fast
    return tree


@lru_cache(maxsize=1024)
def parsed(sql: str, dialect: str) -> exp.Expr:
    """Return the same as ``parse``, once for all: change a copy of it only."""
    return parse(sql, dialect)
