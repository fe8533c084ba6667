"""ORDER BY: where NULLs go, and keys that DISTINCT or a set operation does not show."""

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from ..dialects import get_dialect
from ..outputs import source_of
from ..qualified import UnsupportedSeed
from ..schema import Schema
from ..transpile import nulls_first_by_default
from .target import Target


def order_nulls_first(tree: exp.Query, target: Target) -> None:
    """Order NULLs as SQLite does, before all else, and say so only where there may be any."""
    sqlglot_name = get_dialect(target.dialect).sqlglot
    for scope in traverse_scope(tree):
        for ordered in scope.find_all(exp.Ordered):
            descending = bool(ordered.args.get("desc"))
            by_default = nulls_first_by_default(descending, sqlglot_name)
            written = ordered.args.get("nulls_first")
            wanted = written if written is not None else not descending
            may_be_null = _may_be_null(ordered.this, scope, target.schema)
            ordered.set("nulls_first", wanted if may_be_null else by_default)


def _may_be_null(key: exp.Expr, scope: Scope, schema: Schema) -> bool:
    if isinstance(key, exp.Column) and not key.table:
        shown = scope.expression.selects if isinstance(scope.expression, exp.Query) else []
        named = [p.this for p in shown if isinstance(p, exp.Alias) and p.alias == key.name]
        return not named or _may_be_null(named[0], scope, schema)
    if isinstance(key, exp.Count):
        return False
    columns = list(key.find_all(exp.Column))
    return not columns or any(_is_nullable(column, scope, schema) for column in columns)


def _is_nullable(column: exp.Column, scope: Scope, schema: Schema) -> bool:
    outer = any(join.side in ("LEFT", "RIGHT", "FULL") for join in scope.expression.find_all(exp.Join))
    try:
        source = source_of(scope, column.table)[1]
        table = next(
            t for t in schema.tables if isinstance(source, exp.Table) and t.name.lower() == source.name.lower()
        )
        known = next(c for c in table.columns if c.name.lower() == column.name.lower())
    except (StopIteration, UnsupportedSeed):
        return True
    return known.nullable or outer


def _names_output(key: exp.Expr, shown: set[str]) -> bool:
    return not (isinstance(key, exp.Column) and key.table) and key.name in shown


def order_what_is_distinct(tree: exp.Query, target: Target) -> None:
    """Group instead of saying DISTINCT where the order is by something not shown; only SQLite and MySQL allow that."""
    for select in list(tree.find_all(exp.Select)):
        order, distinct = select.args.get("order"), select.args.get("distinct")
        if order is None or distinct is None or distinct.args.get("on") or select.args.get("group"):
            continue
        shown = {p.unalias().sql() for p in select.expressions} | {p.alias_or_name for p in select.expressions}
        hidden = [k for k in order.expressions if k.this.sql() not in shown and not _names_output(k.this, shown)]
        if not hidden or any(p.find(exp.AggFunc, exp.Star) for p in [*select.expressions]):
            continue
        select.set("distinct", None)
        select.set("group", exp.Group(expressions=[p.unalias().copy() for p in select.expressions]))
        for key in hidden:
            if not key.this.find(exp.AggFunc):
                extreme = exp.Max if key.args.get("desc") else exp.Min
                key.set("this", extreme(this=key.this.copy()))
