"""Rules of mutation: each takes a node of a syntax tree and yields what may stand in its place."""

from collections.abc import Callable, Iterator
from itertools import islice

from sqlglot import exp

Rule = Callable[[exp.Expr], Iterator[exp.Expr]]

_OPPOSITE: dict[type[exp.Expr], type[exp.Binary]] = {
    exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ,
}  # fmt: skip
_BOUND: dict[type[exp.Expr], type[exp.Binary]] = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}
_CONNECTIVE: dict[type[exp.Expr], type[exp.Binary]] = {exp.And: exp.Or, exp.Or: exp.And}
_NEGATABLE = (exp.In, exp.Like, exp.ILike, exp.Glob, exp.RegexpLike, exp.Between, exp.Is, exp.Exists)
_OTHER_AGGREGATE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Max: exp.Min, exp.Min: exp.Max, exp.Avg: exp.Sum, exp.Sum: exp.Avg,
}  # fmt: skip
_OTHER_SET: dict[type[exp.Expr], type[exp.SetOperation]] = {
    exp.Union: exp.Intersect, exp.Intersect: exp.Except, exp.Except: exp.Intersect,
}  # fmt: skip


def changed(tree: exp.Expr, rule: Rule) -> Iterator[exp.Expr]:
    """Yield copies of ``tree`` with one node replaced by what ``rule`` offers for it, the outermost nodes first."""
    for place, node in enumerate(tree.walk()):
        for replacement in rule(node):
            copy = tree.copy()
            replaced = next(islice(copy.walk(), place, None))
            if replaced is not copy:
                replaced.replace(replacement)
            yield replacement if replaced is copy else copy


def is_join_condition(node: exp.Expr) -> bool:
    """Return whether ``node`` stands in the ON of a join, whose changes are those of keys."""
    return isinstance(node.find_ancestor(exp.Join, exp.Query), exp.Join)


