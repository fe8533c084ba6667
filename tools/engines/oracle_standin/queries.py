"""Whole queries: parentheses, set operations and WITH. One SELECT is in ``block``, order and limits in ``ordering``."""

from typing import NamedTuple

from sqlglot import exp

from ..session import UnsupportedError
from .conversion import common_kind, to_kind
from .kinds import Kind, OracleError, Value
from .scope import Cte, Scope, spelt
from .values import expression, typed

_SET_OPERATORS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


class Query(NamedTuple):
    """A rewritten query; its columns are named ``c1``, ``c2``, … in PostgreSQL, and as given here in Oracle."""

    sql: str
    columns: tuple[tuple[str, Kind], ...]


def subquery(node: exp.Expr, scope: Scope) -> Query:
    """Return a query inside a condition or a value; Oracle lets none of these be ordered unless it is also cut."""
    inner = node.unnest() if isinstance(node, exp.Subquery) else node
    if inner.args.get("order") and not inner.args.get("limit"):
        raise OracleError("ORA-00907", "missing right parenthesis")
    return query(inner, scope.inner())


@expression.register
def _(node: exp.Subquery, scope: Scope) -> Value:
    """A scalar subquery."""
    found = subquery(node, scope)
    if len(found.columns) != 1:
        raise OracleError("ORA-00913", "too many values")
    return Value(f"({found.sql})", found.columns[0][1])


def query(node: exp.Expr, scope: Scope) -> Query:
    """Return a query rewritten in ``scope``, which belongs to it alone."""
    from .block import select
    from .ordering import finished

    if node.args.get("locks"):
        raise UnsupportedError("FOR UPDATE")
    with_clause = _with(node, scope)
    if isinstance(node, exp.Select):
        body = select(node, scope)
    elif isinstance(node, exp.SetOperation):
        body = finished(node, _set_operation(node, scope))
    elif isinstance(node, exp.Subquery):
        body = finished(node, query(node.this, scope))
    else:
        raise OracleError("ORA-00928", "missing SELECT keyword")
    return body._replace(sql=with_clause + body.sql)


def _set_operation(node: exp.SetOperation, scope: Scope) -> Query:
    """Return a set operation; Oracle 19c evaluates a chain of them from left to right, as the tree says."""
    left, right = query(node.left, _sibling(scope)), query(node.right, _sibling(scope))
    if len(left.columns) != len(right.columns):
        raise OracleError("ORA-01789", "query block has incorrect number of result columns")
    operator = _SET_OPERATORS[type(node)]
    if not node.args.get("distinct"):
        if operator != "UNION":
            raise OracleError("ORA-00928", "missing SELECT keyword")
        operator += " ALL"
    kinds = [common_kind([a, b], "ORA-01790") for (_, a), (_, b) in zip(left.columns, right.columns, strict=True)]
    columns = tuple((name, kind) for (name, _), kind in zip(left.columns, kinds, strict=True))
    return Query(f"({_as_kinds(left, kinds, scope)}) {operator} ({_as_kinds(right, kinds, scope)})", columns)


def _sibling(scope: Scope) -> Scope:
    """Return a scope for a branch: the same surroundings, no relations of its own yet."""
    return Scope(scope.catalog, scope.fresh, scope.ctes, scope.parent, inline=scope.inline)


def _as_kinds(branch: Query, kinds: list[Kind], scope: Scope) -> str:
    if [kind for _, kind in branch.columns] == kinds:
        return branch.sql
    name = scope.named("u")
    values = [Value(f"{name}.c{n}", kind) for n, (_, kind) in enumerate(branch.columns, 1)]
    converted = (f"{to_kind(each, kind)} AS c{n}" for n, (each, kind) in enumerate(zip(values, kinds, strict=True), 1))
    return f"SELECT {', '.join(converted)} FROM ({branch.sql}) {name}"


def _with(node: exp.Expr, scope: Scope) -> str:
    """Make the scope know the named queries of a WITH clause, and return the clause."""
    clause = node.args.get("with_")
    if not clause:
        return ""
    if clause.args.get("search"):
        raise UnsupportedError("SEARCH or CYCLE in WITH")
    definitions = [_named_query(each, scope) for each in clause.expressions]
    recursive = "RECURSIVE " if any(_is_recursive(each) for each in clause.expressions) else ""
    return f"WITH {recursive}{', '.join(definitions)} "


def _is_recursive(cte: exp.CTE) -> bool:
    return any(spelt(table.this) == spelt(cte.args["alias"].this) for table in cte.this.find_all(exp.Table))


def _named_query(cte: exp.CTE, scope: Scope) -> str:
    name, aliases = spelt(cte.args["alias"].this), [spelt(each) for each in cte.args["alias"].columns]
    sql_name = scope.named("w")
    if _is_recursive(cte):
        body = _recursive(cte, name, aliases, sql_name, scope)
    else:
        body = query(cte.this, scope.inner(inline=True))
    columns = _renamed(body.columns, aliases)
    scope.ctes = {**scope.ctes, name: Cte(sql_name, columns)}
    return f"{sql_name} ({', '.join(f'c{n}' for n in range(1, len(columns) + 1))}) AS ({body.sql})"


def _renamed(columns: tuple[tuple[str, Kind], ...], aliases: list[str]) -> tuple[tuple[str, Kind], ...]:
    if not aliases:
        return columns
    if len(aliases) != len(columns):
        raise OracleError(
            "ORA-32038", "number of WITH clause column names does not match number of elements in select list"
        )
    return tuple((alias, kind) for alias, (_, kind) in zip(aliases, columns, strict=True))


def _recursive(cte: exp.CTE, name: str, aliases: list[str], sql_name: str, scope: Scope) -> Query:
    """Return the body of a recursive query, each branch cast to the anchor's types, as PostgreSQL demands."""
    if not aliases:
        raise OracleError("ORA-32039", "recursive WITH clause must have column alias list")
    body = cte.this
    if not isinstance(body, exp.Union) or body.args.get("distinct"):
        raise OracleError("ORA-32040", "recursive WITH clause must use a UNION ALL operation")
    anchor = query(body.left, scope.inner(inline=True))
    if any(kind is Kind.NULL for _, kind in anchor.columns):
        raise UnsupportedError("a recursive query that begins with an untyped NULL")
    within = scope.inner(inline=True)
    within.ctes = {**scope.ctes, name: Cte(sql_name, _renamed(anchor.columns, aliases))}
    step = query(body.right, within)
    if len(step.columns) != len(anchor.columns):
        raise OracleError("ORA-01789", "query block has incorrect number of result columns")
    kinds = [kind for _, kind in anchor.columns]
    return Query(f"{_cast(anchor, kinds, scope)} UNION ALL {_cast(step, kinds, scope)}", anchor.columns)


def _cast(branch: Query, kinds: list[Kind], scope: Scope) -> str:
    name = scope.named("u")
    values = [Value(f"{name}.c{n}", kind) for n, (_, kind) in enumerate(branch.columns, 1)]
    converted = (typed(to_kind(each, kind), kind).sql for each, kind in zip(values, kinds, strict=True))
    return f"SELECT {', '.join(converted)} FROM ({branch.sql}) {name}"
