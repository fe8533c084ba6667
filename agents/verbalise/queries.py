"""A whole query as a question."""

import random

from sqlglot import exp

from ...tools.schema import Schema
from .derived import add_ctes, combined, many, narrowed, scalar
from .naming import listing, plural
from .oracle import in_common_form
from .scope import Scope, Unsayable
from .selection import Selection, columns_phrase, limit_phrase, order_phrase, take_apart

__all__ = ["combined", "many", "narrowed", "order_phrase", "question", "scalar"]

_COMMANDS = ("List", "Show", "Find", "Give me", "Return")


def question(query: exp.Expr, schema: Schema, dialect: str, rng: random.Random) -> str:
    """Return a question that ``query`` answers; ``rng`` picks the phrasing.

    Raises ``Unsayable`` when any part of the query has no faithful words.
    """
    scope = Scope(schema, dialect, rng)
    if dialect == "oracle":
        query = in_common_form(query)
    if isinstance(query, exp.SetOperation):
        add_ctes(query, scope)
        said = combined(query, scope)
        return _sentence(f"{rng.choice(_COMMANDS)} {said}{_set_tail(query, scope)}")
    if not isinstance(query, exp.Select):
        raise Unsayable(query.key)
    add_ctes(query, scope)
    selection = take_apart(query, scope)
    if selection.grouped():
        return _sentence(_grouped(selection, rng))
    if selection.aggregated():
        return _sentence(_total(selection, rng))
    return _sentence(_listed(selection, rng))


def _sentence(text: str) -> str:
    text = " ".join(text.split()).replace(" ,", ",")
    opening = text.split(" ", 1)[0]
    return text + ("?" if opening in ("What", "How", "Which") else ".")


def _set_tail(query: exp.SetOperation, scope: Scope) -> str:
    order = query.args.get("order")
    if order is None:
        return f", {limit_phrase(query)}" if limit_phrase(query) else ""
    first = query.this.unnest()
    while isinstance(first, exp.SetOperation):
        first = first.this.unnest()
    said = take_apart(first, scope.inner())
    names = {p.alias_or_name: p.unalias() for p in first.expressions}
    said.scope.aliases.update({n: e for n, e in names.items() if not isinstance(e, exp.Column)})
    tail = order_phrase(order, said.scope)
    return f", {tail}" + (f", {limit_phrase(query)}" if limit_phrase(query) else "")


def _tail(said: Selection) -> str:
    limit = limit_phrase(said.select)
    including = f", including {listing(said.rows.including)}" if said.rows.including else ""
    order = f", {said.order}" if said.order else ""
    return f"{including}{order}{f', {limit}' if limit else ''}"


def _grouped(said: Selection, rng: random.Random) -> str:
    keys = {k.text for k in said.keys}
    figures = [c for c in said.columns if c.text not in keys or said.group_noun]
    each = said.group_noun or listing([k.text for k in said.keys])
    one_key = len(said.keys) == 1 or bool(said.group_noun)
    each = f"each {each}" if one_key else f"each combination of {each}"
    groups = plural(said.group_noun or said.keys[0].text) if one_key else "combinations"
    having = f", keeping only {groups} {said.having}" if said.having else ""
    totals = f", {said.totals}" if said.totals else ""
    hidden = f", without showing the {listing([k.text for k in said.hidden_keys])}" if said.hidden_keys else ""
    qualify = f", keeping only those {said.qualify}" if said.qualify else ""
    tail = f"{having}{qualify}{totals}{hidden}{_tail(said)}"
    only = f"considering only {said.rows_phrase()}" if said.clauses else ""
    if not figures:
        if hidden:
            raise Unsayable("groups that are not shown, without figures")
        among = f" among {said.rows_phrase()}"
        return f"{rng.choice(_COMMANDS)} {columns_phrase(said.columns, many=True)}{among}, each once{tail}"
    shown = columns_phrase(figures)
    counted = any(f"of {said.scope.rows()}" in c.text for c in figures)
    of = "" if only or counted or said.group_noun else f" of the {said.scope.rows()}"
    command = rng.choice(("show", "give", "list", "return"))
    if only and rng.random() < 0.5:
        return f"{only[0].upper()}{only[1:]}, {command} {shown} for {each}{tail}"
    if rng.random() < 0.5:
        return f"For {each}{f', {only}' if only else ''}, {command} {shown}{of}{tail}"
    shown = f"{command.capitalize()} {shown}{of} for {each}"
    return f"{shown}{f', {only}' if only else ''}{tail}"


