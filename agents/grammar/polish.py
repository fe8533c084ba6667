"""Habits of a careful SQL author, applied to a filled query: missing values, ties, rounding."""

import random

from sqlglot import exp

from ...tools.dialects import get_dialect
from ...tools.schema import ColumnType, Schema
from ...tools.transpile import can_order_nulls, nulls_first_by_default
from .slots import items_of

_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT)
_ROUNDED = 0.35  # share of averages that an author rounds for display


def polish(tree: exp.Expr, schema: Schema, dialect: str, rng: random.Random) -> exp.Expr:
    """Order missing values last, break ties under LIMIT by the other columns, round some averages."""
    for select in list(tree.find_all(exp.Select)):
        _break_ties(select)
    for collected in list(tree.find_all(exp.GroupConcat, exp.ArrayAgg)):
        _collect_once(collected, dialect)
    order_missing_last(tree, schema, dialect)
    _leave_dates(tree, schema)
    for rounding in tree.find_all(exp.Round, exp.Trunc):
        if isinstance(rounding.args.get("decimals"), exp.Neg):
            rounding.args["decimals"].this.replace(exp.Literal.number(1))  # thousands of what is in tens are all 0
    for neighbour in tree.find_all(exp.Lag, exp.Lead):
        if isinstance(neighbour.this, exp.Column) and _type_of(neighbour.this, schema) not in _NUMBERS:
            neighbour.set("default", None)  # the example's default is a number
    for paren in list(tree.find_all(exp.Paren)):
        if isinstance(paren.parent, exp.Func) and not isinstance(paren.parent, exp.Connector):
            paren.replace(paren.this.copy())  # an argument needs no brackets of its own
    for select in list(tree.find_all(exp.Select)):
        _round_averages(select, rng)
    for division in tree.find_all(exp.Div) if get_dialect(dialect).cuts_division else ():
        _divide_exactly(division)
    return tree


def order_missing_last(tree: exp.Expr, schema: Schema, dialect: str) -> None:
    """Order NULLs last wherever there may be some and the dialect has words for it."""
    for key in tree.find_all(exp.Ordered):
        _missing_last(key, schema, dialect)


def _leave_dates(tree: exp.Expr, schema: Schema) -> None:
    """The date of a date is itself: ``DATE(joined_on)`` → ``joined_on``."""
    for node in list(tree.find_all(exp.Date, exp.Cast)):
        to_date = isinstance(node, exp.Date) or node.args["to"].is_type(exp.DType.DATE)
        inner = node.this.this if isinstance(node.this, exp.Max | exp.Min) else node.this
        if to_date and isinstance(inner, exp.Column) and _type_of(inner, schema) is ColumnType.DATE:
            node.replace(node.this.copy())


def _type_of(column: exp.Column, schema: Schema) -> ColumnType | None:
    select = column.find_ancestor(exp.Select)
    for item in items_of(select) if select is not None else ():
        if isinstance(item, exp.Table) and column.table in ("", item.alias_or_name):
            found = [c.type for t in schema.tables if t.name == item.name for c in t.columns if c.name == column.name]
            if found:
                return found[0]
    return None


def _divide_exactly(division: exp.Expr) -> None:
    """Some dialects cut the fraction off when both sides are integers; a person means the fraction."""
    dividend = division.this
    if not any(
        "." in number.this and not number.is_string for number in dividend.find_all(exp.Literal)
    ) and not dividend.find(exp.Cast):
        exact = exp.Mul(this=exp.Literal.number("1.0"), expression=dividend.copy())
        division.set("this", exact)


def _break_ties(select: exp.Select) -> None:
    """Extend ORDER BY … LIMIT by selected columns that are not keys of the order yet, two at most."""
    order, limit = select.args.get("order"), select.args.get("limit")
    if order is None or limit is None or _keeps_ties(limit) or select.args.get("distinct"):
        return
    ordered = {key.this.sql() for key in order.expressions}
    for chosen in select.expressions:
        behind = chosen.unalias()
        if {behind.sql(), chosen.alias_or_name} & ordered or not isinstance(behind, exp.Column):
            continue
        if len(order.expressions) < 3:
            order.append("expressions", exp.Ordered(this=behind.copy()))


def _keeps_ties(limit: exp.Expr) -> bool:
    options = limit.args.get("limit_options")
    return options is not None and bool(options.args.get("with_ties"))


def _collect_once(node: exp.Expr, dialect: str) -> None:
    """A list of a column's values is wanted without repeats, in its own order; SQLite has no such order."""
    subject = node.this.this if isinstance(node.this, exp.Order) else node.this
    if isinstance(subject, exp.Column) and dialect != "sqlite":
        distinct = exp.Distinct(expressions=[subject.copy()])
        node.set("this", exp.Order(this=distinct, expressions=[exp.Ordered(this=subject.copy(), nulls_first=False)]))


def _missing_last(key: exp.Ordered, schema: Schema, dialect: str) -> None:
    """NULLs sort first by default for DESC in PostgreSQL and for ASC in SQLite; a person means neither.

    MySQL alone has no words for it.
    """
    descending = bool(key.args.get("desc"))
    in_group = isinstance(key.find_ancestor(exp.WithinGroup), exp.WithinGroup)
    last = not in_group and can_order_nulls(dialect) and _may_be_missing(key.this, key, schema)
    key.set("nulls_first", False if last else nulls_first_by_default(descending, dialect))


def _may_be_missing(node: exp.Expr, place: exp.Expr, schema: Schema) -> bool:
    if isinstance(node, exp.Count | exp.RowNumber | exp.Rank | exp.DenseRank):
        return False
    if isinstance(node, exp.Column):
        select = place.find_ancestor(exp.Select)
        named = [c.this for c in select.expressions if c.alias == node.name] if select is not None else []
        if named and not node.table and not isinstance(named[0], exp.Column):
            return _may_be_missing(named[0], place, schema)
        tables = (
            [i.name for i in items_of(select) if isinstance(i, exp.Table) and node.table in ("", i.alias_or_name)]
            if select is not None
            else []
        )
        known = [t for t in schema.tables if t.name in tables]
        return not any(c.name == node.name and not c.nullable for t in known for c in t.columns) and bool(known)
    return any(_may_be_missing(child, place, schema) for child in node.iter_expressions())


def _round_averages(select: exp.Select, rng: random.Random) -> None:
    if rng.random() > _ROUNDED or select.parent is not None:
        return
    for chosen in select.expressions:
        average = chosen.unalias()
        if isinstance(average, exp.Avg):
            # an Anonymous call: sqlglot would add the cast that PostgreSQL needs, which the author has yet to learn
            rounded = exp.Anonymous(this="ROUND", expressions=[average.copy(), exp.Literal.number(rng.choice((1, 2)))])
            average.replace(rounded)
