"""Make the columns around ``GROUP BY`` and ``DISTINCT`` valid in every dialect.

SQLite shows any column of a group, PostgreSQL those that a grouped primary key determines, DuckDB none.
A template's key slot may be filled with any key, so a template can count on the last alone.
"""

from collections.abc import Iterator

from sqlglot import exp

from .qualified import UnsupportedSeed

_PARTS_AFTER_GROUPING = ("expressions", "having", "order")
# What is summed over by one of these is NULL in some rows; grouped by as well, it would not be.
_TOTALS = (exp.Rollup, exp.Cube, exp.GroupingSets)
# Aggregates, or what may be one for all that sqlglot knows, or another query.
_BOUNDARIES = (exp.AggFunc, exp.Filter, exp.WithinGroup, exp.Anonymous, exp.AnonymousAggFunc, exp.Query)


def complete_grouping(tree: exp.Query) -> None:
    """Add to each ``GROUP BY`` of the qualified ``tree`` the columns shown beside it, in place.

    Raises ``UnsupportedSeed`` if a column or star stands beside an aggregate without any grouping.
    """
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None:
            if _has_aggregate(select) and next(_bare_columns(select, []), None):
                raise UnsupportedSeed("a column beside an aggregate, without GROUP BY")
        elif group.expressions and not group.find(*_TOTALS):
            for column in _bare_columns(select, group.expressions):
                if column not in group.expressions:
                    group.append("expressions", column.copy())


def refuse_hidden_order(tree: exp.Query) -> None:
    """Raise ``UnsupportedSeed`` if ``SELECT DISTINCT`` is ordered by what it does not show.

    PostgreSQL rejects it (https://www.postgresql.org/docs/current/sql-select.html#SQL-DISTINCT), and
    elsewhere the order of the merged rows is left to chance.
    """
    for select in tree.find_all(exp.Select):
        distinct, order = select.args.get("distinct"), select.args.get("order")
        if distinct and not distinct.args.get("on") and order:
            shown = [projection.unalias() for projection in select.selects]
            keys = (ordered.this for ordered in order.expressions)
            if any(key not in shown and not _is_output(key) for key in keys):
                raise UnsupportedSeed("DISTINCT ordered by what it does not show")


def _is_output(key: exp.Expr) -> bool:
    return isinstance(key, exp.Column) and not key.table


def _bare_columns(select: exp.Select, grouped: list[exp.Expr]) -> Iterator[exp.Expr]:
    pending = [part for name in _PARTS_AFTER_GROUPING for part in _listed(select.args.get(name))]
    while pending:
        node = pending.pop(0)
        if node in grouped or _is_kept(node) or (isinstance(node, _BOUNDARIES) and not _is_windowed(node)):
            continue
        if isinstance(node, exp.Star):
            raise UnsupportedSeed("a star beside an aggregate or GROUP BY")
        if not isinstance(node, exp.Column) or node.is_star:
            pending = [*node.iter_expressions(), *pending]
        elif node.table:
            yield node


def _has_aggregate(select: exp.Select) -> bool:
    found = (node for part in select.selects for node in part.find_all(exp.AggFunc))
    return any(not _is_windowed(node) and node.find_ancestor(exp.Select) is select for node in found)


def _is_windowed(node: exp.Expr) -> bool:
    while isinstance(node.parent, exp.Filter | exp.IgnoreNulls | exp.RespectNulls):
        node = node.parent
    return isinstance(node.parent, exp.Window) and node.arg_key == "this"


def _is_kept(node: exp.Expr) -> bool:
    """Say whether ``node`` is an aggregate with Oracle's KEEP, a window for sqlglot."""
    return isinstance(node, exp.Window) and node.args.get("over") == "KEEP"


def _listed(part: exp.Expr | list[exp.Expr] | None) -> list[exp.Expr]:
    return part if isinstance(part, list) else [part] if part else []
