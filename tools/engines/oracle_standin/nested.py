"""Aggregates of aggregates: ``SELECT MAX(COUNT(*)) … GROUP BY …`` aggregates the groups once more, into one row.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Aggregate-Functions.html
"""

from dataclasses import replace

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import aggregates_in, is_aggregate
from .base import Base
from .conditions import condition
from .grouping import check_grouped, group_keys
from .kinds import OracleError, Value
from .queries import Query
from .scope import spelt
from .values import spelling, value


def nested_aggregates(node: exp.Select, found: Base) -> Query:
    """Return a block whose select list aggregates aggregates."""
    if node.args.get("order") or node.args.get("distinct") or node.args.get("limit"):
        raise UnsupportedError("aggregates of aggregates in an ordered or distinct block")
    keys = group_keys(node, found.scope)
    alias, inner = found.scope.named("n"), {}
    for outer in aggregates_in(node):
        for argument in _arguments(outer):
            check_grouped(argument, keys, found.scope)
            inner[spelling(argument)] = value(argument, found.scope)
    columns = ", ".join(f"{said.sql} AS a{n}" for n, said in enumerate(inner.values(), 1))
    having = f" HAVING {condition(node.args['having'].this, found.scope)}" if node.args.get("having") else ""
    groups = f"SELECT {columns} {found.sql}{keys.sql if keys else ''}{having}"
    computed = {key: Value(f"{alias}.a{n}", said.kind) for n, (key, said) in enumerate(inner.items(), 1)}
    around = replace(found.scope, relations=(), merged=(), computed=computed)
    items = []
    for each in node.expressions:
        _check(each)
        items.append((_name(each), value(each.this if isinstance(each, exp.Alias) else each, around)))
    listed = ", ".join(f"{said.sql} AS c{n}" for n, (_, said) in enumerate(items, 1))
    return Query(f"SELECT {listed} FROM ({groups}) {alias}", tuple((name, said.kind) for name, said in items))


def _arguments(outer: exp.Expr) -> list[exp.Expr]:
    found = [
        part for each in outer.expressions for part in (each.expressions if isinstance(each, exp.Distinct) else [each])
    ]
    if not isinstance(outer, exp.Anonymous) or not all(aggregates_in(each) for each in found):
        raise UnsupportedError("aggregates of aggregates beside plain ones")
    return found


def _check(node: exp.Expr) -> None:
    if is_aggregate(node):
        return
    if isinstance(node, exp.Column):
        raise OracleError("ORA-00937", "not a single-group group function")
    for child in node.iter_expressions():
        _check(child)


def _name(node: exp.Expr) -> str:
    return spelt(node.args["alias"]) if isinstance(node, exp.Alias) else node.sql("oracle").replace(" ", "").upper()
