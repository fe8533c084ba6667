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

_OPERATORS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}


@singledispatch
def condition(node: exp.Expr, scope: Scope) -> str:
    """Return a condition rewritten; raises ``OracleError`` if it is a value or wrong, or ``UnsupportedError``."""
    if isinstance(node, exp.Boolean):
        value(node, scope)
    if isinstance(node, exp.Predicate):
        raise UnsupportedError(f"the stand-in has no condition {type(node).__name__}")
    raise OracleError("ORA-00920", "invalid relational operator")


@condition.register
def _(node: exp.And, scope: Scope) -> str:
    return f"({condition(node.this, scope)} AND {condition(node.expression, scope)})"


@condition.register
def _(node: exp.Or, scope: Scope) -> str:
    return f"({condition(node.this, scope)} OR {condition(node.expression, scope)})"


@condition.register
def _(node: exp.Not, scope: Scope) -> str:
    return f"(NOT {condition(node.this, scope)})"


@condition.register
def _(node: exp.Paren, scope: Scope) -> str:
    return f"({condition(node.this, scope)})"


@condition.register(exp.EQ)
@condition.register(exp.NEQ)
@condition.register(exp.GT)
@condition.register(exp.GTE)
@condition.register(exp.LT)
@condition.register(exp.LTE)
def _(node: exp.Binary, scope: Scope) -> str:
    operator = _OPERATORS[type(node)]
    if isinstance(node.expression, exp.Any | exp.All):
        return _quantified(node, operator, scope)
    if isinstance(node.expression, exp.Anonymous) and node.expression.name.upper() == "SOME":
        [*operands] = node.expression.expressions
        some = exp.Any(this=operands[0] if len(operands) == 1 else exp.Tuple(expressions=operands))
        return _quantified(type(node)(this=node.this, expression=some), operator, scope)
    if isinstance(node.this, exp.Tuple):
        return _rows_compared(node, operator, scope)
    left, right = comparable(value(node.this, scope), value(node.expression, scope))
    return f"({left} {operator} {right})"


def _quantified(node: exp.Binary, operator: str, scope: Scope) -> str:
    """Compare with ANY or ALL of a list or a subquery."""
    word, operand = type(node.expression).__name__.upper(), node.expression.this
    lefts = [
        value(each, scope) for each in (node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this])
    ]
    while isinstance(operand, exp.Paren):
        operand = operand.this
    if isinstance(operand, exp.Query):
        left_sql, query = _compared_with_query(lefts, operand, scope)
        return f"({left_sql} {operator} {word} {query})"
    if len(lefts) > 1:
        raise UnsupportedError("several values compared with ANY or ALL of a list")
    items = operand.expressions if isinstance(operand, exp.Tuple) else [operand]
    joined = " OR " if word == "ANY" else " AND "
    pairs = [comparable(lefts[0], value(item, scope)) for item in items]
    return f"({joined.join(f'{a} {operator} {b}' for a, b in pairs)})"


def _rows_compared(node: exp.Binary, operator: str, scope: Scope) -> str:
    if operator not in ("=", "<>"):
        raise OracleError("ORA-01796", "this operator cannot be used with lists")
    other = node.expression
    while isinstance(other, exp.Paren):
        other = other.this
    if isinstance(other, exp.Query):
        left, query = _compared_with_query([value(each, scope) for each in node.this.expressions], other, scope)
        return f"({left} {operator} {query})"
    if isinstance(other, exp.Tuple) and other is not node.expression:  # one list in a list
        equal = _equal([value(each, scope) for each in node.this.expressions], other, scope)
        return equal if operator == "=" else f"(NOT {equal})"
    raise OracleError("ORA-00920", "invalid relational operator")


def _compared_with_query(left: list[Value], query: exp.Expr, scope: Scope) -> tuple[str, str]:
    """Return both sides of a comparison with a subquery's rows, each column made comparable."""
    from .queries import subquery  # a query is made of conditions, and a condition of queries

    found = subquery(query, scope)
    if len(found.columns) != len(left):
        code = "ORA-00913" if len(found.columns) > len(left) else "ORA-00947"
        raise OracleError(code, "too many values" if code == "ORA-00913" else "not enough values")
    name = scope.named("q")
    columns = [Value(f"{name}.c{n}", kind) for n, (_, kind) in enumerate(found.columns, 1)]
    pairs = [comparable(a, b) for a, b in zip(left, columns, strict=True)]
    listed = ", ".join(right for _, right in pairs)
    lefts = pairs[0][0] if len(pairs) == 1 else f"({', '.join(a for a, _ in pairs)})"
    return lefts, f"(SELECT {listed} FROM ({found.sql}) {name})"


@condition.register
def _(node: exp.In, scope: Scope) -> str:
    left = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this]
    values = [value(each, scope) for each in left]
    if query := node.args.get("query"):
        lefts, sql = _compared_with_query(values, query.unnest() if isinstance(query, exp.Subquery) else query, scope)
        return f"({lefts} IN {sql})"
    if not node.expressions:
        raise missing_expression()
    return f"({' OR '.join(_equal(values, item, scope) for item in node.expressions)})"


def _equal(left: list[Value], item: exp.Expr, scope: Scope) -> str:
    items = item.expressions if isinstance(item, exp.Tuple) else [item]
    if len(items) != len(left):
        raise OracleError("ORA-00913" if len(items) > len(left) else "ORA-00947", "too many values")
    pairs = [comparable(a, value(b, scope)) for a, b in zip(left, items, strict=True)]
    return "(" + " AND ".join(f"{a} = {b}" for a, b in pairs) + ")"


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
