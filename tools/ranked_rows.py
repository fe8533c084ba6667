"""The row with the extreme, without a function for it: rank the rows of each group, then take what the first have."""

from sqlglot import exp

_RANKED, _PLACE = "ranked", "place"
_READ = ("expressions", "group", "having", "order")  # what of a SELECT reads the rows that FROM and WHERE give


def rank_rows(select: exp.Select, extreme: exp.Expr, bare: list[exp.Column], of_ties: type[exp.Expr] = exp.Max) -> None:
    """Read ``select`` from its own rows, ranked by the argument of ``extreme``, a MIN or a MAX.

    Columns in ``bare`` become those of the rows with the extreme; of several such rows, the one that ``of_ties`` says.
    """
    columns = _columns_read(select)
    names = {column.sql(): "_".join(filter(None, (column.table, column.name))) for column in columns}
    shown = {column.sql(): column.copy() for column in columns}
    ranked = _ranked(select, extreme, shown, names)
    for column in columns:
        read = exp.column(names[column.sql()], _RANKED)
        read.type = column.type
        value = _of_first(read, of_ties) if any(column is each for each in bare) else read
        column.replace(exp.alias_(value, column.name) if column.parent is select else value)
    for name in ("joins", "where"):
        select.set(name, None)
    select.set("from_", exp.From(this=ranked))


def _columns_read(select: exp.Select) -> list[exp.Column]:
    aliases = {p.alias for p in select.expressions if isinstance(p, exp.Alias)}
    parts = [part for name in _READ for part in _listed(select.args.get(name))]
    columns = [column for part in parts for column in part.find_all(exp.Column)]
    own = [column for column in columns if column.find_ancestor(exp.Select) is select]
    return [column for column in own if column.table or column.name not in aliases]


def _listed(part: object) -> list[exp.Expr]:
    found = part if isinstance(part, list) else [part]
    return [each for each in found if isinstance(each, exp.Expr)]


def _ranked(select: exp.Select, extreme: exp.Expr, shown: dict[str, exp.Column], names: dict[str, str]) -> exp.Subquery:
    keys = [key.copy() for key in select.args["group"].expressions] if select.args.get("group") else None
    by = exp.Ordered(this=extreme.this.copy(), desc=isinstance(extreme, exp.Max), nulls_first=False)
    place = exp.Window(this=exp.Anonymous(this="RANK"), partition_by=keys, order=exp.Order(expressions=[by]))
    outputs = [exp.alias_(column.copy(), names[sql]) for sql, column in shown.items()]
    inner = exp.Select(expressions=[*outputs, exp.alias_(place, _PLACE)])
    for name in ("from_", "joins", "where"):
        part = select.args.get(name)
        inner.set(name, [each.copy() for each in part] if isinstance(part, list) else part and part.copy())
    return exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier(_RANKED)))


def _of_first(column: exp.Expr, of_ties: type[exp.Expr]) -> exp.Expr:
    first = exp.EQ(this=exp.column(_PLACE, _RANKED), expression=exp.Literal.number(1))
    return of_ties(this=exp.case().when(first, column))
