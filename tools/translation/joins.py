"""FROM and set operations: what SQLite lets one leave out."""

from sqlglot import exp

from .target import Target


def cross_join_unconditionally(tree: exp.Query, target: Target) -> None:
    """Say CROSS JOIN for a JOIN without a condition."""
    for join in tree.find_all(exp.Join):
        on = join.args.get("on")
        if isinstance(on, exp.Boolean) and on.this:
            join.set("on", None)
        conditional = any(join.args.get(name) for name in ("on", "using", "side", "method"))
        if not conditional and join.args.get("kind") in (None, "", "INNER"):
            join.set("kind", "CROSS")


def join_on_what_is_there(tree: exp.Query, target: Target) -> None:
    """Move a condition on a table that is joined later to that join; SQLite reads all conditions at the end."""
    for select in tree.find_all(exp.Select):
        joins = select.args.get("joins") or []
        places = {join.alias_or_name: place for place, join in enumerate(joins)}
        for place, join in enumerate(joins):
            on = join.args.get("on")
            if on is None or join.side:
                continue
            last = max((places.get(column.table, -1) for column in on.find_all(exp.Column)), default=-1)
            if last > place:
                join.set("on", None)
                (select.where if joins[last].side else joins[last].on)(on.copy(), copy=False)


def keep_order_of_set_operations(tree: exp.Query, target: Target) -> None:
    """Put what comes before INTERSECT in parentheses: in SQLite all set operations bind alike, from left to right."""
    for node in list(tree.find_all(exp.SetOperation)):
        before = node.this
        if not isinstance(before, exp.SetOperation) or type(before) is type(node):
            continue
        if isinstance(node, exp.Intersect) or target.dialect == "bigquery":  # where unlike ones must not mix
            before.replace(exp.Subquery(this=before.copy()))


def first_of_many(tree: exp.Query, target: Target) -> None:
    """Take one row of a scalar subquery that may give more; SQLite takes the first."""
    for node in tree.find_all(exp.Subquery) if target.exact else ():
        query = node.this
        if not isinstance(node.parent, exp.Predicate | exp.Binary) or isinstance(
            node.parent, exp.SubqueryPredicate | exp.In
        ):
            continue
        if isinstance(query, exp.Select) and not query.args.get("limit") and not _is_single(query):
            query.set("limit", exp.Limit(expression=exp.Literal.number(1)))


def _is_single(select: exp.Select) -> bool:
    aggregated = all(projection.find(exp.AggFunc) for projection in select.expressions)
    return aggregated and not select.args.get("group")


def read_from_dual(tree: exp.Query, target: Target) -> None:
    """Read from DUAL in Oracle what is read from nothing elsewhere."""
    for select in tree.find_all(exp.Select) if target.dialect == "oracle" else ():
        if select.args.get("from_") is None:
            select.from_(exp.Table(this=exp.to_identifier("dual")), copy=False)