def _total(said: Selection, rng: random.Random) -> str:
    count = f"number of {said.scope.rows()}"
    rows = f"{'' if said.clauses else 'all '}{said.rows_phrase()}"
    if len(said.columns) == 1 and said.columns[0].text == count:
        if said.clauses and rng.random() < 0.7:
            return f"How many {said.rows_phrase()} are there"
        return f"How many {said.scope.rows()} are there {' and '.join(said.clauses)}"
    shown = columns_phrase(said.columns)
    alone = len(said.columns) == 1
    opening = rng.choice(("What is", "Find", "Return") if alone else ("What are", "Show", "Give me"))
    if said.columns[0].text.startswith("number of") and not alone:
        return f"Considering {rows}, {rng.choice(('show', 'give', 'return'))} {shown}{_tail(said)}"
    if alone and said.columns[0].text.startswith("number of"):
        return f"{opening} {shown}{f' among {rows}' if said.clauses else ''}{_tail(said)}"
    if not said.clauses and any(f"of {said.scope.rows()} " in c.text for c in said.columns):
        return f"{opening} {shown}{_tail(said)}"
    return f"{opening} {shown} of {rows}{_tail(said)}"


def _listed(said: Selection, rng: random.Random) -> str:
    distinct = said.select.args.get("distinct")
    command = rng.choice(_COMMANDS)
    qualify = f", keeping only those {said.qualify}" if said.qualify else ""
    if distinct is not None and distinct.args.get("on"):
        return _first_of_each(said, distinct.args["on"], rng)
    if distinct is not None:
        shown = columns_phrase(said.columns, many=True).removeprefix("the ")
        kind = "different" if len(said.columns) == 1 else "different combinations of"
        return f"{command} the {kind} {shown} of {_whole(said)}{said.rows_phrase()}{qualify}{_tail(said)}"
    top = _top(said)
    if top and rng.random() < 0.6:
        return f"{command} {columns_phrase(said.columns)} of {top}{qualify}"
    rows = f"{'' if said.select.args.get('limit') else _whole(said)}{said.rows_phrase()}"
    long = any(len(c.text.split()) > 8 for c in said.columns)
    if long or (rng.random() < 0.35 and said.clauses):
        return f"For {rows}, {command[0].lower()}{command[1:]} {columns_phrase(said.columns)}{qualify}{_tail(said)}"
    return f"{command} {columns_phrase(said.columns)} of {rows}{qualify}{_tail(said)}"


def _whole(said: Selection) -> str:
    """Only rows that nothing narrows are ``all`` rows; a join may leave some out."""
    return "" if said.clauses or said.select.args.get("joins") else "all "


def _top(said: Selection) -> str:
    """Return ``the 5 flights with the highest distance`` when one numeric key orders the first rows."""
    order, limit = said.select.args.get("order"), said.select.args.get("limit")
    if order is None or not isinstance(limit, exp.Limit) or len(order.expressions) != 1 or said.rows.including:
        return ""
    if said.select.args.get("offset") is not None or limit.args.get("limit_options") is not None:
        return ""
    key = said.order.removeprefix("sorted by ")
    for direction, word in ((" from highest to lowest", "highest"), (" from lowest to highest", "lowest")):
        if key.endswith(direction):
            name, count = key.removesuffix(direction), limit.expression.name
            noun = said.scope.row_noun if count == "1" else said.scope.rows()
            lead = f"the {noun}" if count == "1" else f"the {count} {noun}"
            clauses = f" among {said.rows_phrase()}" if said.clauses else ""
            return f"{lead} with the {word} {name}{clauses}" + ("" if count == "1" else f", {word} first")
    return ""


def _first_of_each(said: Selection, on: exp.Expr, rng: random.Random) -> str:
    from .expressions import phrase

    keys = [phrase(e, said.scope).text for e in on.expressions]
    order = said.select.args.get("order")
    if order is None or len(order.expressions) <= len(keys):
        raise Unsayable("DISTINCT ON without a deciding order")
    rest = [k.copy() for k in order.expressions[len(keys) :]]
    deciding = order_phrase(exp.Order(expressions=rest), said.scope, verb="when sorted by")
    only = f", considering only {said.rows_phrase()}" if said.clauses else ""
    limit = f", {limit_phrase(said.select)}" if limit_phrase(said.select) else ""
    lead = order_phrase(exp.Order(expressions=[k.copy() for k in order.expressions[: len(keys)]]), said.scope)
    return (
        f"For each {listing(keys)}{only}, take only the first {said.scope.row_noun} {deciding} and "
        f"{rng.choice(('show', 'list', 'return'))} {columns_phrase(said.columns)}, {lead}{limit}"
    )
