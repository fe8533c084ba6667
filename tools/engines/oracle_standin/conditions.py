"""Conditions: what may stand in WHERE, HAVING, ON and WHEN. Oracle's SQL has no boolean values before 23ai.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/About-SQL-Conditions.html
"""

from functools import singledispatch

from sqlglot import exp

from ..session import UnsupportedError
from . import regexps
from .conversion import comparable, to_kind
from .kinds import Kind, OracleError, Value, missing_expression
from .scope import Scope
from .values import case, expression, value


@singledispatch
def condition(node: exp.Expr, scope: Scope) -> str:
    """Return a condition rewritten; raises ``OracleError`` if it is a value or wrong, or ``UnsupportedError``."""
    if isinstance(node, exp.Boolean):
        value(node, scope)
    if isinstance(node, exp.Predicate):
        raise UnsupportedError(f"the stand-in has no condition {type(node).__name__}")
    raise OracleError("ORA-00920", "invalid relational operator")


@condition.register
def _(node: exp.And | exp.Or, scope: Scope) -> str:
    return f"({condition(node.this, scope)} {node.key.upper()} {condition(node.expression, scope)})"


@condition.register
def _(node: exp.Not, scope: Scope) -> str:
    return f"(NOT {condition(node.this, scope)})"


@condition.register
def _(node: exp.Paren, scope: Scope) -> str:
    return f"({condition(node.this, scope)})"


@condition.register
def _(node: exp.Between, scope: Scope) -> str:
    if node.args.get("symmetric"):
        raise missing_expression()
    tested = value(node.this, scope)
    low = comparable(tested, value(node.args["low"], scope))
    high = comparable(tested, value(node.args["high"], scope))
    return f"({low[0]} >= {low[1]} AND {high[0]} <= {high[1]})"


@condition.register
def _(node: exp.Is, scope: Scope) -> str:
    if not isinstance(node.expression, exp.Null):
        raise UnsupportedError("IS with other than NULL")
    return f"({value(node.this, scope).sql} IS NULL)"


@condition.register
def _(node: exp.Like, scope: Scope) -> str:
    return _like(node, "''", scope)


@condition.register
def _(node: exp.Escape, scope: Scope) -> str:
    if not isinstance(node.this, exp.Like):
        raise OracleError("ORA-00933", "SQL command not properly ended")
    return _like(node.this, value(node.expression, scope).sql, scope)


def _like(node: exp.Like, escape: str, scope: Scope) -> str:
    """Match a pattern; unlike PostgreSQL's, Oracle's has no escape character unless one is named."""
    if isinstance(node.expression, exp.Any | exp.All):
        raise missing_expression()
    left = to_kind(value(node.this, scope), Kind.TEXT)
    pattern = to_kind(value(node.expression, scope), Kind.TEXT)
    return f"({left} LIKE {pattern} ESCAPE {escape})"


@condition.register
def _(node: exp.Anonymous, scope: Scope) -> str:
    """REGEXP_LIKE and LNNVL, the functions that are conditions."""
    name = node.name.upper()
    if name == "LNNVL" and len(node.expressions) == 1:
        return f"(({condition(node.expressions[0], scope)}) IS NOT TRUE)"
    if name == "REGEXP_LIKE":
        return regexps.like([value(each, scope) for each in node.expressions])
    value(node, scope)  # what is wrong with it comes first
    raise OracleError("ORA-00920", "invalid relational operator")


@condition.register
def _(node: exp.Exists, scope: Scope) -> str:
    from .queries import subquery

    return f"EXISTS ({subquery(node.this, scope).sql})"


@expression.register
def _(node: exp.Case, scope: Scope) -> Value:
    """CASE; every branch of the simple form is a comparison."""
    operand = value(node.this, scope) if node.this else None
    branches = []
    for branch in node.args["ifs"]:
        when = _equals(operand, branch.this, scope) if operand else condition(branch.this, scope)
        branches.append((when, value(branch.args["true"], scope)))
    default = node.args.get("default")
    return case(branches, value(default, scope) if default else None)


def _equals(operand: Value, node: exp.Expr, scope: Scope) -> str:
    return " = ".join(comparable(operand, value(node, scope)))
