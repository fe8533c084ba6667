"""``(+)``: Oracle's own outer joins, written in WHERE.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Joins.html (Outer Joins)
"""

from dataclasses import replace

from sqlglot import exp

from ..session import UnsupportedError
from .conditions import condition
from .kinds import OracleError
from .scope import Relation, Scope, spelt
from .sources import Sources, is_comma, item


def is_marked(node: exp.Expr) -> bool:
    """Say whether a block's WHERE, or one of its conditions, has a ``(+)``."""
    if isinstance(node, exp.Select):
        return bool(node.args.get("where")) and is_marked(node.args["where"].this)
    return any(column.args.get("join_mark") for column in _columns(node))


def _columns(node: exp.Expr) -> list[exp.Column]:
    nodes = node.walk(prune=lambda each: isinstance(each, exp.Query))
    return [each for each in nodes if isinstance(each, exp.Column)]


def marked_sources(node: exp.Select, scope: Scope, conditions: list[exp.Expr]) -> Sources:
    """Return the FROM clause with each table that ``(+)`` marks joined to the others from the left."""
    joins = node.args.get("joins") or []
    if not all(is_comma(join) for join in joins):
        raise OracleError("ORA-25156", "old style outer join (+) cannot be used with ANSI joins")
    items = [item(each, scope) for each in (node.args["from_"].this, *(join.this for join in joins))]
    everything = replace(scope, relations=tuple(relation for _, relation in items), clause="on")
    by_table: dict[str, list[exp.Expr]] = {}
    for each in conditions:
        if is_marked(each):
            by_table.setdefault(_marked_table(each, everything), []).append(each)
    plain = [each for each in items if each[1].name not in by_table]
    if not plain:
        raise OracleError("ORA-01416", "two tables cannot be outer-joined to each other")
    sql, known = " CROSS JOIN ".join(sql for sql, _ in plain), {relation.name for _, relation in plain}
    waiting = dict(by_table)
    while waiting:
        name = next((n for n, on in waiting.items() if _needed(on, everything) <= known | {n}), None)
        if name is None:
            raise OracleError("ORA-01416", "two tables cannot be outer-joined to each other")
        on = " AND ".join(condition(each, everything) for each in waiting.pop(name))
        sql, known = f"{sql} LEFT JOIN {_sql_of(name, items)} ON {on}", known | {name}
    return Sources(sql, everything.relations)


def _sql_of(name: str, items: list[tuple[str, Relation]]) -> str:
    return next(sql for sql, relation in items if relation.name == name)


def _marked_table(node: exp.Expr, scope: Scope) -> str:
    if isinstance(node, exp.Or):
        raise OracleError("ORA-01719", "outer join operator (+) not allowed in operand of OR or IN")
    tables = {_table_of(column, scope) for column in _columns(node) if column.args.get("join_mark")}
    if len(tables) > 1:
        raise OracleError("ORA-01468", "a predicate may reference only one outer-joined table")
    if node.find(exp.Query):
        raise OracleError("ORA-01799", "a column may not be outer-joined to a subquery")
    return tables.pop()


def _needed(conditions: list[exp.Expr], scope: Scope) -> set[str]:
    return {_table_of(column, scope) for each in conditions for column in _columns(each)}


def _table_of(column: exp.Column, scope: Scope) -> str:
    """Return the name of the relation that a column belongs to."""
    if column.args.get("table"):
        return spelt(column.args["table"])
    found = [relation.name for relation in scope.relations if relation.found(spelt(column.this))]
    if len(found) != 1:
        raise UnsupportedError("(+) with a column of no one table")
    return found[0]
