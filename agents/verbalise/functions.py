"""Noun phrases for functions that take more than words to say: dates and spans, shorthands for CASE."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlglot import exp

from . import lexicon
from .arithmetic import precision
from .expressions import phrase
from .naming import Phrase
from .scope import Scope, Unsayable
from .texts import TEXTS, in_format


def function(node: exp.Expr, scope: Scope) -> Phrase | None:
    """Return the phrase of a function listed here, None for any other; raises ``Unsayable``."""
    for kinds, say in (_SAYINGS | TEXTS).items():
        if isinstance(node, kinds):
            return say(node, scope)
    return None


def _moved(node: exp.DateAdd | exp.DateSub, scope: Scope) -> Phrase:
    sign = "plus" if isinstance(node, exp.DateAdd) else "minus"
    start = phrase(node.this, scope)
    return Phrase(f"{start.text} {sign} {_span(node.expression, node.args.get('unit'))}", "date", bare=start.bare)


def _interval(node: exp.Interval, scope: Scope) -> Phrase:
    return Phrase(_span(node.this, node.args.get("unit")), "span", bare=True)


def _span(amount: exp.Expr, unit: exp.Expr | None) -> str:
    if not isinstance(amount, exp.Literal) or not amount.name.isdigit() or not isinstance(unit, exp.Var):
        raise Unsayable("a span of time that is no number of units")
    name = unit.name.lower().rstrip("s")
    return f"{amount.name} {name}{'s' * (amount.name != '1')}"


def _months_later(node: exp.AddMonths, scope: Scope) -> Phrase:
    months = node.expression
    back = isinstance(months, exp.Neg)
    said = _span(months.this if back else months, exp.var("month"))
    start = phrase(node.this, scope)
    return Phrase(f"{start.text} {'minus' if back else 'plus'} {said}", "date", bare=start.bare)


def _apart(node: exp.Expr, scope: Scope) -> Phrase:
    """Say a difference of dates: some dialects count whole units, others how often a unit begins."""
    later, earlier = phrase(node.this, scope).the(), phrase(node.expression, scope).the()
    unit = node.args["unit"].name.lower() if node.args.get("unit") is not None else "day"
    if unit not in lexicon.UNITS:
        raise Unsayable(f"a difference in {unit}")
    whole = not node.args.get("date_part_boundary")
    counted = f"{'full ' * whole}{unit}s" if whole or unit == "day" else f"{unit} boundaries"
    return Phrase(f"number of {counted} from {earlier} to {later}")


def _months_between(node: exp.MonthsBetween, scope: Scope) -> Phrase:
    later, earlier = phrase(node.this, scope).the(), phrase(node.expression, scope).the()
    return Phrase(f"number of months, with fraction, from {earlier} to {later}")


def _to_char(node: exp.ToChar, scope: Scope) -> Phrase:
    subject, model = phrase(node.this, scope), node.text("format")
    if not model:
        return replace(subject, kind="text", origin=None)
    if subject.kind == "date" and model.upper() in lexicon.ORACLE_FORMATS:
        return Phrase(f"{lexicon.ORACLE_FORMATS[model.upper()]} of {subject.the()}", "text")
    return in_format(subject, model)


def _grouped_digits(node: exp.NumberToStr, scope: Scope) -> Phrase:
    """Say MySQL's FORMAT(x, n)."""
    if scope.dialect != "mysql" or not isinstance(node.args["format"], exp.Literal) or node.args.get("culture"):
        raise Unsayable("a number as text")
    said = f"{phrase(node.this, scope).text} written with thousands separators and {precision(node.args['format'])}"
    return Phrase(said.replace("and a whole number", "and no decimals"), "text")


def _day_after(node: exp.NextDay, scope: Scope) -> Phrase:
    if not isinstance(node.expression, exp.Literal):
        raise Unsayable("NEXT_DAY of a computed weekday")
    return Phrase(f"first {node.expression.name.capitalize()} after {phrase(node.this, scope).the()}", "date")


def _week(node: exp.Week, scope: Scope) -> Phrase:
    mode = node.args.get("mode")
    if scope.dialect != "mysql" or mode is None or mode.name != "3":
        raise Unsayable("a week number by another rule than ISO's")
    return Phrase(f"ISO week number of {phrase(node.this, scope).the()}")


