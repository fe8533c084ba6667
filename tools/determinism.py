"""Whether a query's result hangs on ties that nothing decides.

Running a query twice rarely shows a tie, since an engine breaks it the same way twice. So every order that
decides which rows or values survive is completed by further keys, once ascending and once descending: a
deterministic query gives the same rows either way.
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from .dialects import get_dialect
from .parsing import parse
from .ranked_rows import rank_rows
from .render import render
from .row_keys import outputs, row_keys
from .schema import Schema
from .volatility import arbitrary, is_collecting, is_fed_in_order, is_windowed, volatile

__all__ = ["arbitrary", "tie_break_variants", "volatile"]

_POSITIONAL = (exp.RowNumber, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)


def tie_break_variants(sql: str, dialect: str, schema: Schema) -> list[str]:
    """Return two rewrites that give the rows of ``sql``, in any order, if it is deterministic.

    Empty if no order decides anything. Raises ``sqlglot.errors.SqlglotError`` if ``sql`` does not parse.
    """
    variants = []
    for descending in (False, True):
        tree = parse(sql, dialect)
        decided = [_decide(node, dialect, schema, descending) for node in list(tree.walk())]
        if not any(decided):
            return []
        variants.append(render(tree, dialect))
    return variants


def _decide(node: exp.Expr, dialect: str, schema: Schema, descending: bool) -> bool:
    """Complete every order that ``node`` itself relies on; return whether there was any."""
    if isinstance(node, exp.Window):
        return _decide_window(node, schema, descending)
    if is_collecting(node):
        return get_dialect(dialect).ordered_lists and _decide_collected(node, dialect, descending)
    if not isinstance(node, exp.Query):
        return False
    bare = isinstance(node, exp.Select) and dialect == "sqlite" and _decide_bare_columns(node, descending)
    if not _order_matters(node):
        return bare
    numbers = range(1, 1 + len(outputs(node, schema)))
    keys = [exp.Literal.number(number) for number in numbers]
    return _complete(node, keys or _keys_around(node, schema), descending) or bare


def _order_matters(query: exp.Query) -> bool:
    """Return whether the order of the rows of ``query`` decides what comes out, here or in a query around it."""
    limit, distinct = query.args.get("limit"), query.args.get("distinct")
    options = limit.args.get("limit_options") if limit is not None else None
    if limit is not None and not (options and options.args.get("with_ties")):
        return True
    if query.args.get("offset") or (isinstance(distinct, exp.Distinct) and distinct.args.get("on")):
        return True
    if isinstance(query.parent, exp.Array):
        return True
    return query.args.get("order") is not None and isinstance(query.parent, exp.Subquery | exp.CTE)


def _decide_window(window: exp.Window, schema: Schema, descending: bool) -> bool:
    function = window.this.this if isinstance(window.this, exp.IgnoreNulls | exp.RespectNulls) else window.this
    if isinstance(function, exp.Identifier):  # a definition in a WINDOW clause
        return False
    definition = _definition(window)
    frame = (definition or window).args.get("spec")
    by_rows = frame is not None and str(frame.args.get("kind", "")).upper() == "ROWS"
    if not (by_rows or isinstance(function, _POSITIONAL)):
        return False
    if definition is not None:
        for part in ("partition_by", "order", "spec", "alias"):
            value = definition.args.get(part)
            window.set(part, [v.copy() for v in value] if isinstance(value, list) else value and value.copy())
    return _complete(window, _keys_around(window, schema), descending)


def _definition(window: exp.Window) -> exp.Window | None:
    """Return the definition that ``OVER name`` refers to; others may use it too, so it is not to be changed."""
    select = window.find_ancestor(exp.Select)
    if select is None or not window.alias or window.args.get("order"):
        return None
    return next((each for each in select.args.get("windows") or [] if each.this.name == window.alias), None)


def _decide_collected(node: exp.Expr, dialect: str, descending: bool) -> bool:
    """Order what an aggregate collects by its own arguments; DISTINCT allows no other key (PostgreSQL)."""
    if is_windowed(node) or isinstance(node.parent, exp.WithinGroup):
        return False
    if isinstance(node, exp.AnyValue) and not get_dialect(dialect).ordered_any:
        node.replace((exp.Max if descending else exp.Min)(this=node.this))
        return True
    place = _last_argument(node)
    place = place.this if isinstance(place, exp.Limit) else place
    order = place if isinstance(place, exp.Order) else exp.Order(this=place.copy(), expressions=[])
    sorted_rows = not order.expressions and is_fed_in_order(node)
    if isinstance(order.this, exp.Distinct):
        keys = order.this.expressions[:1]
    else:
        keys = [c for argument in _arguments(node) for c in argument.find_all(exp.Column)]
    known = {key.this.sql() for key in order.expressions}
    if sorted_rows or all(key.sql() in known for key in keys):
        return False
    order.set("expressions", [*order.expressions, *_ordered(keys, descending)])
    place.replace(order)
    return True


def _arguments(node: exp.Expr) -> Iterator[exp.Expr]:
    for name in ("this", "expression", "expressions"):
        value = node.args.get(name)
        for each in value if isinstance(value, list) else [value]:
            while isinstance(each, exp.Limit | exp.Order):
                each = each.this
            if isinstance(each, exp.Expr):
                yield each


def _last_argument(node: exp.Expr) -> exp.Expr:
    last: exp.Expr = node.expressions[-1] if node.expressions else node.args.get("expression") or node.this
    return last


def _decide_bare_columns(select: exp.Select, descending: bool) -> bool:
    """Take the least or greatest value of each column that a group leaves open.

    SQLite takes one from any row of the group, beside a single min() or max() from any that has the extreme
    (https://sqlite.org/lang_select.html#bareagg).
    """
    chosen: type[exp.Expr] = exp.Max if descending else exp.Min
    columns, extremes = list(_bare_columns(select)), _extremes(select)
    if columns and len(extremes) == 1:
        return _decide_at_extreme(select, extremes[0], columns, chosen)
    for column in columns:
        decided = chosen(this=column.copy())
        column.replace(exp.alias_(decided, column.this.copy()) if column.parent is select else decided)
    return bool(columns)


def _decide_at_extreme(
    select: exp.Select, extreme: exp.Expr, columns: list[exp.Column], chosen: type[exp.Expr]
) -> bool:
    settled = all(column.sql() == extreme.this.sql() for column in columns)
    if settled or any(part.is_star or part.find(exp.Query) for part in select.expressions):
        return False
    rank_rows(select, extreme, columns, chosen)
    return True


def _extremes(select: exp.Select) -> list[exp.Expr]:
    """Return the different MINs and MAXs of a query's own; SQLite calculates the same one once."""
    return list({a.sql(): a for a in _aggregates(select) if isinstance(a, exp.Min | exp.Max)}.values())


def _aggregates(select: exp.Select) -> list[exp.Expr]:
    places = [*select.expressions, *filter(None, map(select.args.get, ("having", "order")))]
    found = [a for place in places for a in place.find_all(exp.AggFunc) if not is_windowed(a)]
    return [a for a in found if a.find_ancestor(exp.Select) is select]


def _bare_columns(select: exp.Select) -> Iterator[exp.Column]:
    group = select.args.get("group")
    if group is None and not _aggregates(select):
        return
    keys = row_keys(select, Schema("", ())) if group is not None else []
    grouped = {key.sql() for key in keys}
    plain = {key.name for key in keys if isinstance(key, exp.Column)} | {p.alias for p in select.expressions}
    pending: list[exp.Expr] = [*select.expressions, *filter(None, map(select.args.get, ("having", "order")))]
    while pending:
        node = pending.pop()
        if node.sql() in grouped or isinstance(node, exp.Query | exp.Star):
            continue
        if isinstance(node, exp.Column):
            if not (node.is_star or node.name in grouped or (not node.table and node.name in plain)):
                yield node
        elif not isinstance(node, exp.AggFunc | exp.Filter | exp.Anonymous) or is_windowed(node):
            pending += node.iter_expressions()


def _keys_around(node: exp.Expr, schema: Schema) -> Sequence[exp.Expr]:
    select = node if isinstance(node, exp.Select) else node.find_ancestor(exp.Select)
    return row_keys(select, schema) if isinstance(select, exp.Select) else []


def _complete(node: exp.Expr, keys: Sequence[exp.Expr], descending: bool) -> bool:
    if not keys:
        return False
    order = node.args.get("order") or exp.Order(expressions=[])
    order.set("expressions", [*order.expressions, *_ordered(keys, descending)])
    node.set("order", order)
    return True


def _ordered(keys: Sequence[exp.Expr], descending: bool) -> list[exp.Expr]:
    return [exp.Ordered(this=key.copy(), desc=descending, nulls_first=descending) for key in keys]
