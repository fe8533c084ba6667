"""Rules of mutation that know the database: other columns of the same type, other values that occur."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from .identifiers import natural_identifier
from .mutation_rules import Rule, is_join_condition
from .schema import Column, Schema, Table

Values = Callable[[str, str], list[Any]]  # (table, column) -> values that occur in it

_WRAPPED = (exp.Neg, exp.Paren, exp.Cast, exp.Tuple, exp.DateStrToDate)
_GROUPED_PARTS = ("expressions", "group", "having", "order", "qualify")
_OTHER_VALUES = 3  # of each literal


def other_columns(schema: Schema, dialect: str) -> Rule:
    """Return the rule that names another column of the same table and type, but in no join's ON."""

    def rule(node: exp.Expr) -> Iterator[exp.Expr]:
        if isinstance(node, exp.Column) and not is_join_condition(node):
            yield from _others(node, schema, dialect)

    return rule


def other_join_keys(schema: Schema, dialect: str) -> Rule:
    """Return the rule that joins by another column of the same type."""

    def rule(node: exp.Expr) -> Iterator[exp.Expr]:
        if isinstance(node, exp.Column) and is_join_condition(node):
            yield from _others(node, schema, dialect)

    return rule


def other_group_keys(schema: Schema, dialect: str) -> Rule:
    """Return the rule that groups by another column of the same type, and shows that one."""

    def rule(node: exp.Expr) -> Iterator[exp.Expr]:
        group = node.args.get("group")
        for key in group.expressions if isinstance(group, exp.Group) else []:
            for other in _others(key, schema, dialect) if isinstance(key, exp.Column) else ():
                yield _regrouped(node, key, other)

    return rule


def other_values(schema: Schema, values: Values) -> Rule:
    """Return the rule that compares a column with other values that occur in it."""

    def rule(node: exp.Expr) -> Iterator[exp.Expr]:
        column = _compared_column(node) if isinstance(node, exp.Literal) else None
        place = source_column(column, schema) if column is not None else None
        if place is None:
            return
        known = [str(value) for value in values(place[0].name, place[1].name)]
        for value in [each for each in known if each != node.name][:_OTHER_VALUES]:
            if node.is_string or _is_number(value):
                yield exp.Literal(this=value, is_string=node.is_string)

    return rule


def source_column(column: exp.Column, schema: Schema) -> tuple[Table, Column] | None:
    """Return the table and column of the database that ``column`` names; None if it is another query's output."""
    own = {cte.alias.lower() for cte in column.root().find_all(exp.CTE)}
    select = column.find_ancestor(exp.Select)
    while select is not None:
        found = [
            (table, known)
            for item in _tables_of(select)
            if item.name.lower() not in own and column.table in ("", item.alias_or_name)
            for table in schema.tables
            if table.name.lower() == item.name.lower()
            for known in table.columns
            if known.name.lower() == column.name.lower()
        ]
        if found:
            return found[0] if len(found) == 1 else None
        select = select.find_ancestor(exp.Select)
    return None


def _tables_of(select: exp.Select) -> Iterator[exp.Table]:
    items = [select.args.get("from_"), *(select.args.get("joins") or [])]
    yield from (item.this for item in items if item is not None and isinstance(item.this, exp.Table))


def _others(column: exp.Column, schema: Schema, dialect: str) -> Iterator[exp.Expr]:
    place = source_column(column, schema)
    for other in place[0].columns if place is not None else ():
        if place is not None and other.type is place[1].type and other is not place[1]:
            copy = column.copy()
            copy.set("this", natural_identifier(other.name, dialect))
            yield copy


def _regrouped(select: exp.Expr, key: exp.Column, other: exp.Expr) -> exp.Expr:
    copy = select.copy()
    for part in _GROUPED_PARTS:
        found = copy.args.get(part)
        for root in found if isinstance(found, list) else [found]:
            for node in list(root.find_all(exp.Column)) if isinstance(root, exp.Expr) else ():
                if node == key:
                    node.replace(other.copy())
    return copy


def _compared_column(literal: exp.Expr) -> exp.Column | None:
    node = literal.parent
    while isinstance(node, _WRAPPED):
        node = node.parent
    if not isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.In | exp.Between):
        return None
    return node.this if isinstance(node.this, exp.Column) else None


def _is_number(text: str) -> bool:
    try:
        return float(text) >= 0  # a literal has no sign
    except ValueError:
        return False
