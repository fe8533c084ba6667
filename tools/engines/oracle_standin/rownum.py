"""ROWNUM: the number a row gets as it passes the other conditions of WHERE, before any grouping or ordering.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ROWNUM-Pseudocolumn.html
"""

from dataclasses import replace

from sqlglot import exp

from ..session import UnsupportedError
from .base import Base, filtered, number, own_nodes, wrapped
from .ordering import order_clause

_MIRRORED = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ}


def uses_rownum(node: exp.Expr) -> bool:
    """Say whether a block, or a part of one, names ROWNUM itself."""
    return any(_is_rownum(each) for each in own_nodes(node))


def _is_rownum(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and not node.args.get("table") and node.name.upper() == "ROWNUM"


def limited(start: Base, conditions: list[exp.Expr]) -> Base:
    """Return a base whose rows are numbered, cut by the conditions on ROWNUM."""
    rest = filtered(start, [each for each in conditions if not uses_rownum(each)])
    sql, scope, added = wrapped(rest, {"ROWNUM": number(f"row_number() OVER ({order_clause(start.order).strip()})")})
    scope = replace(scope, pseudo={**scope.pseudo, "ROWNUM": added["ROWNUM"]})
    order = [added["ROWNUM"].sql] if start.order else []
    bounds = [_bound(each, added["ROWNUM"].sql) for each in conditions if uses_rownum(each)]
    where = f" WHERE {' AND '.join(bounds)}" if bounds else ""
    return Base(f"FROM {sql}{where}", scope, order)


def _bound(node: exp.Expr, rownum: str) -> str:
    """Return a condition on ROWNUM; a row that fails one leaves its number to the next, so none gets 2 first."""
    if isinstance(node, exp.Paren):
        return _bound(node.this, rownum)
    if isinstance(node, exp.Between) and _is_rownum(node.this):
        low, high = node.args["low"], node.args["high"]
        return f"({_bound(exp.GTE(this=node.this, expression=low), rownum)} AND {rownum} <= {_number(high)})"
    kind, bound = _comparison(node)
    least = _number(bound)
    if kind in (exp.LT, exp.LTE):
        return f"{rownum} {'<' if kind is exp.LT else '<='} {least}"
    if kind is exp.EQ:
        return f"{rownum} <= 1" if float(least) == 1 else "FALSE"
    return "TRUE" if float(least) < 1 or (kind is exp.GTE and float(least) == 1) else "FALSE"


def _comparison(node: exp.Expr) -> tuple[type[exp.Expr], exp.Expr]:
    if type(node) in _MIRRORED and isinstance(node, exp.Binary):
        if _is_rownum(node.this):
            return type(node), node.expression
        if _is_rownum(node.expression):
            return _MIRRORED[type(node)], node.this
    raise UnsupportedError("ROWNUM in other than a simple comparison")


def _number(node: exp.Expr) -> str:
    if isinstance(node, exp.Literal) and not node.is_string:
        return node.name
    raise UnsupportedError("ROWNUM compared with other than a number")
