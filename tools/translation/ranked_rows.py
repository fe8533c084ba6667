"""MySQL's way to the row with the extreme: number the rows of each group, then take what the first one has."""

from sqlglot import exp

_RANKED, _PLACE = "ranked", "place"


def rank_rows(select: exp.Select, extreme: exp.Expr, bare: list[exp.Column]) -> None:
    """Read ``select`` from its own rows, numbered by the argument of ``extreme``; bare columns are those of row 1."""
    bare_ids = {id(column) for column in bare}
    outer = [*select.expressions, *filter(None, (select.args.get(name) for name in ("group", "having", "order")))]
    columns = [
        c for part in outer for c in part.find_all(exp.Column) if c.table and c.find_ancestor(exp.Select) is select
    ]
    shown = {column.sql(): column.copy() for column in columns}
    names = {sql: f"{column.table}_{column.name}" for sql, column in shown.items()}
    inner = _numbered(select, extreme, shown, names)
    for column in columns:
        read = exp.column(names[column.sql()], _RANKED)
        read.type = column.type
        value = _of_first(read) if id(column) in bare_ids else read
        column.replace(exp.alias_(value, column.name) if column.parent is select else value)
    for name in ("joins", "where", "from_"):
        select.set(name, None)
    select.set("from_", exp.From(this=inner))


def _numbered(
    select: exp.Select, extreme: exp.Expr, shown: dict[str, exp.Column], names: dict[str, str]
) -> exp.Subquery:
    group = select.args.get("group")
    order = exp.Order(
        expressions=[exp.Ordered(this=extreme.this.copy(), desc=isinstance(extreme, exp.Max), nulls_first=False)]
    )
    place = exp.Window(
        this=exp.RowNumber(), partition_by=[key.copy() for key in group.expressions] if group else None, order=order
    )
    inner = exp.Select(
        expressions=[
            *(exp.alias_(column.copy(), names[sql]) for sql, column in shown.items()),
            exp.alias_(place, _PLACE),
        ]
    )
    for name in ("from_", "joins", "where"):
        part = select.args.get(name)
        inner.set(name, [each.copy() for each in part] if isinstance(part, list) else part and part.copy())
    return exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(_RANKED)))


def _of_first(column: exp.Expr) -> exp.Expr:
    first = exp.EQ(this=exp.column(_PLACE, _RANKED), expression=exp.Literal.number(1))
    return exp.Max(this=exp.case().when(first, column))
