"""Choosing the literals of a candidate so that its result is not empty and a person could have asked for it."""

import math
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

Samples = Mapping[tuple[str, str], list[Any]]  # (table, column) → values from the database
_COUNTS = (2, 3, 5, 10, 20)
_SAME_KIND = (
    exp.Paren,
    exp.Alias,
    exp.Cast,
    exp.Round,
    exp.Coalesce,
    exp.Trim,
    exp.Date,
    exp.TsOrDsToDate,
    exp.TsOrDsToTimestamp,
    exp.TsOrDsToDatetime,
    exp.DateAdd,
    exp.DateSub,
    exp.LastDay,
)  # their result is like the column's values
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)


def round_nicely(value: float) -> float | int:
    """Round to one significant digit, or two for numbers below 100: 1089 → 1000, 37.4 → 37."""
    if value == 0 or abs(value) < 1:
        return round(value, 2)
    digits = len(str(int(abs(value))))
    keep = 2 if digits <= 2 else 1
    step = 10 ** max(digits - keep, 0)
    return int(math.floor(value / step) * step) if value > 0 else int(math.ceil(value / step) * step)


def literal(value: Any) -> exp.Expr:
    """Return a Python or JSON value as an SQL literal; text and dates as strings."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | float):
        number = exp.Literal.number(f"{abs(value):g}" if abs(value) < 1e6 else str(abs(value)))
        return exp.Neg(this=number) if value < 0 else number
    return exp.Literal.string(str(value))


def compared_value(
    subject: exp.Expr,
    node: exp.Expr,
    samples: Callable[[exp.Column], list[Any]],
    rng: random.Random,
    taken: list[Any],
) -> Any | None:
    """Return a value to compare ``subject`` with in ``node``, unlike those ``taken``; None if nothing fits."""
    if isinstance(subject, exp.Upper | exp.Lower):
        value = compared_value(subject.this, node, samples, rng, taken)
        return in_case(subject, value) if isinstance(value, str) else None
    if isinstance(subject, _SAME_KIND):
        return compared_value(subject.this, node, samples, rng, taken)
    if isinstance(subject, exp.Count) or (isinstance(subject, exp.Window) and isinstance(subject.this, exp.Count)):
        return rng.choice([c for c in _COUNTS if c not in taken] or [7])
    if isinstance(subject, exp.Window) and isinstance(subject.this, (*_RANKS, exp.Ntile)):
        return 1 if isinstance(node, exp.EQ) else rng.choice((2, 3, 5))
    if isinstance(subject, exp.Window) and isinstance(subject.this, exp.PercentRank | exp.CumeDist):
        return rng.choice((0.1, 0.25, 0.5))
    column = subject if isinstance(subject, exp.Column) else subject.find(exp.Column)
    if column is None:
        return None
    known = [v for v in samples(column) if v is not None and v not in taken and str(v)[:10] not in taken]
    if not known:
        return None
    if isinstance(subject, exp.Length):
        return len(str(rng.choice(known)))
    if isinstance(subject, exp.Extract | exp.TimeToStr | exp.Year | exp.Month):
        return _date_part(subject, str(rng.choice(known)))
    if isinstance(subject, exp.Func) and not isinstance(subject, exp.AggFunc) and isinstance(known[0], str):
        return None  # what the function gives is unlike the column's own values
    value = _within(known, node, rng)
    if isinstance(subject, exp.Sum):
        return round_nicely(float(value) * rng.choice((2, 5, 10))) if isinstance(value, int | float) else None
    if isinstance(subject, exp.Mul) and isinstance(value, int | float):
        return round_nicely(float(value) * 2)
    return value


def in_case(subject: exp.Expr, text: str) -> str:
    """Return ``text`` in the case that UPPER or LOWER gives it."""
    return text.upper() if isinstance(subject, exp.Upper) else text.lower() if isinstance(subject, exp.Lower) else text


def _within(known: list[Any], node: exp.Expr, rng: random.Random) -> Any:
    """Pick a value: from the middle of the range for inequalities, any known one for equalities."""
    if not isinstance(known[0], int | float) or isinstance(known[0], bool):
        value = rng.choice(known)
        return str(value)[:10] if is_date(value) else value
    if isinstance(node, exp.EQ | exp.NEQ | exp.In):
        return rng.choice(known)
    ordered = sorted(known)
    low, high = (0.35, 0.8) if isinstance(node, exp.LT | exp.LTE) else (0.2, 0.65)
    picked = ordered[int(len(ordered) * rng.uniform(low, high))]
    return round_nicely(float(picked)) if abs(picked) >= 10 else picked


def is_date(value: Any) -> bool:
    """Say whether a value begins with a date in ISO 8601."""
    return re.match(r"^\d{4}-\d\d-\d\d", str(value)) is not None


def _date_part(subject: exp.Expr, date: str) -> Any | None:
    if not is_date(date):
        return None
    unit = subject.this.name.lower() if isinstance(subject, exp.Extract) else ""
    shape = subject.args["format"].name if isinstance(subject, exp.TimeToStr) else ""
    if unit == "year" or isinstance(subject, exp.Year):
        return int(date[:4])
    if unit == "month" or isinstance(subject, exp.Month):
        return int(date[5:7])
    return {"%Y": date[:4], "%m": date[5:7], "%Y-%m": date[:7]}.get(shape)


def pattern(node: exp.Expr, known: list[Any], rng: random.Random) -> str | None:
    """Return a pattern for LIKE, ILIKE, GLOB, SIMILAR TO, a regular expression or a search that some value matches."""
    texts = [v for v in known if isinstance(v, str) and len(v) >= 2]
    if not texts:
        return None
    text = rng.choice(texts)
    words = list(re.findall(r"[A-Za-z]{3,}", text)) or [text[:2]]
    word = str(rng.choice(words))
    start = re.match(r"[A-Za-z0-9]*", text)
    lead = (start.group() if start else "")[: rng.choice((1, 2, 3))] or text[0]
    if isinstance(node, exp.ILike | exp.RegexpILike):
        word, lead = word.lower(), lead.lower()
    if isinstance(node, exp.StartsWith | exp.EndsWith):
        return lead if isinstance(node, exp.StartsWith) else str(re.split(r"[^A-Za-z0-9]", text)[-1] or text[-1])
    if isinstance(node, exp.Contains | exp.StrPosition | exp.Replace):
        return word
    if isinstance(node, exp.RegexpLike | exp.RegexpILike):
        return f"^{lead}" if rng.random() < 0.6 else f"{word}$" if text.endswith(word) else word
    wild = "*" if isinstance(node, exp.Glob) else "%"
    shapes = [f"{lead}{wild}", f"{wild}{word}{wild}"]
    return rng.choice(shapes)
