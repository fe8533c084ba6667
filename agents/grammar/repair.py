"""Repairing a query by rule: from the outcome, the engine's message and the snippets retrieved for it."""

import random
import re
from dataclasses import dataclass, field

from sqlglot import exp

from ...tools.parsing import parse
from ...tools.schema import Schema
from .other_values import compared_places, other_values
from .polish import order_missing_last
from .values import Samples

_NO_FUNCTION = re.compile(r"function (?P<name>\w+)\((?P<types>[^)]*)\) does not exist")


class CannotRepair(Exception):
    """No rule fits the failure."""


@dataclass(slots=True)
class Failure:
    """What a repairer is told: the query, its outcome, and the engine's words."""

    sql: str
    dialect: str
    schema: Schema
    outcome: str
    error_class: str = ""
    error: str = ""
    snippets: dict[str, str] = field(default_factory=dict)


def wanted_values(failure: Failure) -> list[tuple[str, str]]:
    """Return the (table, column) whose values a repair needs: those compared in a query without a result."""
    if failure.outcome != "vacuous":
        return []
    return compared_places(parse(failure.sql, failure.dialect), failure.schema)


def repair(failure: Failure, samples: Samples, rng: random.Random) -> tuple[exp.Expr, str]:
    """Return the repaired tree and what was changed; raises ``CannotRepair`` when no rule applies."""
    tree = parse(failure.sql, failure.dialect)
    if failure.outcome == "vacuous":
        if not other_values(tree, failure.schema, samples, rng):
            raise CannotRepair("no value to change")
        return tree, "chose values that occur"
    if failure.outcome in ("nondeterministic", "too_large"):
        cured = _complete_order(tree) if failure.outcome == "nondeterministic" else _only_first(tree, rng)
        order_missing_last(tree, failure.schema, failure.dialect)
        return cured
    missing = _NO_FUNCTION.search(failure.error)
    if missing:
        return _cast_argument(tree, missing["name"], missing["types"], failure)
    if failure.error_class == "division_by_zero":
        return _guard_division(tree)
    if "operator does not exist" in failure.error:
        return _cast_compared(tree, failure)
    raise CannotRepair(f"no rule for {failure.error_class or failure.outcome}")


def _taught(failure: Failure, construct: str) -> bool:
    """A cure is only known if a snippet retrieved for the error shows it."""
    return any(construct in text for text in failure.snippets.values())


def _cast_argument(tree: exp.Expr, name: str, types: str, failure: Failure) -> tuple[exp.Expr, str]:
    rounds = name.lower() == "round"
    target = "numeric" if rounds else "text"
    if not _taught(failure, f"::{target}") and not _taught(failure, f"AS {target}"):
        raise CannotRepair(f"no snippet shows a cast to {target}")
    changed = 0
    for node in list(tree.find_all(exp.Round if rounds else exp.Func)):
        if node.sql_name().lower() not in (name.lower(), "round", "group_concat"):
            continue
        argument = node.this
        while isinstance(argument, exp.Order | exp.Distinct):
            argument = argument.this or argument.expressions[0]
        if isinstance(argument, exp.Expr) and not isinstance(argument, exp.Cast):
            argument.replace(exp.cast(argument.copy(), target, dialect=failure.dialect))
            changed += 1
    if not changed:
        raise CannotRepair(f"{name} not found")
    _follow_distinct(tree)
    return tree, f"cast the argument of {name}({types}) to {target}"


def _follow_distinct(tree: exp.Expr) -> None:
    """An aggregate over DISTINCT can only be ordered by its own argument."""
    for order in tree.find_all(exp.Order):
        if isinstance(order.this, exp.Distinct):
            for key in order.expressions:
                key.set("this", order.this.expressions[0].copy())


