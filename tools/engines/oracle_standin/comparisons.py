"""Comparisons of values with values, lists and subqueries.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Comparison-Conditions.html
"""

from sqlglot import exp

from ..session import UnsupportedError
from .conditions import condition
from .conversion import comparable
from .kinds import OracleError, Value, missing_expression
from .queries import subquery
from .scope import Scope
from .values import value

_OPERATORS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}


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
