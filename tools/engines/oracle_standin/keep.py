"""``KEEP (DENSE_RANK FIRST | LAST ORDER BY …)``: aggregates of only those rows of a group that rank first or last.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/FIRST.html
"""

from dataclasses import replace

from sqlglot import exp

from ..session import UnsupportedError
from .base import Base, number, own_nodes, wrapped
from .kinds import OracleError, Value
from .ordering import direction
from .scope import Scope
from .values import spelling, value


def is_keep(node: exp.Expr) -> bool:
    """Say whether a node is an aggregate with KEEP."""
    return isinstance(node, exp.Window) and node.args.get("over") == "KEEP"


def ranked(node: exp.Select, start: Base) -> Base:
    """Return a base with the rank of each row for each KEEP of the block."""
    kept = {spelling(each): each for each in own_nodes(node) if is_keep(each)}
    if not kept:
        return start
    ranks = {key: _rank(each, node, start.scope) for key, each in kept.items()}
    sql, scope, added = wrapped(start, ranks)
    named = {f"RANK OF {key}": rank for key, rank in added.items()}
    return Base(f"FROM {sql}", replace(scope, computed={**scope.computed, **named}))


def _rank(keep: exp.Expr, node: exp.Select, scope: Scope) -> Value:
    keys = _partition(keep, node)
    if spelling(keep.args["alias"]).upper() != "DENSE_RANK" or not keep.args.get("order"):
        raise OracleError("ORA-02000", "missing DENSE_RANK keyword")
    last = not keep.args.get("first")
    order = ", ".join(value(each.this, scope).sql + direction(each, last) for each in keep.args["order"].expressions)
    said = [value(key, scope) for key in keys]
    partition = f"PARTITION BY {', '.join(key.cast() for key in said)} " if said else ""
    return number(f"dense_rank() OVER ({partition}ORDER BY {order})")


def _partition(keep: exp.Expr, node: exp.Select) -> list[exp.Expr]:
    """Return the expressions whose equal values make the set of rows that is ranked."""
    if isinstance(keep.parent, exp.Window):
        return list(keep.parent.args.get("partition_by") or [])
    group = node.args.get("group")
    keys = list(group.expressions) if group else []
    if any(isinstance(key, exp.Rollup | exp.Cube | exp.GroupingSets | exp.Tuple) for key in keys):
        raise UnsupportedError("KEEP with several grouping sets")
    return keys


def kept_rows(node: exp.Expr, scope: Scope) -> str:
    """Return the FILTER clause by which an aggregate with KEEP sees its rows."""
    rank = scope.computed.get(f"RANK OF {spelling(node)}")
    if not rank:
        raise UnsupportedError("KEEP here")
    return f" FILTER (WHERE {rank.sql} = 1)"
