"""SQLite's own functions, as other dialects say them: https://sqlite.org/lang_datefunc.html and lang_aggfunc.html."""

import re

from sqlglot import exp

from .comparisons import moment_literal, spelled_moment
from .kinds import MOMENTS, Kind, as_double, kind_of
from .numbers import OF_DATES
from .target import Target

_STEP = re.compile(r"([+-]?\d+) (year|month|day)s?", re.IGNORECASE)
_JULIAN_EPOCH = "2440587.5"  # the Julian day on which 1970 began


def say_dates(tree: exp.Query, target: Target) -> None:
    """Say DATE with and without a step, and Julian days, which SQLite counts from noon; days only, no times."""
    for node in list(tree.find_all(exp.Date)):
        if node.this is not None and not node.args.get("expressions"):
            node.replace(_day(node.this))
    for call in list(tree.find_all(exp.Anonymous)):
        name, arguments = call.name.upper(), call.expressions
        step = _STEP.fullmatch(arguments[1].name) if name == "DATE" and len(arguments) == 2 else None
        if step is not None:
            call.replace(_moved(_day(arguments[0]), int(step[1]), step[2].upper(), target.dialect))
        elif name == "JULIANDAY" and len(arguments) == 1 and kind_of(arguments[0]) is not Kind.TIMESTAMP:
            call.replace(_julian_day(arguments[0], target.dialect))
    for text in list(tree.find_all(exp.TimeToStr)):
        moment = text.this.this if isinstance(text.this, exp.TsOrDsToTimestamp) else None
        if text.args["format"].name == "%J" and moment is not None and kind_of(moment) is not Kind.TIMESTAMP:
            text.replace(_julian_day(moment, target.dialect))


def _day(moment: exp.Expr) -> exp.Expr:
    """Return the day of a moment."""
    if isinstance(moment, exp.Literal) and moment.name.lower() == "now":
        today: exp.Expr = exp.CurrentDate()
        today.type = "DATE"
        return today
    return moment.copy() if kind_of(moment) is Kind.DATE else exp.cast(moment.copy(), "DATE")


def _moved(day: exp.Expr, number: int, unit: str, dialect: str) -> exp.Expr:
    if dialect == "oracle" and unit != "DAY":
        months = exp.Literal.number(number * (12 if unit == "YEAR" else 1))
        moved: exp.Expr = exp.Anonymous(this="ADD_MONTHS", expressions=[day, months])
    elif dialect == "oracle":
        moved = exp.Add(this=day, expression=exp.Literal.number(number))
    else:
        moved = exp.DateAdd(this=day, expression=exp.Literal.number(number), unit=exp.Var(this=unit))
        moved = exp.cast(moved, "DATE") if dialect in ("postgres", "duckdb") else moved
    moved.type = "DATE"
    return moved


def _julian_day(moment: exp.Expr, dialect: str) -> exp.Expr:
    day, epoch = _day(moment), exp.cast(exp.Literal.string("1970-01-01"), "DATE")
    if dialect in ("oracle", "postgres"):
        between = exp.Sub(this=day, expression=epoch)
        between.meta[OF_DATES] = True
        days: exp.Expr = exp.Paren(this=between)
    else:
        days = exp.DateDiff(this=day, expression=epoch, unit=exp.Var(this="DAY"))
    counted = exp.Paren(this=exp.Add(this=days, expression=exp.Literal.number(_JULIAN_EPOCH)))
    counted.type = "DOUBLE"
    return counted


def say_totals(tree: exp.Query, target: Target) -> None:
    """Say TOTAL, which is 0 of no rows."""
    for node in list(tree.find_all(exp.Anonymous)):
        if node.name.upper() == "TOTAL" and len(node.expressions) == 1:
            summed = exp.Sum(this=as_double(node.expressions[0], target.dialect))
            total = exp.Coalesce(this=summed, expressions=[exp.Literal.number(0)])
            total.type = "DOUBLE"
            node.replace(total)


def filter_by_case(tree: exp.Query, target: Target) -> None:
    """Say FILTER with CASE where there is none."""
    for node in list(tree.find_all(exp.Filter)) if target.dialect in ("bigquery", "mysql", "oracle") else []:
        aggregate, condition = node.this.copy(), node.expression.this.copy()
        counted = aggregate.this
        if isinstance(counted, exp.Distinct):
            counted = counted.expressions[0]
        value = exp.Literal.number(1) if isinstance(counted, exp.Star) else counted.copy()
        case = exp.case().when(condition, value)
        case.type = counted.type
        counted.replace(case)
        aggregate.type = node.type
        node.replace(aggregate)


def compare_rows(tree: exp.Query, target: Target) -> None:
    """Compare a row with a subquery's by STRUCT in BigQuery, whose subqueries beside IN have one column."""
    for node in list(tree.find_all(exp.In)) if target.dialect == "bigquery" else []:
        query = node.args.get("query")
        if isinstance(node.this, exp.Tuple) and query is not None:
            for select in [query.this] if isinstance(query.this, exp.Select) else []:
                select.set("kind", "STRUCT")


def say_moments(tree: exp.Query, target: Target) -> None:
    """Write text that is cut as a moment as Oracle wants it, which reads text by the session's own format."""
    for node in list(tree.find_all(exp.TsOrDsToTimestamp)) if target.dialect == "oracle" else []:
        text = node.this
        spelled = spelled_moment(text.name) if isinstance(text, exp.Literal) and text.is_string else None
        if spelled is not None:
            node.replace(moment_literal(text, spelled, spelled, target))
        elif kind_of(text) in MOMENTS:
            node.replace(text.copy())
