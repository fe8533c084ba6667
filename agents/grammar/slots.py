"""Reading a template: its table slots, typed column slots, and the keys that join them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

_COLUMN = re.compile(r"^(number|text|date|flag|key|value)_\d+$")
_TABLE = re.compile(r"^table_\d+$")

Slot = tuple[str, str]  # table slot, column slot: ("table_1", "number_2")


@dataclass(slots=True)
class Slots:
    """What a template asks of a schema.

    ``columns`` holds, per table slot, its column slots with the roles they play: ``measure`` for sums, averages
    and arithmetic, ``summed``, ``collected`` into lists, ``group`` for grouping, ``alone`` if nothing is joined
    there, ``shown`` unless only compared, ``timed`` if its time of day matters, ``fractional`` if it is rounded,
    ``worded`` if a function takes its text apart. ``links`` are pairs of key slots that are joined, ``listed`` those
    where one is looked up in a list of the other, ``paired`` the columns that a set operation puts under each other,
    ``alike`` those that are compared or subtracted.
    """

    columns: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    links: set[tuple[Slot, Slot]] = field(default_factory=set)
    listed: set[tuple[Slot, Slot]] = field(default_factory=set)
    paired: set[tuple[Slot, Slot]] = field(default_factory=set)
    alike: set[tuple[Slot, Slot]] = field(default_factory=set)


def read_slots(template: exp.Expr) -> Slots:
    """Return the slots of a template's syntax tree."""
    found = Slots()
    for table in template.find_all(exp.Table):
        if _TABLE.match(table.name):
            found.columns.setdefault(table.name, {})
    for column in template.find_all(exp.Column):
        slot = resolve(column)
        if slot is not None:
            found.columns[slot[0]].setdefault(slot[1], set()).update(_roles(column))
    for pairs, links in ((_joined(template), found.links), (_listed(template), found.listed)):
        for first, second in pairs:
            one, other = resolve(first), resolve(second)
            if one is not None and other is not None and one[1].startswith("key") and other[1].startswith("key"):
                links.add((one, other))
    for node in template.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Sub, exp.Add):
        sides = [resolve(c) for c in (node.this, node.expression) if isinstance(c, exp.Column)]
        if len(sides) == 2 and sides[0] is not None and sides[1] is not None:
            found.alike.add((sides[0], sides[1]))
    for operation in template.find_all(exp.SetOperation):
        found.paired |= set(_stacked(operation))
    return found


def _stacked(operation: exp.SetOperation) -> Iterator[tuple[Slot, Slot]]:
    sides = [side.find(exp.Select) for side in (operation.this, operation.expression)]
    if any(side is None for side in sides):
        return
    for pair in zip(*(side.expressions for side in sides if side is not None), strict=False):
        columns = [p.unalias() for p in pair]
        slots = [resolve(c) for c in columns if isinstance(c, exp.Column)]
        if len(slots) == 2 and slots[0] is not None and slots[1] is not None:
            yield slots[0], slots[1]


def resolve(column: exp.Column) -> Slot | None:
    """Return the slot a column reference stands for, through CTEs and derived tables, or None for an expression."""
    item = _item(column)
    if item is None:
        return None
    if isinstance(item, exp.Table) and _TABLE.match(item.name):
        return (item.name, column.name) if _COLUMN.match(column.name) else None
    inner = projection(item, column)
    return resolve(inner) if isinstance(inner, exp.Column) else None


def behind(column: exp.Column) -> exp.Expr:
    """Return the expression a column reference stands for, through CTEs and derived tables."""
    item = _item(column)
    inner = (
        None if item is None or (isinstance(item, exp.Table) and _TABLE.match(item.name)) else projection(item, column)
    )
    return behind(inner) if isinstance(inner, exp.Column) else inner or column


def projection(item: exp.Expr, column: exp.Column) -> exp.Expr | None:
    """Return the unaliased projection named like ``column`` of a FROM item that is a CTE or a subquery."""
    query: exp.Expr | None = item.this if isinstance(item, exp.Subquery | exp.Lateral) else _cte(item)
    while query is not None and not isinstance(query, exp.Select):
        query = query.this
    chosen: list[exp.Expr] = query.expressions if query is not None else []
    return next((c.unalias() for c in chosen if c.alias_or_name == column.name), None)


