"""What a query shows: BigQuery refuses two columns of one name."""

from collections import Counter

from sqlglot import exp

from ..schema import Schema
from .target import Target


def name_results_apart(tree: exp.Query, target: Target) -> None:
    """Number the names that come again, after stars with such names are written out."""
    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    if target.dialect != "bigquery" or not isinstance(select, exp.Select):
        return
    shown = [column for each in select.expressions for column in _written_out(each, select, target.schema)]
    names = Counter(each.alias_or_name.lower() for each in shown if each.alias_or_name)
    if max(names.values(), default=0) > 1:
        seen: Counter[str] = Counter()
        select.set("expressions", [_numbered(each, seen) for each in shown])


def _numbered(shown: exp.Expr, seen: Counter[str]) -> exp.Expr:
    name = shown.alias_or_name.lower()
    seen[name] += 1
    return exp.alias_(shown.unalias().copy(), f"{name}_{seen[name]}") if name and seen[name] > 1 else shown


def _written_out(shown: exp.Expr, select: exp.Select, schema: Schema) -> list[exp.Expr]:
    """Return the columns that a star stands for, else ``shown`` itself; a star over anything but tables stays."""
    if not shown.is_star:
        return [shown]
    items = [select.args["from_"].this, *(join.this for join in select.args.get("joins") or [])]
    wanted = [item for item in items if not isinstance(shown, exp.Column) or item.alias_or_name == shown.table]
    tables = {table.name.lower(): table for table in schema.tables}
    if not all(isinstance(item, exp.Table) and item.name.lower() in tables for item in wanted):
        return [shown]
    return [
        exp.column(column.name.lower(), item.alias_or_name)
        for item in wanted
        for column in tables[item.name.lower()].columns
    ]
