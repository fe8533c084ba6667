"""The shape of a concrete query, for telling duplicates: keywords and functions without names and values."""

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from .dialects import get_dialect
from .parsing import parse, parsed
from .render import render

_NAME = "x"
_VALUES = (exp.Literal, exp.Boolean, exp.Placeholder, exp.Parameter)


def skeleton(sql: str, dialect: str) -> str:
    """Return ``sql`` with every name as ``x`` and every literal as ``?``, lists of literals as one.

    Aliases go, so that two spellings of a query have one skeleton. A query that sqlglot cannot parse is
    its own skeleton, in lower case and single spaces.
    """
    try:
        tree = parsed(sql, dialect)
    except SqlglotError:
        return " ".join(sql.lower().split())
    tree = tree.transform(_without_alias).transform(_without_names)
    return render(tree, dialect)


def shared_skeleton(sql: str, dialect: str) -> str:
    """Return the skeleton of ``sql`` in one spelling for all dialects, so far as sqlglot knows how each says it.

    That spelling is DuckDB's, whose ``LIMIT`` also stands for ``FETCH FIRST``; what is said of the place of NULLs goes,
    since dialects that order them otherwise say it where others do not.
    """
    try:
        tree = parse(sql, get_dialect(dialect).sqlglot).transform(_without_alias).transform(_without_names)
        for ordered in tree.find_all(exp.Ordered):
            ordered.set("nulls_first", None)
        return tree.sql(dialect="duckdb", comments=False, unsupported_level=ErrorLevel.IGNORE)
    except (SqlglotError, RecursionError):
        return " ".join(sql.lower().split())


def _without_alias(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Alias):
        unaliased: exp.Expr = node.this
        return unaliased
    if isinstance(node, exp.Table | exp.Subquery):
        node.set("alias", None)
    return node


def _without_names(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Identifier):
        return exp.to_identifier(_NAME)
    if isinstance(node, _VALUES):
        return exp.Placeholder()
    if isinstance(node, exp.Column | exp.Table):
        for part in ("table", "db", "catalog"):
            node.set(part, None)
    if isinstance(node, exp.In) and node.expressions and all(isinstance(e, _VALUES) for e in node.expressions):
        node.set("expressions", [exp.Placeholder()])
    return node
