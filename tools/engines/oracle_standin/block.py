"""One query block: SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … FETCH."""

from collections.abc import Iterable
from dataclasses import replace

from sqlglot import exp

from .aggregates import aggregates_in, has_nested
from .base import Base, base
from .conditions import condition
from .grouping import Keys, check_grouped, group_keys
from .kinds import OracleError, Value, missing_expression, unknown_identifier
from .ordering import cut, named_term, order_clause, order_terms
from .queries import Query
from .scope import Field, Scope, named, spelt
from .values import value

Item = tuple[str, Value]


def select(node: exp.Select, scope: Scope) -> Query:
    """Return a query block rewritten; raises ``OracleError`` or ``UnsupportedError``."""
    if not node.expressions:
        raise missing_expression()
    found = base(node, scope)
    if has_nested(node):
        from .nested import nested_aggregates

        return nested_aggregates(node, found)
    keys = group_keys(node, found.scope)
    items = select_items(node, found.scope)
    having = condition(node.args["having"].this, found.scope.at("having")) if node.args.get("having") else None
    if keys or aggregates_in(node):
        _check_groups(node, keys, found.scope)
    distinct = "DISTINCT " if node.args.get("distinct") else ""
    listed = ", ".join(f"{item.sql} AS c{n}" for n, (_, item) in enumerate(items, 1))
    sql = f"SELECT {distinct}{listed} {found.sql}{keys.sql if keys else ''}{f' HAVING {having}' if having else ''}"
    terms = _terms(node, items, keys, found)
    if not terms and not (keys or distinct or aggregates_in(node)):
        terms = found.order
    columns = tuple((name, item.kind) for name, item in items)
    cut_sql = cut(sql + order_clause(terms), node, bool(terms), ", ".join(f"c{n}" for n in range(1, len(items) + 1)))
    return Query(cut_sql, columns)


def select_items(node: exp.Select, scope: Scope) -> list[Item]:
    """Return the select list with its stars written out: Oracle's name and the value of each column."""
    items: list[Item] = []
    for expression in node.expressions:
        if isinstance(expression, exp.Star):
            if len(node.expressions) > 1:
                raise OracleError("ORA-00923", "FROM keyword not found where expected")
            items += _starred(scope.fields())
        elif isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
            items += _starred(_fields_of(spelt(expression.args["table"]), scope))
        elif isinstance(expression, exp.Alias):
            name = named(expression.args["alias"], "ORA-00923", "FROM keyword not found where expected")
            items.append((name, value(expression.this, scope)))
        else:
            items.append((_default_name(expression), value(expression, scope)))
    return items


def _fields_of(name: str, scope: Scope) -> list[Field]:
    relation = scope.relation(name)
    if not relation:
        raise unknown_identifier(name)
    return relation.distinct()


def _starred(fields: Iterable[Field]) -> list[Item]:
    return [(field.name, field.value) for field in fields]


def _default_name(expression: exp.Expr) -> str:
    """Return the name of an unnamed column: its expression, in upper case and without spaces."""
    if isinstance(expression, exp.Column):
        return spelt(expression.this)
    return expression.sql("oracle").replace(" ", "").upper()


def _check_groups(node: exp.Select, keys: Keys | None, scope: Scope) -> None:
    known = keys.known if keys else frozenset()
    for expression in node.expressions:
        if isinstance(expression, exp.Star) or isinstance(expression.this, exp.Star):
            table = spelt(expression.args["table"]) if isinstance(expression, exp.Column) else None
            fields = _fields_of(table, scope) if table else list(scope.fields())
            if isinstance(expression, exp.Star | exp.Column) and any(f.value.sql not in known for f in fields):
                raise OracleError("ORA-00979" if keys else "ORA-00937", "not a GROUP BY expression")
        else:
            check_grouped(expression, keys, scope)
    if node.args.get("having"):
        check_grouped(node.args["having"].this, keys, scope)


def _terms(node: exp.Select, items: list[Item], keys: Keys | None, found: Base) -> list[str]:
    order = node.args.get("order")
    if order and order.args.get("siblings"):
        return []
    aliases = {spelt(each.args["alias"]) for each in node.expressions if isinstance(each, exp.Alias)}
    explicit = {name: item for name, item in items if name in aliases}
    with_aliases = replace(found.scope, pseudo={**explicit, **found.scope.pseudo}, clause="order")

    def term(target: exp.Expr) -> str | None:
        if place := named_term(target, items):
            return place
        said = value(target, with_aliases)
        if said.constant:
            return None
        if same := [n for n, (_, item) in enumerate(items, 1) if item.sql == said.sql]:
            return str(same[0])
        if node.args.get("distinct"):
            raise OracleError("ORA-01791", "not a SELECTed expression")
        if keys or aggregates_in(node):
            check_grouped(target, keys, with_aliases, aliases)
        return said.sql

    return order_terms(order, len(items), term)
