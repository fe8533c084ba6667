"""Noun phrases for functions that take more than words to say: dates and spans, parts of texts, shorthands for CASE."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from . import lexicon
from .expressions import phrase
from .naming import Phrase
from .scope import Scope, Unsayable

_FIRST_MATCH_ONLY = ("postgres", "duckdb")  # elsewhere REGEXP_REPLACE replaces every match


def function(node: exp.Expr, scope: Scope) -> Phrase | None:
    """Return the phrase of a function listed here, None for any other; raises ``Unsayable``."""
    for kinds, say in _SAYINGS.items():
        if isinstance(node, kinds):
            return say(node, scope)
    return None


def _moved(node: exp.DateAdd | exp.DateSub, scope: Scope) -> Phrase:
    sign = "plus" if isinstance(node, exp.DateAdd) else "minus"
    return Phrase(f"{phrase(node.this, scope).text} {sign} {_span(node.expression, node.args.get('unit'))}", "date")


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
    return Phrase(f"{phrase(node.this, scope).text} {'minus' if back else 'plus'} {said}", "date")


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
    model = node.text("format").upper()
    if model not in lexicon.ORACLE_FORMATS:
        raise Unsayable(f"format {model}")
    return Phrase(f"{lexicon.ORACLE_FORMATS[model]} of {phrase(node.this, scope).the()}", "text")


def _cut(node: exp.Expr, scope: Scope) -> Phrase:
    """Say Oracle's and MySQL's truncation, of a number or of a date."""
    subject = phrase(node.this if isinstance(node, exp.Trunc) else node.expressions[0], scope)
    places = node.args.get("decimals")
    if subject.kind == "date":
        return Phrase(f"day of {subject.the()}", "date")
    if places is None or places.name == "0":
        return subject.of(f"whole part of {subject.the()}")
    return subject.of(f"{subject.text} cut off after {places.name} decimal{'s' * (places.name != '1')}")


def _padded(node: exp.Pad, scope: Scope) -> Phrase:
    subject, fill = phrase(node.this, scope), node.args.get("fill_pattern")
    side = "left" if node.args.get("is_left") else "right"
    filling = f" with '{fill.name}'" if isinstance(fill, exp.Literal) and fill.name.strip() else " with spaces"
    return Phrase(f"{subject.text} padded on the {side} to {node.expression.name} characters{filling}", "text")


def _before_delimiter(node: exp.SubstringIndex, scope: Scope) -> Phrase:
    count, delimiter = node.args["count"].sql(), node.args["delimiter"]
    where = {"1": "before the first", "-1": "after the last"}.get(count)
    if where is None or not isinstance(delimiter, exp.Literal):
        raise Unsayable("a part between delimiters")
    return Phrase(f"part of {phrase(node.this, scope).the()} {where} '{delimiter.name}'", "text")


def _matched(node: exp.Expr, scope: Scope) -> Phrase:
    pattern = node.expression
    further = [name for name in ("position", "occurrence", "parameters", "group") if node.args.get(name)]
    if further or not isinstance(pattern, exp.Literal) or "(" in pattern.name:
        raise Unsayable("a regular expression with groups or further arguments")
    return Phrase(f"first match of the pattern '{pattern.name}' in {phrase(node.this, scope).the()}", "text")


def _replaced(node: exp.RegexpReplace, scope: Scope) -> Phrase:
    pattern, by = node.expression, node.args.get("replacement")
    further = [name for name in ("position", "occurrence", "modifiers") if node.args.get(name)]
    if further or not isinstance(by, exp.Literal) or "\\" in by.name or "$" in by.name:
        raise Unsayable("a replacement that refers to groups or has further arguments")
    which = "the first match" if scope.dialect in _FIRST_MATCH_ONLY else "every match"
    subject = phrase(node.this, scope).text
    return Phrase(f"{subject} with {which} of the pattern '{pattern.name}' replaced by '{by.name}'", "text")


def _capitalised(node: exp.Initcap, scope: Scope) -> Phrase:
    return Phrase(f"{phrase(node.this, scope).text} with each word capitalised", "text")


def _ratio(node: exp.SafeDivide, scope: Scope) -> Phrase:
    above, below = phrase(node.this, scope).the(), phrase(node.expression, scope).the()
    return Phrase(f"{above.removeprefix('the ')} divided by {below} (missing where that is 0)")


def _decoded(node: exp.DecodeCase, scope: Scope) -> Phrase:
    """Say ``DECODE(x, a, b, …, z)`` as the CASE that it is short for."""
    subject, *rest = node.expressions
    default = rest.pop() if len(rest) % 2 else exp.Null()
    if any(isinstance(wanted, exp.Null) for wanted in rest[::2]):
        raise Unsayable("DECODE of NULL")
    pairs = zip(rest[::2], rest[1::2], strict=True)
    branches = [exp.If(this=exp.EQ(this=subject.copy(), expression=a.copy()), true=b.copy()) for a, b in pairs]
    return phrase(exp.Case(ifs=branches, default=default.copy()), scope)


def _known_or_not(node: exp.Nvl2, scope: Scope) -> Phrase:
    known = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    branch = exp.If(this=known, true=node.args["true"].copy())
    return phrase(exp.Case(ifs=[branch], default=node.args["false"].copy()), scope)


def _date(node: exp.Date, scope: Scope) -> Phrase:
    if node.this is None or node.args.get("zone") or node.expressions:
        raise Unsayable("a date made of parts")
    return Phrase(f"date of {phrase(node.this, scope).the()}", "date")


def _truncation(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() == "TRUNC" and len(node.expressions) == 1


def _anonymous(node: exp.Anonymous, scope: Scope) -> Phrase | None:
    return _cut(node, scope) if _truncation(node) else None


_SAYINGS: dict[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[Any, Scope], Phrase | None]] = {
    (exp.DateAdd, exp.DateSub): _moved,
    exp.Interval: _interval,
    exp.AddMonths: _months_later,
    exp.MonthsBetween: _months_between,
    (exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff): _apart,
    exp.ToChar: _to_char,
    exp.Trunc: _cut,
    exp.Pad: _padded,
    exp.SubstringIndex: _before_delimiter,
    (exp.RegexpSubstr, exp.RegexpExtract): _matched,
    exp.RegexpReplace: _replaced,
    exp.Initcap: _capitalised,
    exp.SafeDivide: _ratio,
    exp.DecodeCase: _decoded,
    exp.Nvl2: _known_or_not,
    exp.Date: _date,
    exp.Anonymous: _anonymous,
}