def _guard_division(tree: exp.Expr) -> tuple[exp.Expr, str]:
    divisions = [
        d for d in tree.find_all(exp.Div, exp.Mod, exp.IntDiv) if not isinstance(d.expression, exp.Literal | exp.Nullif)
    ]
    for division in divisions:
        divisor = division.expression
        inner = divisor.this if isinstance(divisor, exp.Paren) else divisor
        divisor.replace(exp.Nullif(this=inner.copy(), expression=exp.Literal.number(0)))
    if not divisions:
        raise CannotRepair("no division found")
    return tree, "made a zero divisor NULL with NULLIF"


def _cast_compared(tree: exp.Expr, failure: Failure) -> tuple[exp.Expr, str]:
    if not _taught(failure, "::text") and not _taught(failure, "AS text"):
        raise CannotRepair("no snippet shows a cast to text")
    for node in tree.find_all(exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike, exp.SimilarTo):
        if isinstance(node.this, exp.Column):
            node.set("this", exp.cast(node.this.copy(), "text", dialect=failure.dialect))
            return tree, "cast the compared column to text"
    raise CannotRepair("no comparison found")


def _only_first(tree: exp.Expr, rng: random.Random) -> tuple[exp.Expr, str]:
    """Show only the first rows, by the last figure or number shown and then by every other column."""
    if not isinstance(tree, exp.Select) or tree.args.get("limit"):
        raise CannotRepair("the result is large for another reason than its length")
    if tree.args.get("order") is None:
        chosen = [p for p in tree.expressions if not p.find(exp.Window)]
        if not chosen:
            raise CannotRepair("nothing to order by")
        plain = [p for p in chosen if isinstance(p.unalias(), exp.Column | exp.AggFunc | exp.Round)] or chosen
        key = exp.column(plain[-1].alias) if plain[-1].alias else plain[-1].copy()
        tree.set("order", exp.Order(expressions=[exp.Ordered(this=key, desc=True, nulls_first=False)]))
    tree.set("limit", exp.Limit(expression=exp.Literal.number(rng.choice((5, 10, 20, 50)))))
    _extend_orders(tree)
    return tree, "kept only the first rows of a very long result"


def _complete_order(tree: exp.Expr) -> tuple[exp.Expr, str]:
    """Order by every selected column as well, so that equal keys leave nothing open."""
    if not _extend_orders(tree) + _complete_windows(tree):
        raise CannotRepair("the order is complete already")
    return tree, "completed the order so that ties are decided"


def _extend_orders(tree: exp.Expr) -> int:
    changed = 0
    for select in tree.find_all(exp.Select):
        order, limit = select.args.get("order"), select.args.get("limit")
        if limit is None and not (select.args.get("distinct") and select.args["distinct"].args.get("on")):
            continue
        if limit is not None and limit.args.get("limit_options") and limit.args["limit_options"].args.get("with_ties"):
            continue
        if order is None:
            order = exp.Order(expressions=[])
            select.set("order", order)
        known = {k.this.sql() for k in order.expressions} | {k.this.name for k in order.expressions}
        for chosen in select.expressions:
            behind = chosen.unalias()
            if behind.find(exp.Window):
                continue
            key = exp.column(chosen.alias) if chosen.alias and not isinstance(behind, exp.Column) else behind.copy()
            if not {key.sql(), key.name} & known:
                order.append("expressions", exp.Ordered(this=key, nulls_first=False))
                changed += 1
    return changed


def _complete_windows(tree: exp.Expr) -> int:
    changed = 0
    for window in tree.find_all(exp.Window):
        select, order = window.find_ancestor(exp.Select), window.args.get("order")
        if (
            select is None
            or order is None
            or isinstance(window.this, exp.Rank | exp.DenseRank | exp.PercentRank | exp.CumeDist)
        ):
            continue
        known = {k.this.sql() for k in order.expressions}
        for chosen in select.expressions:
            column = chosen.unalias()
            if isinstance(column, exp.Column) and column.sql() not in known:
                order.append("expressions", exp.Ordered(this=column.copy(), nulls_first=False))
                changed += 1
    return changed
