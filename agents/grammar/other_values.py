"""Other literals for a query whose result is empty: values that occur, and thresholds within reach."""

import random
from typing import Any

from sqlglot import exp

from ...tools.literals import PATTERNS
from ...tools.schema import Schema
from ..verbalise.selection import aggregates
from .slots import items_of
from .values import Samples, compared_value, literal, pattern


def compared_places(tree: exp.Expr, schema: Schema) -> list[tuple[str, str]]:
    """Return the (table, column) of each base column that is compared with a literal."""
    places = [_place(column, schema) for _, column in _compared(tree)]
    return list(dict.fromkeys(p for p in places if p is not None))


def _compared(tree: exp.Expr) -> list[tuple[exp.Expr, exp.Column]]:
    """Return each literal that is compared with a base column, and the column."""
    found: list[tuple[exp.Expr, exp.Column]] = []
    for value in tree.find_all(exp.Literal):
        node = value.parent
        while isinstance(node, exp.Neg | exp.Array | exp.Any | exp.Paren):
            node = node.parent
        if isinstance(node, exp.Predicate) and isinstance(node.this, exp.Column) and not aggregates(node):
            found.append((value, node.this))
    return found


def _place(column: exp.Column, schema: Schema) -> tuple[str, str] | None:
    select = column.find_ancestor(exp.Select)
    for item in items_of(select) if select is not None else []:
        for table in schema.tables:
            own = isinstance(item, exp.Table) and item.name == table.name and column.table in ("", item.alias_or_name)
            if own and any(c.name == column.name for c in table.columns):
                return table.name, column.name
    return None


def other_values(tree: exp.Expr, schema: Schema, samples: Samples, rng: random.Random) -> int:
    """Replace compared literals by values that occur and ease thresholds; return how many changed."""
    changed = 0
    taken: list[Any] = []
    for value, column in _compared(tree):
        known = samples.get(_place(column, schema) or ("", ""), [])
        node = value.parent if not isinstance(value.parent, exp.Neg) else value.parent.parent
        if not known or node is None:
            continue
        new = _new_value(column, node, known, taken, rng)
        if new is not None:
            taken.append(new)
            (value.parent if isinstance(value.parent, exp.Neg) else value).replace(literal(new))
            changed += 1
    return changed + _ease_thresholds(tree)


def _new_value(
    column: exp.Column, node: exp.Expr, known: list[Any], taken: list[Any], rng: random.Random
) -> Any | None:
    if isinstance(node, PATTERNS):
        return pattern(node, known, rng)
    return compared_value(column, node, lambda _: known, rng, taken)


def _ease_thresholds(tree: exp.Expr) -> int:
    """Halve what an aggregate must exceed, double what it must stay below."""
    changed = 0
    for having in tree.find_all(exp.Having, exp.Where):
        for node in having.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE):
            number = node.expression
            derived = isinstance(node.this, exp.Column) and isinstance(having, exp.Where)
            if isinstance(number, exp.Literal) and not number.is_string and (isinstance(having, exp.Having) or derived):
                factor = 0.5 if isinstance(node, exp.GT | exp.GTE) else 2
                smaller = float(number.this) * factor
                whole = float(number.this).is_integer()
                number.replace(literal(max(1, int(smaller)) if whole else round(smaller, 2)))
                changed += 1
    return changed
