"""The shape of a concrete query, for telling duplicates: keywords and functions without names and values."""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from .render import render

_NAME = "x"
_VALUES = (exp.Literal, exp.Boolean, exp.Placeholder, exp.Parameter)


def skeleton(sql: str, dialect: str) -> str:
    """Return ``sql`` with every name as ``x`` and every literal as ``?``, lists of literals as one.

    Aliases go, so that two spellings of a query have one skeleton. A query that sqlglot cannot parse is
    its own skeleton, in lower case and single spaces.
    """
    try:
        tree = parse_one(sql, read=dialect)
    except SqlglotError:
        return " ".join(sql.lower().split())
    tree = tree.transform(_without_alias).transform(_without_names)
    return render(tree, dialect)


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
