"""Noun phrases for expressions."""

import re
from collections.abc import Callable
from typing import Any

from sqlglot import exp

from . import lexicon
from .arithmetic import OPERATORS, bracketed, operation, rounded
from .naming import Phrase, listing
from .scope import Scope, Unsayable


def phrase(node: exp.Expr, scope: Scope) -> Phrase:
    """Return the noun phrase of an expression; raises ``Unsayable`` when there is none.

    An output alias used in ORDER BY or HAVING is said as the expression behind it.
    """
    if isinstance(node, exp.Column) and not node.table and node.name in scope.aliases:
        return phrase(scope.aliases[node.name], scope)
    for kind, say in _SAYINGS.items():
        if isinstance(node, kind):
            return say(node, scope)
    from .functions import function

    return function(node, scope) or _function(node, scope)


def _column(node: exp.Column, scope: Scope) -> Phrase:
    return scope.column(node)


def _literal(node: exp.Literal, scope: Scope) -> Phrase:
    return Phrase(f"'{node.this}'" if node.is_string else node.this, "text" if node.is_string else "number", bare=True)


def _boolean(node: exp.Boolean, scope: Scope) -> Phrase:
    return Phrase("true" if node.this else "false", "flag", bare=True)


def _null(node: exp.Null, scope: Scope) -> Phrase:
    return Phrase("nothing", "text", bare=True)


def _same(node: exp.Expr, scope: Scope) -> Phrase:
    return phrase(node.this, scope)


def _day(node: exp.DateStrToDate, scope: Scope) -> Phrase:
    return Phrase(node.name, "date", bare=True)


def _negative(node: exp.Neg, scope: Scope) -> Phrase:
    return Phrase(f"-{phrase(node.this, scope).text}", bare=True)


def _coalesce(node: exp.Coalesce, scope: Scope) -> Phrase:
    first = phrase(node.this, scope)
    rest = [phrase(e, scope).the() for e in node.expressions]
    return first.of(f"{first.text} (or {' or else '.join(rest)} if missing)")


def _case(node: exp.Case | exp.If, scope: Scope) -> Phrase:
    from .predicates import condition

    if isinstance(node, exp.Case) and node.this:
        raise Unsayable("simple CASE")
    branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    said = [f"{phrase(b.args['true'], scope).the()} if {condition(b.this, scope)}" for b in branches]
    default = node.args.get("default") if isinstance(node, exp.Case) else node.args.get("false")
    if default is not None and not isinstance(default, exp.Null):
        said.append(f"otherwise {phrase(default, scope).the()}")
    return Phrase(f"label: {', '.join(said)}", phrase(branches[0].args["true"], scope).kind)


def _extract(node: exp.Extract, scope: Scope) -> Phrase:
    part = node.this.name.lower()
    if part not in lexicon.PARTS:
        raise Unsayable(f"EXTRACT({part})")
    if isinstance(node.expression.unnest(), exp.Sub | exp.Interval):
        raise Unsayable("a part of a span of time")
    return Phrase(f"{lexicon.PARTS[part]} of {phrase(node.expression, scope).the()}")


def _truncated(node: exp.Expr, scope: Scope) -> Phrase:
    unit = node.args["unit"].name.lower()
    if unit not in lexicon.UNITS:
        raise Unsayable(f"truncation to {unit}")
    return Phrase(f"{lexicon.UNITS[unit]} of {phrase(node.this, scope).the()}", "date")


def _formatted(node: exp.TimeToStr, scope: Scope) -> Phrase:
    shape = node.args["format"].name
    subject = phrase(node.this, scope)
    if shape in lexicon.FORMATS:
        return Phrase(f"{lexicon.FORMATS[shape]} of {subject.the()}", "text")
    mask = _mask(shape)
    return Phrase(f"{subject.text} in the format '{mask}'", "text")


_MASKS = {
    "Y": "YYYY", "y": "YY", "m": "MM", "d": "DD", "H": "hh", "M": "mm", "S": "ss", "A": "weekday name",
    "B": "month name", "a": "short weekday name", "b": "short month name", "-d": "D", "e": "D", "j": "day of the year",
}  # fmt: skip


def _mask(shape: str) -> str:
    """Return a strftime format as a person writes it: ``%d.%m.%Y`` → ``DD.MM.YYYY``; raises ``Unsayable``."""
    unknown = [code for code in re.findall(r"%(-?.)", shape) if code not in _MASKS]
    if unknown:
        raise Unsayable(f"format {shape}")
    return re.sub(r"%(-?.)", lambda code: _MASKS[code[1]], shape)


def _subquery(node: exp.Expr, scope: Scope) -> Phrase:
    from .queries import scalar

    return scalar(node.this if isinstance(node, exp.Subquery) else node, scope)


