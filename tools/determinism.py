"""Whether a query's result is the same every time it runs: ties that nothing decides, volatile functions.

Running a query twice rarely shows a tie, since an engine breaks it the same way twice. So every order that
decides which rows or values survive is completed by further keys, once ascending and once descending: a
deterministic query gives the same rows either way.
"""

from sqlglot import exp, parse_one

from .render import render
from .schema import Schema

_POSITIONAL = (exp.RowNumber, exp.Ntile, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
_COLLECTING = (exp.GroupConcat, exp.ArrayAgg, exp.JSONArrayAgg)
_VOLATILE = (exp.Rand, exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentTime, exp.TableSample, exp.Uuid)
_VOLATILE_NAMES = {
    "RANDOM",
    "RANDOMBLOB",
    "NOW",
    "CLOCK_TIMESTAMP",
    "STATEMENT_TIMESTAMP",
    "TIMEOFDAY",
    "GEN_RANDOM_UUID",
    "UUID",
    "SETSEED",
    "TODAY",
    "GET_CURRENT_TIMESTAMP",
    "CHANGES",
    "LAST_INSERT_ROWID",
}


def tie_break_variants(sql: str, dialect: str, schema: Schema) -> list[str]:
    """Return two rewrites that give the rows of ``sql`` if it is deterministic; none if no order decides anything.

    Raises ``sqlglot.errors.SqlglotError`` if ``sql`` does not parse.
    """
    variants = []
    for descending in (False, True):
        tree = parse_one(sql, read=dialect)
        if not sum(_decide(node, schema, descending) for node in list(tree.find_all(*_DECIDING))):
            return []
        variants.append(render(tree, dialect))
    return variants


def volatile(sql: str, dialect: str) -> bool:
    """Return whether ``sql`` calls something whose value changes between executions, such as ``random()``."""
    tree = parse_one(sql, read=dialect)
    named = any(node.name.upper() in _VOLATILE_NAMES for node in tree.find_all(exp.Anonymous))
    return named or tree.find(*_VOLATILE) is not None


def arbitrary(sql: str, dialect: str) -> bool:
    """Return whether the result hangs on the order in which SQLite happens to read rows, which nothing can fix.

    True for bare columns beside GROUP BY and for lists collected from unsorted rows; before 3.44 SQLite has no
    ORDER BY inside an aggregate (https://sqlite.org/lang_aggfunc.html#aggorderby).
    """
    return dialect == "sqlite" and (bare_columns(sql, dialect) or _collects_unsorted(sql, dialect))


def _collects_unsorted(sql: str, dialect: str) -> bool:
    for node in parse_one(sql, read=dialect).find_all(*_COLLECTING, exp.JSONObjectAgg, exp.Anonymous):
        if isinstance(node, exp.Anonymous) and node.name.upper() not in ("JSON_GROUP_OBJECT", "JSON_GROUP_ARRAY"):
            continue
        select = node.find_ancestor(exp.Select)
        source = select.args["from_"].this if select is not None and select.args.get("from_") else None
        if not (isinstance(source, exp.Subquery) and source.this.args.get("order")):
            return True
    return False


def bare_columns(sql: str, dialect: str) -> bool:
    """Return whether a grouped SELECT shows a column that is neither grouped nor aggregated.

    SQLite takes it from any row of the group, except beside a single min() or max()
    (https://sqlite.org/lang_select.html#bareagg).
    """
    for select in parse_one(sql, read=dialect).find_all(exp.Select):
        group = select.args.get("group")
        if group is None or len(list(select.find_all(exp.Min, exp.Max))) == 1:
            continue
        keys = {key.sql() for key in group.expressions} | {key.name for key in group.expressions}
        shown = (chosen.unalias() for chosen in select.expressions)
        if any(isinstance(c, exp.Column) and not {c.sql(), c.name} & keys for c in shown):
            return True
    return False


def _decide(node: exp.Expr, schema: Schema, descending: bool) -> bool:
    """Complete the order of ``node`` if it decides anything; return whether it did."""
    if isinstance(node, exp.Window):
        frame = node.args.get("spec")
        rows = frame is not None and str(frame.args.get("kind", "")).upper() == "ROWS" and node.args.get("order")
        inside = node.this.this if isinstance(node.this, exp.IgnoreNulls | exp.RespectNulls) else node.this
        return (isinstance(inside, _POSITIONAL) or bool(rows)) and _complete(node, _row_keys(node, schema), descending)
    if isinstance(node, _COLLECTING):
        return _collect(node, descending)
    limit = node.args.get("limit")
    tied = limit is not None and (limit.args.get("limit_options") or exp.LimitOptions()).args.get("with_ties")
    distinct = node.args.get("distinct")
    on = distinct is not None and isinstance(distinct, exp.Distinct) and distinct.args.get("on") is not None
    if (limit is None or tied) and node.args.get("offset") is None and not on:
        return False
    keys = (
        _output_keys(node) if isinstance(node, exp.SetOperation) or (distinct and not on) else _row_keys(node, schema)
    )
    return _complete(node, keys, descending)


_DECIDING = (exp.Select, exp.SetOperation, exp.Window, *_COLLECTING)


def _complete(node: exp.Expr, keys: list[exp.Expr], descending: bool) -> bool:
    order = node.args.get("order")
    if order is None:
        order = exp.Order(expressions=[])
        node.set("order", order)
    known = {key.this.sql() for key in order.expressions}
    for key in keys:
        if key.sql() not in known:
            order.append("expressions", exp.Ordered(this=key.copy(), desc=descending, nulls_first=descending))
    return True


def _collect(node: exp.Expr, descending: bool) -> bool:
    """Order a collected list by its own values; one over DISTINCT or already ordered by them needs nothing."""
    inner = node.this.this if isinstance(node.this, exp.Order) else node.this
    if isinstance(inner, exp.Distinct):
        inner = inner.expressions[0]
        if isinstance(node.this, exp.Order):
            return False
    order = node.this if isinstance(node.this, exp.Order) else exp.Order(this=node.this.copy(), expressions=[])
    if any(key.this.sql() == inner.sql() for key in order.expressions):
        return False
    order.append("expressions", exp.Ordered(this=inner.copy(), desc=descending, nulls_first=descending))
    node.set("this", order)
    return True


def _output_keys(node: exp.Expr) -> list[exp.Expr]:
    select = node
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    return [exp.Literal.number(number) for number, _ in enumerate(select.expressions, start=1)]


def _row_keys(node: exp.Expr, schema: Schema) -> list[exp.Expr]:
    """Return what tells two rows of the SELECT around ``node`` apart: group keys, or the columns of its tables."""
    select = node if isinstance(node, exp.Select) else node.find_ancestor(exp.Select)
    if select is None:
        return []
    group = select.args.get("group")
    if group is not None and group.expressions:
        return [_grouped(key, select) for key in group.expressions if not isinstance(key, exp.Rollup | exp.Cube)]
    items = [select.args["from_"].this] if select.args.get("from_") else []
    items += [join.this for join in select.args.get("joins") or []]
    return [key for item in items for key in _item_keys(item, schema)]


def _grouped(key: exp.Expr, select: exp.Select) -> exp.Expr:
    if isinstance(key, exp.Literal) and not key.is_string:
        numbered: exp.Expr = select.expressions[int(key.this) - 1].unalias()
        return numbered
    return next((c.unalias() for c in select.expressions if c.alias and c.alias == key.name), key)


def _item_keys(item: exp.Expr, schema: Schema) -> list[exp.Expr]:
    names: list[str] = []
    if isinstance(item, exp.Table) and any(t.name == item.name for t in schema.tables):
        table = schema.table(item.name)
        names = list(table.primary_key) or [c.name for c in table.columns]
    else:
        query = item.this if isinstance(item, exp.Subquery | exp.Lateral) else _cte(item)
        while query is not None and not isinstance(query, exp.Select):
            query = query.this
        names = [c.alias_or_name for c in query.expressions] if query is not None else []
    return [exp.column(name, table=item.alias_or_name) for name in names if name and name != "*"]


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
