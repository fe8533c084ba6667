"""Filling a template: tables and columns of a schema, literals from the database, readable names."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from ...tools.dialects import get_dialect
from ...tools.identifiers import natural_identifier
from ...tools.literals import PATTERNS
from ...tools.parsing import parse
from ...tools.schema import Schema
from .assign import Assignment, assign
from .names import name_outputs
from .polish import polish
from .slots import behind, read_slots, resolve
from .values import compared_value, in_case, is_date, literal, pattern


class CannotFill(Exception):
    """The schema or its values have nothing that fits the template."""


@dataclass(slots=True)
class Filling:
    """A template with tables and columns chosen; ``wanted`` are the (table, column) whose values it needs."""

    tree: exp.Expr
    dialect: str
    schema: Schema
    assignment: Assignment
    wanted: list[tuple[str, str]]
    rng: random.Random

    def again(self, rng: random.Random) -> "Filling":
        """Return it with a tree of its own, and ``rng`` in its state."""
        rng.setstate(self.rng.getstate())
        return replace(self, tree=self.tree.copy(), rng=rng)


def begin(template: str, dialect: str, schema: Schema, rng: random.Random) -> Filling:
    """Choose tables and columns for ``template``; raises ``CannotFill`` when the schema has none that fit."""
    tree = parse(template, dialect)
    _ask_for_bounds(tree)
    assignment = assign(read_slots(tree), schema, rng)
    if assignment is None:
        raise CannotFill("no table of this schema fits the template")
    wanted = []
    for holder in tree.find_all(exp.Placeholder):
        for column in _subject(holder).find_all(exp.Column):
            place = _place(column, assignment)
            if place is not None and place not in wanted:
                wanted.append(place)
    return Filling(tree, dialect, schema, assignment, wanted, rng)


def _ask_for_bounds(tree: exp.Expr) -> None:
    """``GREATEST(x, 1000)`` of a template was meant for another column: choose the number anew."""
    for number, literal_ in enumerate(list(tree.find_all(exp.Literal)), start=900):
        bounded = isinstance(literal_.parent, exp.Greatest | exp.Least) and literal_.parent.find(exp.Column)
        if bounded and not literal_.is_string and literal_.name != "0":
            literal_.replace(exp.Placeholder(this=f"value_{number}"))


def finish(filling: Filling, samples: dict[tuple[str, str], list[Any]]) -> exp.Expr:
    """Return the filled query's syntax tree.

    Raises ``CannotFill`` when no value fits a literal, or when a UNION or the like has twice the same query.
    """
    _fill_literals(filling, samples)
    _drop_odd_products(filling)
    columns = [(c, _place(c, filling.assignment)) for c in filling.tree.find_all(exp.Column)]
    for column, place in columns:
        if place is not None and resolve(column) is not None and column.name in _names(filling):
            column.set("this", natural_identifier(place[1], filling.dialect))
    for table in filling.tree.find_all(exp.Table):
        if table.name in filling.assignment:
            name = filling.assignment[table.name][0].name
            table.set("this", natural_identifier(name, filling.dialect))
    if any(_alike(operation.left, operation.right) for operation in filling.tree.find_all(exp.SetOperation)):
        raise CannotFill("both sides of a set operation came out the same")
    tree = polish(filling.tree, filling.schema, filling.dialect, filling.rng)
    return name_outputs(tree, filling.rng)


def _alike(left: exp.Expr, right: exp.Expr) -> bool:
    """Whether two queries differ in nothing but aliases."""
    return _without_aliases(left) == _without_aliases(right)


def _without_aliases(query: exp.Expr) -> exp.Expr:
    copy = query.copy()
    for alias in list(copy.find_all(exp.Alias)):
        alias.replace(alias.this)
    for node in copy.find_all(exp.Table):
        node.set("alias", None)
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return copy


_AMOUNT = re.compile(r"quantity|qty|units|count|number of|shares|hours")
_SHARE = re.compile(r"share|discount|percent|rate\b|fraction")
_PRICE = re.compile(r"price|cost|fee|rate|amount|salary|wage|pay")


def _drop_odd_products(filling: Filling) -> None:
    """Keep ``a * b`` only for an amount and a price; of other products take the first factor."""
    for product in list(filling.tree.find_all(exp.Mul)):
        columns = [side.find(exp.Column) for side in (product.this, product.expression)]
        if product.find(exp.AggFunc, exp.Window) is not None:
            continue
        places = [_place(column, filling.assignment) if column is not None else None for column in columns]
        if None in places:
            continue
        said = [f"{c} {filling.schema.table(t).column(c).comment or ''}" for t, c in filter(None, places)]
        if not any(_AMOUNT.search(a) and _PRICE.search(b) for a, b in (said, said[::-1])) and not (
            _SHARE.search(said[1]) and not isinstance(product.expression, exp.Column)
        ):
            product.replace(product.this.copy())


def _names(filling: Filling) -> set[str]:
    return {name for _, columns in filling.assignment.values() for name in columns}


def _place(column: exp.Column, assignment: Assignment) -> tuple[str, str] | None:
    slot = resolve(column)
    if slot is None:
        inner = behind(column)
        deeper = inner.find(exp.Column) if inner is not column else None
        return _place(deeper, assignment) if deeper is not None else None
    table, columns = assignment[slot[0]]
    return (table.name, columns[slot[1]].name) if slot[1] in columns else None


def _subject(holder: exp.Placeholder) -> exp.Expr:
    """Return what a placeholder is compared with."""
    node = holder.parent
    while isinstance(node, exp.Paren | exp.Array | exp.Any | exp.Tuple | exp.Unnest | exp.Cast):
        node = node.parent
    if node is None:
        return holder
    other = node.expression if node.this is holder else node.this
    return other if isinstance(other, exp.Expr) else holder


def _fill_literals(filling: Filling, samples: dict[tuple[str, str], list[Any]]) -> None:
    def known(column: exp.Column) -> list[Any]:
        place = _place(column, filling.assignment)
        return samples.get(place, []) if place is not None else []

    taken: dict[str, list[Any]] = {}
    shared: dict[str, exp.Expr] = {}
    chosen: list[tuple[exp.Placeholder, exp.Expr]] = []
    for holder in list(filling.tree.find_all(exp.Placeholder, bfs=False)):
        if holder.name in shared:
            chosen.append((holder, shared[holder.name].copy()))
            continue
        comparison = _comparison(holder)
        used = taken.setdefault(_subject(holder).sql(), [])
        value = _value(holder, comparison, known, filling.rng, used)
        if value is None:
            raise CannotFill("no value of the database fits the template")
        used.append(value)
        shared[holder.name] = literal(value)
        if get_dialect(filling.dialect).date_literals and is_date(value) and not isinstance(comparison, PATTERNS):
            shared[holder.name] = exp.DateStrToDate(this=shared[holder.name])
        chosen.append((holder, shared[holder.name]))
    for holder, value in chosen:
        holder.replace(value)
    for between in filling.tree.find_all(exp.Between):
        low, high = between.args["low"], between.args["high"]
        if _magnitude(low) > _magnitude(high):
            between.set("low", high.copy())
            between.set("high", low.copy())


def _comparison(holder: exp.Expr) -> exp.Expr:
    node = holder.parent
    while isinstance(node, exp.Paren | exp.Array | exp.Any | exp.Tuple | exp.Unnest | exp.Cast):
        node = node.parent
    assert node is not None
    return node


def _value(
    holder: exp.Placeholder,
    comparison: exp.Expr,
    known: Callable[[exp.Column], list[Any]],
    rng: random.Random,
    used: list[Any],
) -> Any | None:
    subject = _subject(holder)
    if isinstance(subject, exp.Column):
        inner = behind(subject)
        subject = inner if not isinstance(inner, exp.Column) else subject
    if holder.name.startswith("pattern"):
        column = subject if isinstance(subject, exp.Column) else subject.find(exp.Column)
        texts = [in_case(subject, v) if isinstance(v, str) else v for v in known(column)] if column is not None else []
        return pattern(comparison, texts, rng)
    return compared_value(subject, comparison, known, rng, used)


def _magnitude(node: exp.Expr) -> Any:
    text = node.sql()
    try:
        return (0, float(text), "")
    except ValueError:
        return (1, 0.0, text)


def read_samples(replies: list[tuple[dict[str, Any], str]]) -> dict[tuple[str, str], list[Any]]:
    """Return the values that ``sample_values`` calls gave: (arguments, JSON reply) → values per column."""
    return {(call["table"], call["column"]): json.loads(text) for call, text in replies}