def _cast(node: exp.Cast, scope: Scope) -> Phrase:
    """Say what a cast changes: a date cut to its day, a number rounded or sorted as text, a text cut; no more."""
    subject, to = phrase(node.this, scope), node.args["to"]
    if isinstance(node.this, exp.Literal) and node.this.is_string and to.is_type(*exp.DataType.TEMPORAL_TYPES):
        return Phrase(node.this.name, "date", bare=True)
    sizes = [size.name for size in to.expressions]
    if to.is_type(exp.DType.DATE) and subject.timed and scope.dialect != "oracle":  # its DATE has a time
        return Phrase(f"date of {subject.the()}", "date")
    if to.is_type(*exp.DataType.TEXT_TYPES) and sizes and not subject.bare:
        return Phrase(f"first {sizes[0]} characters of {subject.the()}", "text")
    if to.is_type(*exp.DataType.TEXT_TYPES) and subject.kind == "number" and not subject.bare:
        return replace(subject, kind="text", origin=None)  # 10 comes before 9
    if to.is_type(exp.DType.BINARY, exp.DType.VARBINARY):
        return subject.of(f"{subject.text} (minding case)")
    if subject.kind == "text" and isinstance(node.this, exp.Column) and not to.is_type(*exp.DataType.TEXT_TYPES):
        raise Unsayable("a text read as another type")
    if subject.kind != "number" or subject.bare:
        return subject
    if to.is_type(exp.DType.DECIMAL) and len(sizes) == 2:
        return subject.of(f"{subject.text} rounded to {precision(exp.Literal.number(sizes[1]))}")
    if to.is_type(*exp.DataType.INTEGER_TYPES) and not isinstance(node.this, exp.Count):
        return subject.of(f"{subject.text} {'cut off' if scope.dialect == 'sqlite' else 'rounded'} to a whole number")
    return subject


def _cut(node: exp.Expr, scope: Scope) -> Phrase:
    """Say Oracle's and MySQL's truncation, of a number or of a date."""
    subject = phrase(node.this if isinstance(node, exp.Trunc) else node.expressions[0], scope)
    places = node.args.get("decimals")
    if subject.kind == "date":
        return Phrase(f"day of {subject.the()}", "date")
    if places is None or places.name == "0":
        return subject.of(f"whole part of {subject.the()}")
    return subject.of(f"{subject.text} cut off to {precision(places)}")


def _ratio(node: exp.SafeDivide, scope: Scope) -> Phrase:
    above, below = phrase(node.this, scope).the(), phrase(node.expression, scope).the()
    return Phrase(f"{above.removeprefix('the ')} divided by {below} (missing where that is 0)")


def _decoded(node: exp.DecodeCase, scope: Scope) -> Phrase:
    return phrase(written_out(node), scope)


def written_out(node: exp.DecodeCase) -> exp.Case:
    """Return the CASE that ``DECODE(x, a, b, …, z)`` is short for; raises ``Unsayable`` if it looks for NULL."""
    subject, *rest = node.expressions
    default = rest.pop() if len(rest) % 2 else exp.Null()
    if any(isinstance(wanted, exp.Null) for wanted in rest[::2]):
        raise Unsayable("DECODE of NULL")
    pairs = zip(rest[::2], rest[1::2], strict=True)
    branches = [exp.If(this=exp.EQ(this=subject.copy(), expression=a.copy()), true=b.copy()) for a, b in pairs]
    return exp.Case(ifs=branches, default=None if isinstance(default, exp.Null) else default.copy())


def _known_or_not(node: exp.Nvl2, scope: Scope) -> Phrase:
    known = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    branch = exp.If(this=known, true=node.args["true"].copy())
    return phrase(exp.Case(ifs=[branch], default=node.args["false"].copy()), scope)


def _date(node: exp.Date, scope: Scope) -> Phrase:
    if node.this is None or node.args.get("zone") or node.expressions:
        raise Unsayable("a date made of parts")
    subject = phrase(node.this, scope)
    return Phrase(f"date of {subject.the()}", "date") if subject.timed or subject.kind != "date" else subject


def _truncation(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() == "TRUNC" and len(node.expressions) == 1


def _anonymous(node: exp.Anonymous, scope: Scope) -> Phrase | None:
    name, given = node.name.upper(), node.expressions
    if name in _SPANS and len(given) == 2 and isinstance(given[1], exp.Literal):
        return Phrase(_span(given[0], exp.var(given[1].name)), "span", bare=True)
    if name == "YEARWEEK" and len(given) == 2 and given[1].name in ("1", "3"):
        return Phrase(f"ISO year and week of {phrase(given[0], scope).the()}")
    return _cut(node, scope) if _truncation(node) else None


_SPANS = ("NUMTODSINTERVAL", "NUMTOYMINTERVAL")


_SAYINGS: dict[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[Any, Scope], Phrase | None]] = {
    (exp.DateAdd, exp.DateSub): _moved,
    exp.Interval: _interval,
    exp.AddMonths: _months_later,
    exp.MonthsBetween: _months_between,
    (exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff): _apart,
    exp.Cast: _cast,
    exp.ToChar: _to_char,
    exp.NumberToStr: _grouped_digits,
    exp.NextDay: _day_after,
    exp.Week: _week,
    exp.Trunc: _cut,
    exp.SafeDivide: _ratio,
    exp.DecodeCase: _decoded,
    exp.Nvl2: _known_or_not,
    exp.Date: _date,
    exp.Anonymous: _anonymous,
}
