"""Working a mined expression into a template: as a figure, a column, a group key, a condition or a window."""

import random
import re

from sqlglot import exp

from ..verbalise.selection import aggregates
from .mine import FIRST_NUMBER, Construct
from .neutral import given

_BASE = re.compile(r"^table_\d+$")
_NUMBERED = re.compile(r"(?P<stem>[a-z]+)_(?P<number>\d+)")


def transplant(construct: Construct, template: exp.Select, rng: random.Random) -> exp.Select | None:
    """Work the construct into ``template``, a SELECT of a whole query, and return it; None where it does not fit.

    The construct's slots are renumbered into one of the SELECT's own tables. The tree is changed in place.
    """
    tree = template
    alias = _host(tree, rng)
    if alias is None:
        return None
    node = _hosted(construct.node, tree, alias)
    apply = {"figure": _figure, "scalar": _scalar, "predicate": _predicate, "window": _window}[construct.kind]
    return apply(tree, node, alias, rng)


def is_rows(select: exp.Select) -> bool:
    """Return whether a SELECT lists plain rows: no groups, aggregates, DISTINCT or window."""
    plain = not select.args.get("group") and not select.args.get("distinct") and not select.args.get("qualify")
    return plain and not any(aggregates(p) or p.find(exp.Window) for p in select.expressions)


def base_aliases(select: exp.Select) -> list[str]:
    """Return the aliases of a SELECT's own table slots, those outer joined left out."""
    joins = select.args.get("joins") or []
    items = [select.args["from_"].this, *(j.this for j in joins if j.side != "LEFT")]
    return [i.alias for i in items if isinstance(i, exp.Table) and _BASE.match(i.name)]


def next_number(tree: exp.Expr, stem: str) -> int:
    """Return the next free number for names such as ``out_3`` or ``value_2`` in the whole query."""
    named = (_NUMBERED.match(node.name) for node in tree.root().find_all(exp.Identifier, exp.Placeholder))
    numbers = [int(name["number"]) for name in named if name and name["stem"] == stem]
    return max((number for number in numbers if number < FIRST_NUMBER), default=0) + 1


def _host(tree: exp.Select, rng: random.Random) -> str | None:
    aliases = base_aliases(tree)
    return rng.choice(aliases) if aliases else None


def _hosted(node: exp.Expr, tree: exp.Select, alias: str) -> exp.Expr:
    """Renumber the slots of ``node`` after those of ``tree`` and qualify them by ``alias``."""
    root = exp.Paren(this=node.copy())
    names: dict[str, str] = {}
    for column in root.find_all(exp.Column):
        kind = column.name.split("_")[0]
        if column.name not in names:
            taken = sum(name.startswith(kind) for name in names.values())
            names[column.name] = f"{kind}_{next_number(tree, kind) + taken}"
        column.set("this", exp.to_identifier(names[column.name]))
        column.set("table", exp.to_identifier(alias))
    for number, holder in enumerate(root.find_all(exp.Placeholder)):
        kind = holder.name.split("_")[0]
        holder.set("this", f"{kind}_{next_number(tree, kind) + number}")
    inner: exp.Expr = root.this
    inner.pop()
    return inner


def _named(tree: exp.Select, node: exp.Expr) -> exp.Expr:
    return exp.alias_(node, f"out_{next_number(tree, 'out')}")


def _figure(tree: exp.Select, node: exp.Expr, alias: str, rng: random.Random) -> exp.Select | None:
    if is_rows(tree):
        return _regrouped(tree, node, alias)
    if tree.args.get("distinct") or any(p.find(exp.Window) for p in tree.expressions):
        return None
    plain = [p for p in tree.expressions if aggregates(p)]
    if len(plain) > 1 and rng.random() < 0.6 and not node.find(exp.GroupConcat, exp.ArrayAgg):
        plain[-1].unalias().replace(node)
        return _without_lost_order(tree)
    tree.append("expressions", _named(tree, node))
    return tree


def _regrouped(tree: exp.Select, node: exp.Expr, alias: str) -> exp.Select | None:
    """Turn a list of rows into one row per value of its first text column, showing the figure."""
    keys = [
        p.unalias()
        for p in tree.expressions
        if isinstance(p.unalias(), exp.Column) and p.unalias().name.startswith("text")
    ]
    if not keys:
        return None
    key = keys[0]
    tree.set("expressions", [key.copy(), _named(tree, node)])
    tree.set("group", exp.Group(expressions=[key.copy()]))
    for part in ("order", "limit", "offset"):
        tree.set(part, None)
    return tree


def _scalar(tree: exp.Select, node: exp.Expr, alias: str, rng: random.Random) -> exp.Select | None:
    if tree.args.get("distinct") or any(p.find(exp.Window) for p in tree.expressions):
        return None
    if is_rows(tree):
        if len(tree.expressions) > 2 and rng.random() < 0.6:
            tree.expressions[-1].pop()
        tree.append("expressions", _named(tree, node))
        return _without_lost_order(tree)
    group = tree.args.get("group")
    if (
        group is None
        or len(group.expressions) != 1
        or tree.args.get("having")
        or not isinstance(group.expressions[0], exp.Column)
        or isinstance(node, _NO_GROUP)
        or (isinstance(node, exp.Case | exp.If) and any(g.find(exp.Column) for g in given(node)))
    ):
        return None
    old = group.expressions[0].sql()
    group.set("expressions", [node.copy()])
    kept = [p for p in tree.expressions if p.unalias().sql() != old]
    if any(not aggregates(p) for p in kept):
        return None
    tree.set("expressions", [_named(tree, node), *kept])
    return _without_lost_order(tree)


_NO_GROUP = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.DateAdd,
    exp.DateSub,
    exp.AddMonths,
    exp.Pad,
    exp.Translate,
    exp.Concat,
    exp.DPipe,
    exp.Repeat,
    exp.Reverse,
    exp.Sqrt,
    exp.Pow,
    exp.Ln,
    exp.Greatest,
    exp.Least,
)  # they tell as many groups apart as their column does


def _without_lost_order(tree: exp.Select) -> exp.Select:
    """Drop ORDER BY and LIMIT when they refer to an expression that is no longer selected."""
    order = tree.args.get("order")
    if order is None:
        return tree
    names = {p.alias_or_name for p in tree.expressions} | {p.unalias().sql() for p in tree.expressions}
    grouped = tree.args.get("group") is not None
    lost = [
        k
        for k in order.expressions
        if (grouped or k.this.name.startswith("out_")) and not ({k.this.sql(), k.this.name} & names)
    ]
    if lost:
        for part in ("order", "limit", "offset"):
            tree.set(part, None)
    return tree


def _predicate(tree: exp.Select, node: exp.Expr, alias: str, rng: random.Random) -> exp.Select | None:
    if isinstance(node, exp.Or | exp.Xor):
        node = exp.paren(node)  # it goes beside other conditions
    where = tree.args.get("where")
    if where is not None and len(list(where.find_all(exp.Placeholder))) > 1:
        if isinstance(where.this, exp.And):
            where.this.set("expression", node)
            return tree
        if not where.find(exp.Subquery, exp.Select):
            where.set("this", node)
            return tree
    return tree.where(node, copy=False)


def _window(tree: exp.Select, node: exp.Expr, alias: str, rng: random.Random) -> exp.Select | None:
    if not is_rows(tree) or tree.args.get("limit") or node.find(exp.Placeholder):
        return None
    if len(tree.expressions) > 2:
        tree.expressions[-1].pop()
    tree.append("expressions", _named(tree, node))
    return _without_lost_order(tree)
