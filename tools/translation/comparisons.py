"""Comparisons of unlike types, which SQLite decides by affinity and other engines refuse.

https://sqlite.org/datatype3.html#type_conversions_prior_to_comparison: beside a number column, text that spells a
number is that number; beside a text column, a number without a column of its own is its text.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from sqlglot import exp

from .kinds import MOMENTS, NUMBERS, Kind, as_bit, as_text, kind_of, number_literal
from .numbers import as_number
from .target import Target

_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_AFTER_ALL_NUMBERS = "1e100"  # where SQLite sorts text
_TYPED_LITERALS = ("oracle", "bigquery")  # the others read a text as a date beside one


def compare_like_with_like(tree: exp.Query, target: Target) -> None:
    """Give both sides of each comparison one type, the one SQLite compares by."""
    for node, right in list(_compared(tree)):
        left = node.this  # as the last pair left it
        new_left, new_right = _alike(node, left, right, target)
        if new_right is not right:
            right.replace(new_right)
        if new_left is not left:
            left.replace(new_left)


def _compared(tree: exp.Query) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Yield each comparison and what its left side is compared with; of several, what spells no date comes first."""
    for node in tree.walk():
        if isinstance(node, _COMPARISONS):
            yield node, node.expression
            continue
        beside = [node.args["low"], node.args["high"]] if isinstance(node, exp.Between) else []
        if isinstance(node, exp.In):
            query = node.args.get("query")
            beside = [query] if query is not None else node.expressions
        for each in sorted(beside, key=lambda each: _is_string(each) and spelled_moment(each.name) is not None):
            yield node, each


def _alike(node: exp.Expr, left: exp.Expr, right: exp.Expr, target: Target) -> tuple[exp.Expr, exp.Expr]:
    kinds = kind_of(left), kind_of(right)
    if kinds[0] == kinds[1] or Kind.UNKNOWN in kinds:
        return left, right
    if kinds[0] is Kind.TEXT and kinds[1] is not Kind.TEXT:
        new_right, new_left = _beside_text(node, right, left, target)
        return new_left, new_right
    if kinds[1] is Kind.TEXT:
        return _beside_text(node, left, right, target)
    if Kind.BOOLEAN in kinds and kinds[0] in NUMBERS | {Kind.BOOLEAN} and kinds[1] in NUMBERS | {Kind.BOOLEAN}:
        return as_bit(left, target.dialect), as_bit(right, target.dialect)
    if kinds[0] in MOMENTS and kinds[1] in NUMBERS:
        return as_text(left, target.dialect), as_text(right, target.dialect)
    if kinds[1] in MOMENTS and kinds[0] in NUMBERS:
        return as_text(left, target.dialect), as_text(right, target.dialect)
    return left, right


def _beside_text(node: exp.Expr, other: exp.Expr, text: exp.Expr, target: Target) -> tuple[exp.Expr, exp.Expr]:
    """Return ``other``, which is no text, and ``text`` as one type."""
    if isinstance(text, exp.Subquery | exp.Select):
        return as_text(other, target.dialect), text
    if isinstance(other, exp.Subquery | exp.Select):
        return _cast_output(other, target), text
    if _is_string(text):
        return _beside_string(other, text, target)
    if target.exact and kind_of(other) in NUMBERS:  # the column may be declared a number and hold text as well
        return other, as_number(text, target, _AFTER_ALL_NUMBERS)
    if isinstance(other, exp.Literal) or kind_of(other) not in NUMBERS:
        return as_text(other, target.dialect), text
    if kind_of(other) is Kind.INTEGER and isinstance(node, exp.EQ | exp.NEQ | exp.In):
        return as_text(other, target.dialect), text
    return other, as_number(text, target)


def _is_string(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _cast_output(query: exp.Expr, target: Target) -> exp.Expr:
    """Return a subquery with its only output as text."""
    query = query.copy()
    for select in query.find_all(exp.Select):
        if select is query or select is query.this:
            output = select.expressions[0]
            output.replace(as_text(output.unalias(), target.dialect))
    return query


def _beside_string(other: exp.Expr, text: exp.Expr, target: Target) -> tuple[exp.Expr, exp.Expr]:
    kind = kind_of(other)
    if kind in NUMBERS and _NUMBER.fullmatch(text.name):
        return other, number_literal(text.name.strip().lstrip("+"))
    if kind is Kind.BOOLEAN and text.name in ("0", "1"):
        return as_bit(other, target.dialect), number_literal(text.name)
    moment = spelled_moment(text.name)
    if kind in (Kind.DATE, Kind.TIMESTAMP) and moment is not None:
        if moment is Kind.TIMESTAMP and kind is Kind.DATE:
            return as_text(other, target.dialect), text
        return other, moment_literal(text, moment, kind, target)
    return as_text(other, target.dialect), text


def spelled_moment(text: str) -> Kind | None:
    """Return what ISO text spells, a date or a moment."""
    for kind, read in ((Kind.DATE, date.fromisoformat), (Kind.TIMESTAMP, datetime.fromisoformat)):
        try:
            read(text)
        except ValueError:
            continue
        return kind if "-" in text else None
    return None


def moment_literal(text: exp.Expr, spelled: Kind, wanted: Kind, target: Target) -> exp.Expr:
    """Return ISO text as a literal beside a column that is a date or a moment."""
    if target.dialect not in _TYPED_LITERALS:
        return text
    if target.dialect == "oracle" and spelled is Kind.TIMESTAMP:
        form = exp.Literal.string("YYYY-MM-DD HH24:MI:SS")
        return exp.Anonymous(this="TO_TIMESTAMP", expressions=[exp.Literal.string(text.name.replace("T", " ")), form])
    kind = spelled if target.dialect == "oracle" else wanted
    return exp.Cast(this=text.copy(), to=exp.DataType.build("DATE" if kind is Kind.DATE else "DATETIME"))
