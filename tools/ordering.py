"""The order a query asks for: the ORDER BY of its outermost query, by syntax tree, and which rows tie in it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp
from sqlglot.errors import SqlglotError

from .compare import coded, compare
from .dialects import get_dialect
from .engines import Engine
from .outcome import Execution, Outcome
from .parsing import parse
from .render import render


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
    hidden = [key.this for key, place in zip(order.expressions, places, strict=True) if place is None]
    shown = _with_columns(tree, order, hidden, engine, gold) if hidden else gold
    if shown is None or order.args.get("siblings"):
        return gold, range(len(gold.rows))
    width = len(gold.columns)
    further = iter(range(width, width + len(hidden)))
    ranks = _ranks(shown, [next(further) if place is None else place for place in places])
    return replace(gold, rows=tuple(row[:width] for row in shown.rows)), ranks


def _parsed(sql: str, dialect: str) -> exp.Expr | None:
    try:
        return parse(sql, get_dialect(dialect).sqlglot)
    except (SqlglotError, RecursionError):
        return None


def _outermost_order(tree: exp.Expr | None) -> exp.Order | None:
    """Return the ORDER BY of a query, also of one in parentheses that nothing but LIMIT is said about."""
    while isinstance(tree, exp.Subquery) and tree.args.get("order") is None:
        tree = tree.this
    return tree.args.get("order") if isinstance(tree, exp.Query | exp.Values) else None


def _key_places(order: exp.Order, columns: Sequence[str]) -> list[int | None]:
    """Return for each key the output column that it names or numbers; None if it is anything else."""
    names = [name.lower() for name in columns]

    def place(key: exp.Expr) -> int | None:
        if key.is_int:
            return int(key.this) - 1
        named = isinstance(key, exp.Column) and not key.table and names.count(key.name.lower()) == 1
        return names.index(key.name.lower()) if named else None

    return [place(key.this) for key in order.expressions]


def _with_columns(
    tree: exp.Expr, order: exp.Order, columns: Sequence[exp.Expr], engine: Engine, gold: Execution
) -> Execution | None:
    """Execute the query with further columns; None if it cannot be or gives other rows then."""
    select = order.parent
    if not isinstance(select, exp.Select) or select.args.get("distinct"):
        return None
    for number, column in enumerate(columns):
        select.select(exp.alias_(column.copy(), f"isogloss_key_{number}"), copy=False)
    execution = engine.execute(render(tree, get_dialect(engine.dialect).sqlglot))
    rows = replace(execution, rows=tuple(row[: len(gold.columns)] for row in execution.rows))
    return execution if compare(gold, rows, ordered=False) in (Outcome.MATCH, Outcome.VACUOUS) else None


def _ranks(execution: Execution, places: Sequence[int]) -> list[int]:
    """Return the rank of each row: the number of times that the keys changed before it."""
    columns, _, _ = coded(execution.rows, ())
    keys = list(zip(*(columns[place] for place in places), strict=True)) if columns else []
    ranks, rank = [], 0
    for place, key in enumerate(keys):
        rank += place > 0 and key != keys[place - 1]
        ranks.append(rank)
    return ranks
