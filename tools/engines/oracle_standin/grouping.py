"""GROUP BY, and which expressions may stand beside it.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html (group_by_clause)
"""

from dataclasses import dataclass

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import is_aggregate
from .kinds import OracleError
from .scope import Scope, is_local, spelt
from .values import typed, value


@dataclass(frozen=True, slots=True)
class Keys:
    """The GROUP BY clause as PostgreSQL's text, and the texts of the expressions it groups by."""

    sql: str
    known: frozenset[str]


def group_keys(node: exp.Select, scope: Scope) -> Keys | None:
    """Return the GROUP BY clause of a block, None if it has none."""
    group = node.args.get("group")
    if not group:
        return None
    if group.args.get("all") or not group.expressions:
        raise OracleError("ORA-00936", "missing expression")
    known: set[str] = set()
    said = [_element(each, scope.at("group"), known) for each in group.expressions]
    return Keys(f" GROUP BY {', '.join(said)}", frozenset(known))


def _element(node: exp.Expr, scope: Scope, known: set[str]) -> str:
    if isinstance(node, exp.Rollup | exp.Cube | exp.GroupingSets):
        word = {exp.Rollup: "ROLLUP", exp.Cube: "CUBE", exp.GroupingSets: "GROUPING SETS"}[type(node)]
        return f"{word} ({', '.join(_element(each, scope, known) for each in node.expressions)})"
    if isinstance(node, exp.Tuple):
        return f"({', '.join(_element(each, scope, known) for each in node.expressions)})"
    if isinstance(node, exp.Query):
        raise OracleError("ORA-22818", "subquery expressions not allowed here")
    if isinstance(node, exp.Paren):
        return _element(node.this, scope, known)
    key = value(node, scope)
    if key.constant:  # in PostgreSQL a number would be a position
        return typed(key.sql, key.kind).sql
    known.add(key.sql)
    return key.sql


def check_grouped(node: exp.Expr, keys: Keys | None, scope: Scope, aliases: set[str] | None = None) -> None:
    """Raise ``OracleError`` if an expression of a grouped block needs a column that the groups do not have."""
    if isinstance(node, exp.Query) or is_aggregate(node) or _is_key(node, keys, scope):
        return
    if isinstance(node, exp.Column) and not (aliases and spelt(node.this) in aliases):
        if is_local(node, scope):
            if keys:
                raise OracleError("ORA-00979", "not a GROUP BY expression")
            raise OracleError("ORA-00937", "not a single-group group function")
        return
    for child in node.iter_expressions():
        check_grouped(child, keys, scope, aliases)


def _is_key(node: exp.Expr, keys: Keys | None, scope: Scope) -> bool:
    if not keys or isinstance(node, exp.Literal | exp.Identifier):
        return False
    try:
        said = value(node, scope).sql
    except (OracleError, UnsupportedError):
        return False
    return said in keys.known or said.strip("()") in keys.known
