"""Conditions and values: SQLite has numbers for both, other engines do not."""

from sqlglot import exp

from ..dialects import get_dialect
from .kinds import NUMBERS, Kind, is_condition, kind_of
from .target import Target

_CONDITIONAL = (exp.Where, exp.Having, exp.And, exp.Or, exp.Not)
_ADDING = (exp.Sum, exp.Avg, exp.Add, exp.Sub, exp.Mul, exp.Div)


def condition_on_conditions(tree: exp.Query, target: Target) -> None:
    """Compare a bare number with zero where a condition is wanted."""
    if target.dialect == "mysql":
        return
    for node in list(tree.find_all(*_CONDITIONAL, exp.Join, exp.If)):
        if isinstance(node, exp.If) and isinstance(node.parent, exp.Case) and node.parent.this is not None:
            continue
        for name in ("on",) if isinstance(node, exp.Join) else ("this", "expression"):
            operand = node.args.get(name)
            if operand is None or (name == "expression" and not isinstance(node, exp.And | exp.Or)):
                continue
            if _is_number(operand, target.dialect) and not is_condition(operand):
                operand.replace(exp.NEQ(this=operand.copy(), expression=exp.Literal.number(0)))


def _is_number(operand: exp.Expr, dialect: str) -> bool:
    """Return whether a value is a number; Oracle's truth values are, too."""
    column_of_bits = (
        not get_dialect(dialect).booleans and isinstance(operand, exp.Column) and kind_of(operand) is Kind.BOOLEAN
    )
    return column_of_bits or kind_of(operand) in NUMBERS


def calculate_with_conditions(tree: exp.Query, target: Target) -> None:
    """Say ``CASE WHEN … THEN 1 ELSE 0 END`` for a condition that is added up, or shown where there is no boolean."""
    for node in list(tree.find_all(*_ADDING, exp.Select)) if target.dialect != "mysql" else []:
        if isinstance(node, exp.Select):
            operands = [] if get_dialect(target.dialect).booleans else [p.unalias() for p in node.expressions]
        else:
            operands = [node.this, node.args.get("expression")]
        for operand in operands:
            if operand is not None and is_condition(operand):
                operand.replace(_as_case(operand, isinstance(node, exp.Sum)))


def _as_case(condition: exp.Expr, added: bool) -> exp.Expr:
    """Return 1, 0 or NULL for a condition that is true, false or unknown; to be ``added`` up, 0 does for NULL."""
    case = exp.case().when(condition.copy(), "1")
    case = case.else_("0") if added else case.when(exp.Not(this=exp.Paren(this=condition.copy())), "0")
    case.type = "BIGINT"
    return case


def tell_nulls_apart(tree: exp.Query, target: Target) -> None:
    """Compare by IS, for which NULL is a value like another, with DECODE in Oracle, which has no IS DISTINCT FROM.

    https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/DECODE.html
    """
    for node in list(tree.find_all(exp.NullSafeEQ, exp.NullSafeNEQ)) if target.dialect == "oracle" else []:
        bits = [exp.Literal.number(1), exp.Literal.number(0)]
        found = exp.Anonymous(this="DECODE", expressions=[node.this.copy(), node.expression.copy(), *bits])
        node.replace(exp.EQ(this=found, expression=bits[isinstance(node, exp.NullSafeNEQ)].copy()))
