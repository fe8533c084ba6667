"""Reading a query as a syntax tree, once for all who only look at it."""

from functools import lru_cache

from sqlglot import exp, parse_one


@lru_cache(maxsize=1024)
def parsed(sql: str, dialect: str) -> exp.Expr:
    """Return the syntax tree of one query in a dialect of sqlglot; it is shared, so change a copy of it only.

    Raises ``sqlglot.errors.SqlglotError`` for what does not parse, ``RecursionError`` for what is nested too deep.
    """
    return parse_one(sql, read=dialect)