def _cte(table: exp.Expr) -> exp.Expr | None:
    node: exp.Expr | None = table
    while node is not None:
        with_ = node.args.get("with_")
        ctes: list[exp.CTE] = with_.expressions if with_ is not None else []
        for cte in ctes:
            if cte.alias == table.name:
                query: exp.Expr = cte.this
                return query
        node = node.parent
    return None


def _item(column: exp.Column) -> exp.Expr | None:
    """Return the FROM item that owns ``column``, searching outwards."""
    select = column.find_ancestor(exp.Select)
    while select is not None:
        items = list(items_of(select))
        for item in items:
            if item.alias_or_name == column.table or (not column.table and len(items) == 1):
                return item
        select = select.find_ancestor(exp.Select)
    return None


def items_of(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the FROM items of a SELECT in order."""
    if select.args.get("from_"):
        yield select.args["from_"].this
    for join in select.args.get("joins") or []:
        yield join.this


def _joined(template: exp.Expr) -> Iterator[tuple[exp.Column, exp.Column]]:
    for node in template.find_all(exp.EQ):
        if isinstance(node.this, exp.Column) and isinstance(node.expression, exp.Column):
            yield node.this, node.expression


def _listed(template: exp.Expr) -> Iterator[tuple[exp.Column, exp.Column]]:
    for node in template.find_all(exp.In):
        query = node.args.get("query")
        first = query.find(exp.Select) if query is not None else None
        if (
            isinstance(node.this, exp.Column)
            and first is not None
            and isinstance(first.expressions[0].unalias(), exp.Column)
        ):
            yield node.this, first.expressions[0].unalias()


def _is_measured(column: exp.Column) -> bool:
    aggregate = column.find_ancestor(exp.AggFunc)
    uncounted = (exp.Count, exp.Min, exp.Max, exp.Mode, exp.ArrayAgg, exp.GroupConcat, exp.LogicalAnd, exp.LogicalOr)
    return aggregate is not None and not isinstance(aggregate, uncounted)


def _roles(column: exp.Column) -> set[str]:
    roles = set()
    if column.find_ancestor(exp.Mul, exp.Div, exp.Sub, exp.Add) or _is_measured(column):
        roles.add("measure")
    if column.find_ancestor(exp.Sum):
        roles.add("summed")
    if not (isinstance(column.parent, exp.EQ) and column.parent.find(exp.Placeholder)):
        roles.add("shown")
    if isinstance(column.parent, exp.GT | exp.LT | exp.GTE | exp.LTE | exp.Between | exp.Ordered):
        roles.add("measure")
    select = column.find_ancestor(exp.Select)
    grouping = column.find_ancestor(exp.Group) or isinstance(column.parent, exp.Window)
    if grouping and select is not None and not select.args.get("joins"):
        roles.add("alone")
    if column.find_ancestor(exp.Group) or (isinstance(column.parent, exp.Window)):
        roles.add("group")
    if column.find_ancestor(exp.GroupConcat, exp.ArrayAgg, exp.JSONArrayAgg):
        roles.add("collected")
    if isinstance(column.parent, exp.Func) and not isinstance(column.parent, (exp.AggFunc, *_NOT_COMPUTING)):
        roles.add("measure")
        if not isinstance(column.parent, _KEEPS_TEXT):
            roles.add("worded")
    if isinstance(column.parent, exp.Ceil | exp.Floor | exp.Trunc | exp.Round) and not column.find_ancestor(
        exp.AggFunc
    ):
        roles.add("fractional")
    if any(_TIMED.search(str(a)) for a in _functions_around(column)):
        roles.add("timed")
    return roles


_NOT_COMPUTING = (exp.Case, exp.If, exp.Cast, exp.And, exp.Or)
_KEEPS_TEXT = (exp.Coalesce, exp.Concat, exp.ConcatWs, exp.Upper, exp.Lower, exp.Length, exp.Greatest, exp.Least)
_TIMED = re.compile(r"\b(HOUR|MINUTE|SECOND|HOUR_MINUTE|HH24|HH|MI)\b|%H|%I|%i|^TIME\(", re.IGNORECASE)


def _functions_around(column: exp.Column) -> Iterator[str]:
    """Yield the calls that ``column`` is an argument of, as SQL, outermost last."""
    node = column.parent
    while isinstance(node, exp.Func | exp.Binary | exp.Unary | exp.Interval) and not isinstance(node, exp.Predicate):
        yield node.sql()
        node = node.parent
