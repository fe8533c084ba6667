"""What tells the rows of a query apart: its outputs, its group keys, the columns of what it reads."""

from collections.abc import Iterator

from sqlglot import exp

from .schema import Schema

_GROUPINGS = (exp.Rollup, exp.Cube, exp.GroupingSets)


def outputs(query: exp.Expr | None, schema: Schema) -> list[exp.Identifier | None]:
    """Return the output columns of ``query``, stars expanded; None for one whose name the engine chooses.

    Empty if a star stands for columns that cannot be known, such as those of a table function.
    """
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select):
        return []
    found: list[exp.Identifier | None] = []
    for projection in query.expressions:
        if not projection.is_star:
            found.append(projection.args.get("alias") or _identifier(projection))
            continue
        starred = _starred(query, projection, schema)
        if not starred:
            return []
        found += starred
    return found


def row_keys(select: exp.Select, schema: Schema) -> list[exp.Expr]:
    """Return expressions that tell any two rows of ``select`` apart before DISTINCT and LIMIT, as far as is known.

    The columns it shows come first, so that rows which look alike lie together.
    """
    group = select.args.get("group")
    if group is not None:
        return list(_group_keys(group, select))
    shown = [p.unalias() for p in select.expressions if isinstance(p.unalias(), exp.Column) and not p.is_star]
    return shown + [key for item in _items(select) for key in _item_keys(item, schema)]


def read_query(item: exp.Expr) -> exp.Expr | None:
    """Return the query that an item of FROM stands for: a derived table's or a CTE's; None for a table."""
    if isinstance(item, exp.Subquery):
        query: exp.Expr = item.this
        return query
    if isinstance(item, exp.Lateral):
        return read_query(item.this)
    cte = _cte(item) if isinstance(item, exp.Table) else None
    return cte.this if cte is not None else None


def first_item(select: exp.Expr) -> exp.Expr | None:
    """Return the first item of FROM, if there is any."""
    from_ = select.args.get("from_")
    return from_.this if from_ is not None else None


def _items(select: exp.Expr) -> list[exp.Expr]:
    first = first_item(select)
    return ([first] if first is not None else []) + [join.this for join in select.args.get("joins") or []]


def _starred(select: exp.Select, projection: exp.Expr, schema: Schema) -> list[exp.Identifier | None]:
    star = projection.this if isinstance(projection, exp.Column) else projection
    hidden = {column.name.lower() for column in star.args.get("except_") or []}
    merged = {name.name.lower() for join in select.args.get("joins") or [] for name in join.args.get("using") or []}
    found: list[exp.Identifier | None] = []
    for item in _items(select):
        if isinstance(projection, exp.Column) and item.alias_or_name != projection.table:
            continue
        columns = _item_columns(item, schema)
        if not columns:
            return []
        found += [c for c in columns if c is None or c.name.lower() not in hidden]
        hidden |= merged  # a column joined by USING is shown once
    return found


def _item_columns(item: exp.Expr, schema: Schema) -> list[exp.Identifier | None]:
    named = item.args.get("alias")
    if isinstance(named, exp.TableAlias) and named.columns:
        return list(named.columns)
    cte = _cte(item) if isinstance(item, exp.Table) else None
    if cte is not None and cte.args["alias"].columns:
        return list(cte.args["alias"].columns)
    query = read_query(item)
    if query is not None:
        return outputs(query, schema)
    known = next((t for t in schema.tables if t.name.lower() == item.name.lower()), None)
    return [exp.to_identifier(c.name, quoted=True) for c in known.columns] if known else []


def _item_keys(item: exp.Expr, schema: Schema) -> list[exp.Expr]:
    columns = [c for c in _item_columns(item, schema) if c is not None]
    if read_query(item) is None:
        known = next((t for t in schema.tables if t.name.lower() == item.name.lower()), None)
        primary = known.primary_key if known else ()
        columns = [c for c in columns if c.name in primary] or columns
    named = item.args.get("alias")
    table = named.this if isinstance(named, exp.TableAlias) else item.this
    return [exp.Column(this=c.copy(), table=table.copy()) for c in columns]


def _group_keys(group: exp.Expr, select: exp.Select) -> Iterator[exp.Expr]:
    if group.args.get("all"):
        yield from (p.unalias() for p in select.expressions if not p.find(exp.AggFunc))
    for key in group.expressions:
        if isinstance(key, _GROUPINGS):
            yield from key.find_all(exp.Column)
        elif isinstance(key, exp.Literal) and not key.is_string:
            yield select.expressions[int(key.this) - 1].unalias()
        else:
            yield next((p.unalias() for p in select.expressions if p.alias and p.alias == key.sql()), key)


def _identifier(projection: exp.Expr) -> exp.Identifier | None:
    return projection.this if isinstance(projection, exp.Column) else None


def _cte(table: exp.Table) -> exp.CTE | None:
    """Return the CTE that ``table`` names; one that ``table`` stands in itself is not visible there."""
    around: set[int] = set()
    node: exp.Expr | None = table
    while node is not None:
        around.add(id(node))
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ is not None else []:
            if isinstance(cte, exp.CTE) and cte.alias.lower() == table.name.lower() and id(cte) not in around:
                return cte
        node = node.parent
    return None
