"""Aggregates that are ordered WITHIN GROUP: LISTAGG and the percentiles.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/LISTAGG.html
"""

from sqlglot import exp

from ..session import UnsupportedError
from .aggregates import check_place
from .conversion import to_kind
from .frames import check_number, window_key, window_text
from .kinds import NUMBERS, Kind, Value, missing_expression
from .ordering import direction
from .scope import Scope
from .values import expression, value

_WHOLE_FRAME = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


@expression.register
def _(node: exp.WithinGroup, scope: Scope) -> Value:
    """LISTAGG and the percentiles."""
    check_place(scope)
    call, order = node.this, node.expression
    if not isinstance(call, exp.Anonymous) or not isinstance(order, exp.Order):
        raise UnsupportedError("WITHIN GROUP of this form")
    name = call.name.upper()
    if name == "LISTAGG":
        distinct, said, separator = _listed(call, scope)
        terms = [_term(each, scope) for each in order.expressions]
        if distinct and [each.this for each in order.expressions] != [call.expressions[0].expressions[0]]:
            raise UnsupportedError("LISTAGG(DISTINCT …) ordered by other than itself")
        order_by = f" ORDER BY {', '.join(terms)}" if terms else ""
        return Value(f"oracle.listed(string_agg({distinct}{said}, {separator}{order_by}))", Kind.TEXT)
    if name in ("PERCENTILE_CONT", "PERCENTILE_DISC") and len(order.expressions) == 1:
        return _percentile(name, call, order.expressions[0], scope)
    raise UnsupportedError(f"the stand-in has no {name} WITHIN GROUP")


def _term(ordered: exp.Ordered, scope: Scope) -> str:
    return window_key(ordered.this, scope).sql + direction(ordered)


def _listed(call: exp.Anonymous, scope: Scope) -> tuple[str, str, str]:
    """Return the DISTINCT, the text and the separator of LISTAGG; NULLs are left out, as in PostgreSQL."""
    if not call.expressions:
        raise missing_expression()
    first, *rest = call.expressions
    distinct = isinstance(first, exp.Distinct)
    arguments = [*first.expressions, *rest] if distinct else [first, *rest]
    check_number([value(each, scope) for each in arguments], 1, 2)
    said = to_kind(value(arguments[0], scope), Kind.TEXT)
    separator = to_kind(value(arguments[1], scope), Kind.TEXT) if len(arguments) > 1 else "NULL"
    return "DISTINCT " if distinct else "", said, f"coalesce({separator}, '')"


def _percentile(name: str, call: exp.Anonymous, ordered: exp.Ordered, scope: Scope) -> Value:
    said, [share] = value(ordered.this, scope), [value(each, scope) for each in call.expressions]
    word = "DESC" if ordered.args.get("desc") else "ASC"
    if name == "PERCENTILE_DISC":
        return Value(f"percentile_disc(({share.sql})::float8) WITHIN GROUP (ORDER BY {said.sql} {word})", said.kind)
    if said.kind not in NUMBERS:
        raise UnsupportedError("PERCENTILE_CONT of other than numbers")
    within = f"WITHIN GROUP (ORDER BY ({said.sql})::float8 {word})"
    return Value(f"(percentile_cont(({share.sql})::float8) {within})::numeric", Kind.NUMBER)


def list_over(node: exp.WithinGroup, window: exp.Window, scope: Scope) -> Value:
    """LISTAGG with OVER: the list of the whole partition, in its order."""
    if node.this.name.upper() != "LISTAGG" or window.args.get("order"):
        raise UnsupportedError("WITHIN GROUP with OVER of this form")
    distinct, said, separator = _listed(node.this, scope)
    if distinct:
        raise UnsupportedError("LISTAGG(DISTINCT …) with OVER")
    terms = ", ".join(_term(each, scope) for each in node.expression.expressions)
    over = f"{window_text(window, scope)} ORDER BY {terms} {_WHOLE_FRAME}"
    return Value(f"oracle.listed(string_agg({said}, {separator}) OVER ({over}))", Kind.TEXT)
