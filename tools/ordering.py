"""The order a query asks for: the ORDER BY of its outermost query, by syntax tree, and which rows tie in it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from .compare import coded, compare
from .dialects import get_dialect
from .engines import Engine
from .outcome import Execution, Outcome
from .render import render

_KEY = "isogloss_key_{}"


def is_ordered(sql: str, dialect: str) -> bool:
    """Return whether the outermost query has an ORDER BY; False for what does not parse."""
    return _outermost_order(_parsed(sql, dialect)) is not None


def ranked(engine: Engine, gold: Execution) -> tuple[Execution, Sequence[int] | None]:
    """Return gold's result with the rank of each row in the order it asks for; None if it asks for none.

    Rows with equal ordering keys have the same rank. A key that is no output column is evaluated by running the
    query once more with the key as a further column, and those rows are returned. Where that cannot be done
    (DISTINCT or a set operation ordered by something it does not return, ORDER SIBLINGS BY), every row has a rank
    of its own, so that the whole order counts.
    """
    tree = _parsed(gold.sql, engine.dialect)
    order = _outermost_order(tree)
    if tree is None or order is None:
        return gold, None
    places = _key_places(order, gold.columns)
    if places is not None:
        return gold, _ranks(gold, places)
    with_keys = _with_keys(tree, order, engine, gold)
    if with_keys is None:
        return gold, range(len(gold.rows))
    width = len(gold.columns)
    ranks = _ranks(with_keys, range(width, len(with_keys.columns)))
    return replace(gold, rows=tuple(row[:width] for row in with_keys.rows)), ranks


def _parsed(sql: str, dialect: str) -> exp.Expr | None:
    try:
        return parse_one(sql, read=get_dialect(dialect).sqlglot)
    except (SqlglotError, RecursionError):
        return None


def _outermost_order(tree: exp.Expr | None) -> exp.Order | None:
    """Return the ORDER BY of a query, also of one in parentheses that nothing but LIMIT is said about."""
    while isinstance(tree, exp.Subquery) and tree.args.get("order") is None:
        tree = tree.this
    return tree.args.get("order") if isinstance(tree, exp.Query | exp.Values) else None


def _key_places(order: exp.Order, columns: Sequence[str]) -> list[int] | None:
    """Return the output columns that the keys are, named or numbered; None if one is anything else."""
    if [key.this.sql() for key in order.expressions] == ["ALL"]:
        return list(range(len(columns)))
    names = [name.lower() for name in columns]
    places = []
    for key in order.expressions:
        column = key.this
        if column.is_int:
            places.append(int(column.this) - 1)
        elif isinstance(column, exp.Column) and not column.table and names.count(column.name.lower()) == 1:
            places.append(names.index(column.name.lower()))
        else:
            return None
    return None if order.args.get("siblings") else places


def _with_keys(tree: exp.Expr, order: exp.Order, engine: Engine, gold: Execution) -> Execution | None:
    """Execute the query with its keys as further columns; None if it cannot be or gives other rows then."""
    select = order.parent
    if not isinstance(select, exp.Select) or select.args.get("distinct") or order.args.get("siblings"):
        return None
    for number, key in enumerate(order.expressions):
        select.select(exp.alias_(_key(select, key.this), _KEY.format(number)), copy=False)
    execution = engine.execute(render(tree, get_dialect(engine.dialect).sqlglot))
    width = len(gold.columns)
    rows = replace(execution, rows=tuple(row[:width] for row in execution.rows))
    return execution if compare(gold, rows, ordered=False) in (Outcome.MATCH, Outcome.VACUOUS) else None


def _key(select: exp.Select, key: exp.Expr) -> exp.Expr:
    """Return what a key stands for, which may be the number or the alias of an output column."""
    if key.is_int:
        return select.expressions[int(key.this) - 1].unalias().copy()
    named = (output.this for output in select.expressions if output.alias and output.alias == key.sql())
    return next(named, key).copy()


def _ranks(execution: Execution, places: Sequence[int]) -> list[int]:
    """Return the rank of each row: the number of times that the keys changed before it."""
    columns, _, _ = coded(execution.rows, ())
    keys = list(zip(*(columns[place] for place in places), strict=True)) if columns else []
    ranks, rank = [], 0
    for place, key in enumerate(keys):
        rank += place > 0 and key != keys[place - 1]
        ranks.append(rank)
    return ranks
