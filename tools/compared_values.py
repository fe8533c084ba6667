"""The literals of a query that are compared with its data: what another database has other values for."""

from collections.abc import Iterator

from sqlglot import exp

from .literals import PATTERNS

_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_CASINGS = (exp.Lower, exp.Upper)
_WRAPPERS = (exp.Cast, exp.Date, exp.DateStrToDate, exp.StrToDate, exp.Neg, exp.Paren, *_CASINGS)
_ISO_DATE = "%Y-%m-%d"
_PLACES = (exp.StrPosition, exp.RegexpInstr)  # in a text: 0 says that there is none
_POSITIONS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile)


def compared_values(tree: exp.Expr) -> list[tuple[str, exp.Expr, exp.Expr]]:
    """Return every compared literal as (``value`` or ``pattern``, what it is compared with, literal).

    In ``LOWER('Paris')`` the literal is ``'Paris'``; a cast or a sign belongs to the literal. What is compared
    with a place in a text stays.
    """
    return [
        (kind, operand, literal.this if isinstance(literal, _CASINGS) else literal)
        for node in tree.walk()
        for kind, operand, literal in _comparisons(node)
        if _is_constant(literal) and _is_data(operand)
    ]


def _is_data(operand: exp.Expr) -> bool:
    return not isinstance(operand, _PLACES) and operand.find(exp.Column, exp.AggFunc, exp.Query) is not None


def is_position(node: exp.Expr) -> bool:
    """Say whether ``node`` is a rank or a row number: bounds on it are like ``LIMIT``, not like values."""
    return isinstance(node, exp.Window) and isinstance(node.this, _POSITIONS)


def _is_constant(node: exp.Expr) -> bool:
    if isinstance(node, exp.StrToDate) and node.text("format") != _ISO_DATE:
        return False
    if isinstance(node, _WRAPPERS) and not node.expressions:
        return _is_constant(node.this)
    return isinstance(node, exp.Literal | exp.Boolean)


def _comparisons(node: exp.Expr) -> Iterator[tuple[str, exp.Expr, exp.Expr]]:
    if isinstance(node, _COMPARISONS):
        yield "value", node.this, node.expression
        yield "value", node.expression, node.this
    elif isinstance(node, PATTERNS):
        yield "pattern", node.this, node.expression
    elif isinstance(node, exp.Between):
        yield "value", node.this, node.args["low"]
        yield "value", node.this, node.args["high"]
    elif isinstance(node, exp.In):
        yield from (("value", node.this, item) for item in node.expressions)
    elif isinstance(node, exp.Case) and node.this:
        yield from (("value", node.this, branch.this) for branch in node.args["ifs"])
