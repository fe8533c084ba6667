"""Bare columns: what a group shows without aggregating it or grouping by it.

SQLite takes the value of one row of the group, beside a single MIN or MAX that of the row with the extreme
(https://sqlite.org/lang_select.html#bareagg).
"""

from collections.abc import Callable, Iterator

from sqlglot import exp

from ..ranked_rows import rank_rows
from .target import Target

_WINDOWLESS = (exp.Query, exp.Window)


def settle_bare_columns(tree: exp.Query, target: Target) -> None:
    """Group by bare columns too, or take them from the row with the extreme."""
    for select in list(tree.find_all(exp.Select)):
        bare = list(_bare_columns(select))
        if bare:
            _settle(select, bare, _only_extreme(select), target.dialect)


def _settle(select: exp.Select, bare: list[exp.Column], extreme: exp.Expr | None, dialect: str) -> None:
    if extreme is not None and all(column.sql() == extreme.this.sql() for column in bare):
        _replace_all(bare, lambda column: type(extreme)(this=column), select)
    elif extreme is not None and dialect == "mysql":
        rank_rows(select, extreme, bare)
    elif extreme is not None:
        _replace_all(bare, lambda column: _at_extreme(column, extreme, dialect), select)
    elif select.args.get("group"):
        _group_by(bare, select.args["group"])
    else:
        _replace_all(bare, lambda column: exp.Min(this=column), select)


def _group_by(columns: list[exp.Column], group: exp.Group) -> None:
    known = {key.sql() for key in group.expressions}
    for column in columns:
        if column.sql() not in known:
            known.add(column.sql())
            group.append("expressions", column.copy())


def _replace_all(columns: list[exp.Column], value: Callable[[exp.Expr], exp.Expr], select: exp.Select) -> None:
    for column in columns:
        new = value(column.copy())
        new.type = column.type
        column.replace(exp.alias_(new, column.name) if column.parent is select else new)


def _own_aggregates(select: exp.Select) -> list[exp.Expr]:
    places = [*select.expressions, *filter(None, (select.args.get("having"), select.args.get("order")))]
    return [a for place in places for a in _walk(place) if isinstance(a, exp.AggFunc)]


def _walk(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield ``node`` and what is in it, but not what is in windows and queries of its own."""
    yield from node.walk(prune=lambda n: isinstance(n, _WINDOWLESS))


def _only_extreme(select: exp.Select) -> exp.Expr | None:
    distinct = {a.sql(): a for a in _own_aggregates(select) if isinstance(a, exp.Min | exp.Max)}
    return next(iter(distinct.values())) if len(distinct) == 1 else None


def _bare_columns(select: exp.Select) -> Iterator[exp.Column]:
    group = select.args.get("group")
    if group is None and not _own_aggregates(select):
        return
    keys = {key.sql() for key in group.expressions} if group else set()
    aliases = {p.alias for p in select.expressions if isinstance(p, exp.Alias)}
    pending = [*select.expressions, *filter(None, (select.args.get("having"), select.args.get("order")))]
    while pending:
        node = pending.pop(0)
        if node.sql() in keys or isinstance(node, (exp.AggFunc, exp.Filter, *_WINDOWLESS)):
            continue
        if isinstance(node, exp.Column):
            if not isinstance(node.this, exp.Star) and (node.table or node.name not in aliases):
                yield node
        else:
            pending = [*node.iter_expressions(), *pending]


def _at_extreme(column: exp.Expr, extreme: exp.Expr, dialect: str) -> exp.Expr:
    """Return the value of ``column`` in the row where the argument of ``extreme`` is least or greatest."""
    descending = isinstance(extreme, exp.Max)
    if dialect == "postgres":
        key = exp.Ordered(this=extreme.this.copy(), desc=descending, nulls_first=False)
        collected = exp.ArrayAgg(this=exp.Order(this=column, expressions=[key]))
        return exp.Bracket(this=exp.Paren(this=collected), expressions=[exp.Literal.number(1)], offset=1)
    if dialect == "oracle":
        order = exp.Order(expressions=[exp.Ordered(this=extreme.this.copy(), desc=descending, nulls_first=False)])
        return exp.Window(
            this=exp.Max(this=column), over="KEEP", alias=exp.Var(this="DENSE_RANK"), first=True, order=order
        )
    kind = exp.ArgMax if descending else exp.ArgMin
    return kind(this=column, expression=extreme.this.copy())