def _greatest(node: exp.Expr, scope: Scope) -> Phrase:
    arguments = [node.this, *node.expressions] if node.this is not None else node.expressions
    word = "larger" if isinstance(node, exp.Greatest) else "smaller"
    return Phrase(f"{word} of {listing([phrase(a, scope).the() for a in arguments])}")


def _concatenated(node: exp.Expr, scope: Scope) -> Phrase:
    parts = [phrase(e, scope).the() for e in node.expressions]
    if isinstance(node, exp.ConcatWs):
        return Phrase(f"combination of {listing(parts[1:])} joined by {parts[0]}", "text")
    return Phrase(f"concatenation of {listing(parts)}", "text")


def _substring(node: exp.Substring, scope: Scope) -> Phrase:
    subject, start, length = phrase(node.this, scope), node.args.get("start"), node.args.get("length")
    if isinstance(start, exp.Neg) and length is None and scope.dialect != "postgres":
        return Phrase(f"last {_characters(start.this.name)} of {subject.the()}", "text")
    if start is None or length is None:
        raise Unsayable("substring without bounds")
    if not isinstance(length, exp.Literal) or not isinstance(
        start.this if isinstance(start, exp.Neg) else start, exp.Literal
    ):
        raise Unsayable("substring with computed bounds")
    if start.sql() == "1":
        return Phrase(f"first {_characters(length.name)} of {subject.the()}", "text")
    if isinstance(start, exp.Neg) and start.this.name == length.name and scope.dialect != "postgres":
        return Phrase(f"last {_characters(length.name)} of {subject.the()}", "text")
    if isinstance(start, exp.Neg):
        raise Unsayable("substring counted from the end")
    return Phrase(f"{_characters(length.name)} of {subject.the()} from position {start.sql()}", "text")


def _characters(count: str) -> str:
    return "character" if count == "1" else f"{count} characters"


def _function(node: exp.Expr, scope: Scope) -> Phrase:
    key: type[exp.Expr] | str = node.name.upper() if isinstance(node, exp.Anonymous) else type(node)
    if isinstance(key, str) and key in lexicon.NAMED_AGGREGATES:
        from .aggregates import named_aggregate

        return named_aggregate(lexicon.NAMED_AGGREGATES[key], node.expressions[0], scope)
    if key not in lexicon.SCALARS:
        from .own_words import own_function

        return own_function(node, scope)
    words, kind = lexicon.SCALARS[key]
    given = [bracketed(a, phrase(a, scope)) for a in arguments(node)]
    if len(given) != len(set(re.findall(r"{(\w)}", words.translate(_LETTERS)))):
        raise Unsayable(f"{node.key} with more or fewer arguments")
    letters = {letter: g.text for letter, g in zip("abcd", given, strict=False)}
    said = words.format(*(g.the() for g in given), **letters)
    said = said.replace("first 1 characters", "first character").replace("last 1 characters", "last character")
    return Phrase(said, kind, plural="" if " of " in said else f"values of the {said}")


_LETTERS = str.maketrans("abcd", "0123")  # {a} and {0} are the same argument


def arguments(node: exp.Expr) -> list[exp.Expr]:
    """Return a function's arguments in order."""
    found: list[exp.Expr] = []
    for name in () if isinstance(node, exp.Anonymous) else node.arg_types:
        value = node.args.get(name)
        found += [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, exp.Expr)]
    return found or list(node.expressions)


def _whether(node: exp.Expr, scope: Scope) -> Phrase:
    from .predicates import condition

    return Phrase(f"whether {condition(node, scope)}", "flag")


def _aggregate(node: exp.Expr, scope: Scope) -> Phrase:
    from .aggregates import aggregate

    return aggregate(node, scope)


def _window(node: exp.Window, scope: Scope) -> Phrase:
    from .windows import window

    return window(node, scope)


_SAYINGS: dict[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[Any, Scope], Phrase]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Null: _null,
    (
        exp.Alias,
        exp.Paren,
        exp.TsOrDsToTimestamp,
        exp.TsOrDsToDate,
        exp.TsOrDsToDatetime,
    ): _same,
    exp.DateStrToDate: _day,
    exp.Neg: _negative,
    exp.Window: _window,
    (exp.Filter, exp.WithinGroup, exp.AggFunc, exp.JSONArrayAgg, exp.JSONBObjectAgg): _aggregate,
    exp.Round: rounded,
    (exp.Sub, *OPERATORS): operation,
    exp.Coalesce: _coalesce,
    (exp.Case, exp.If): _case,
    exp.Extract: _extract,
    (exp.TimestampTrunc, exp.DateTrunc, exp.DatetimeTrunc): _truncated,
    exp.TimeToStr: _formatted,
    (exp.Subquery, exp.Select): _subquery,
    (exp.Greatest, exp.Least): _greatest,
    (exp.Concat, exp.ConcatWs): _concatenated,
    exp.Substring: _substring,
    (exp.Is, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.RegexpLike, exp.In): _whether,
}