def drop_where(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop a WHERE."""
    return _without(node, "where")


def drop_having(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop a HAVING."""
    return _without(node, "having")


def drop_conjunct(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop one of the conditions that AND joins."""
    if isinstance(node, exp.And):
        yield node.this.copy()
        if not isinstance(node.this, exp.And):  # else it would drop several at once
            yield node.expression.copy()


def drop_filter(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop an aggregate's FILTER."""
    if isinstance(node, exp.Filter):
        yield node.this.copy()


def flip_comparison(node: exp.Expr) -> Iterator[exp.Expr]:
    """Turn ``<`` into ``>`` and ``=`` into ``<>``, but not between two columns, which is how rows are joined."""
    joins = isinstance(node.this, exp.Column) and isinstance(node.args.get("expression"), exp.Column)
    return iter(()) if joins else _as_other(node, _OPPOSITE)


def move_bound(node: exp.Expr) -> Iterator[exp.Expr]:
    """Take a bound in or out: ``<`` and ``<=``."""
    return _as_other(node, _BOUND)


def swap_connective(node: exp.Expr) -> Iterator[exp.Expr]:
    """Turn AND into OR and back."""
    return _as_other(node, _CONNECTIVE)


def negate(node: exp.Expr) -> Iterator[exp.Expr]:
    """Negate IN, LIKE, BETWEEN, IS and EXISTS, or take their NOT away."""
    if isinstance(node, exp.Not):
        yield node.this.copy()
    elif isinstance(node, _NEGATABLE) and not isinstance(node.parent, exp.Not):
        yield exp.Not(this=node.copy())


def change_literal(node: exp.Expr) -> Iterator[exp.Expr]:
    """Change a literal of a condition: a number by one, a text by a letter."""
    if isinstance(node, exp.Where | exp.Having):
        yield from changed(node, _next_literal)


def change_aggregate(node: exp.Expr) -> Iterator[exp.Expr]:
    """Swap MAX and MIN, AVG and SUM; turn COUNT(x) into MAX(x), COUNT(*) into COUNT(DISTINCT x)."""
    if type(node) in _OTHER_AGGREGATE:
        if node.find(exp.Column) or node.root().find(exp.Column):
            yield _OTHER_AGGREGATE[type(node)](this=node.this.copy())
    elif isinstance(node, exp.Count):
        column = node.find(exp.Column) or node.root().find(exp.Column)
        if column is not None and isinstance(node.this, exp.Star):
            yield exp.Count(this=exp.Distinct(expressions=[column.copy()]))
        elif column is not None:
            yield exp.Max(this=column.copy())


def drop_group_key(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop one of several group keys, from what is shown too."""
    group = node.args.get("group")
    keys = group.expressions if isinstance(group, exp.Group) else []
    for place, key in enumerate(keys if len(keys) > 1 else []):
        copy = node.copy()
        copy.args["group"].expressions.pop(place)
        shown = [each for each in copy.expressions if each.unalias() != key]
        if shown and isinstance(key, exp.Column):
            copy.set("expressions", shown)
            yield copy


def add_distinct(node: exp.Expr) -> Iterator[exp.Expr]:
    """Add DISTINCT to the outermost SELECT."""
    if isinstance(node, exp.Select) and node.parent is None and not node.args.get("distinct"):
        yield _with(node, distinct=exp.Distinct())


def count_distinct(node: exp.Expr) -> Iterator[exp.Expr]:
    """Count different values only, in COUNT, SUM and AVG."""
    if isinstance(node, exp.Count | exp.Sum | exp.Avg) and isinstance(node.this, exp.Column):
        yield _with(node, this=exp.Distinct(expressions=[node.this.copy()]))


def lose_distinct(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop a DISTINCT, of a SELECT or inside an aggregate."""
    if isinstance(node, exp.Select):
        yield from _without(node, "distinct")
    elif isinstance(node.this, exp.Distinct) and node.this.expressions:
        yield _with(node, this=node.this.expressions[0].copy())


def keep_left(node: exp.Expr) -> Iterator[exp.Expr]:
    """Make a join a LEFT one: rows without a partner are kept."""
    return _joined_on(node, "LEFT")


def keep_right(node: exp.Expr) -> Iterator[exp.Expr]:
    """Make a join a RIGHT one: rows without a partner on the other side are kept."""
    return _joined_on(node, "RIGHT")


def keep_pairs_only(node: exp.Expr) -> Iterator[exp.Expr]:
    """Make an outer join an inner one."""
    if isinstance(node, exp.Join) and node.side:
        yield _with(node, side=None, kind=None)


def flip_direction(node: exp.Expr) -> Iterator[exp.Expr]:
    """Flip the direction of an ordering key."""
    if isinstance(node, exp.Ordered):
        yield _with(node, desc=not node.args.get("desc"), nulls_first=not node.args.get("nulls_first"))


def drop_order(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop the outermost ORDER BY, if no LIMIT hangs on it."""
    limited = any(node.args.get(part) for part in ("limit", "offset", "fetch"))
    return iter(()) if limited or node.parent is not None else _without(node, "order")


def drop_limit(node: exp.Expr) -> Iterator[exp.Expr]:
    """Drop a LIMIT."""
    return _without(node, "limit")


def add_limit(node: exp.Expr) -> Iterator[exp.Expr]:
    """Add a LIMIT to an ordered outermost query."""
    if isinstance(node, exp.Query) and node.parent is None and node.args.get("order") and not node.args.get("limit"):
        for count in (5, 3, 1):
            yield _with(node, limit=exp.Limit(expression=exp.Literal.number(count)))


def change_limit(node: exp.Expr) -> Iterator[exp.Expr]:
    """Double a LIMIT, or take or leave one row more."""
    part = "count" if isinstance(node, exp.Fetch) else "expression"
    count = node.args.get(part)
    if isinstance(node, exp.Limit | exp.Fetch) and isinstance(count, exp.Literal) and count.is_int:
        for other in (2 * int(count.name), int(count.name) + 1, int(count.name) - 1):
            if other > 0:
                yield _with(node, **{part: exp.Literal.number(other)})


def change_set_operation(node: exp.Expr) -> Iterator[exp.Expr]:
    """Make a union an intersection, a difference or the other way round; lose or keep a union's duplicates."""
    if type(node) in _OTHER_SET:
        yield _OTHER_SET[type(node)](**{**node.copy().args, "distinct": True})
    if isinstance(node, exp.Union):
        yield _with(node, distinct=not node.args.get("distinct"))


def _with(node: exp.Expr, **parts: object) -> exp.Expr:
    copy = node.copy()
    for name, part in parts.items():
        copy.set(name, part)
    return copy


def _without(node: exp.Expr, part: str) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Query) and node.args.get(part):
        yield _with(node, **{part: None})


def _as_other(node: exp.Expr, kinds: dict[type[exp.Expr], type[exp.Binary]]) -> Iterator[exp.Expr]:
    if type(node) in kinds and not is_join_condition(node):
        yield kinds[type(node)](this=node.this.copy(), expression=node.expression.copy())


def _joined_on(node: exp.Expr, side: str) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Join) and node.args.get("on") and node.side != side:
        yield _with(node, side=side, kind=None)


def _next_literal(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Literal):
        next_one = f"{node.this}x" if node.is_string else str(float(node.this) + 1).removesuffix(".0")
        yield exp.Literal(this=next_one, is_string=node.is_string)
