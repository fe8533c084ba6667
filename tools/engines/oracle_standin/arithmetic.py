"""``+ - * /`` on numbers, dates and intervals.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Types.html (Datetime/Interval Arithmetic)
"""

from sqlglot import exp

from ..session import UnsupportedError
from .conversion import to_kind
from .kinds import DATETIMES, INTERVALS, NUMBERS, Kind, OracleError, Value, inconsistent
from .scope import Scope
from .values import expression, value


@expression.register
def _(node: exp.Add, scope: Scope) -> Value:
    left, right = value(node.this, scope), value(node.expression, scope)
    if right.kind in DATETIMES and left.kind not in DATETIMES:
        left, right = right, left
    return _moved(left, right, "+")


@expression.register
def _(node: exp.Sub, scope: Scope) -> Value:
    left, right = value(node.this, scope), value(node.expression, scope)
    if left.kind in DATETIMES and right.kind in DATETIMES:
        return _difference(left, right)
    return _moved(left, right, "-")


def _moved(left: Value, right: Value, operator: str) -> Value:
    """Return ``left`` plus or minus ``right``, by what kind ``left`` is of."""
    if left.kind in DATETIMES:
        return _shifted(left, right, operator)
    return (_intervals if left.kind in INTERVALS else _numbers)(left, right, operator)


@expression.register
def _(node: exp.Mul, scope: Scope) -> Value:
    left, right = value(node.this, scope), value(node.expression, scope)
    if right.kind is Kind.DAYS:
        left, right = right, left
    if left.kind is Kind.DAYS:
        return Value(f"({left.sql} * ({to_kind(right, Kind.NUMBER)})::double precision)", Kind.DAYS)
    return _numbers(left, right, "*")


@expression.register
def _(node: exp.Div, scope: Scope) -> Value:
    left, right = value(node.this, scope), value(node.expression, scope)
    if Kind.DOUBLE in (left.kind, right.kind):
        sides = f"{to_kind(left, Kind.DOUBLE)}, {to_kind(right, Kind.DOUBLE)}"
        return Value(f"oracle.divide_double({sides})", Kind.DOUBLE)
    if left.kind is Kind.DAYS:
        raise UnsupportedError("a divided interval")
    sides = f"{to_kind(left, Kind.NUMBER)}, {to_kind(right, Kind.NUMBER)}"
    return Value(f"oracle.divide({sides})", Kind.NUMBER, left.constant and right.constant)


def _numbers(left: Value, right: Value, operator: str) -> Value:
    for side in (left, right):
        if side.kind not in (*NUMBERS, Kind.TEXT, Kind.NULL):
            raise inconsistent(Kind.NUMBER, side.kind)
    if Kind.DOUBLE in (left.kind, right.kind):
        sides = f"{to_kind(left, Kind.DOUBLE)} {operator} {to_kind(right, Kind.DOUBLE)}"
        return Value(f"({sides})", Kind.DOUBLE)
    sides = f"({to_kind(left, Kind.NUMBER)})::numeric {operator} ({to_kind(right, Kind.NUMBER)})::numeric"
    return Value(f"({sides})", Kind.NUMBER, left.constant and right.constant)


def _shifted(moment: Value, by: Value, operator: str) -> Value:
    """Return a date or timestamp moved by days or an interval; a number of days makes a timestamp a date."""
    if by.kind in DATETIMES:
        raise OracleError("ORA-00975", "date + date not allowed")
    if by.kind is Kind.DAYS:
        return Value(f"({moment.sql} {operator} {by.sql})", moment.kind)
    if by.kind is Kind.MONTHS:
        sign = "-" if operator == "-" else ""
        return Value(f"oracle.shift_months({to_kind(moment, Kind.TIMESTAMP)}, {sign}({by.sql}))", moment.kind)
    days = to_kind(by, Kind.NUMBER)
    return Value(f"oracle.add_days({to_kind(moment, Kind.DATE)}, {operator}({days}))", Kind.DATE)


def _difference(left: Value, right: Value) -> Value:
    if left.kind is right.kind is Kind.DATE:
        return Value(f"oracle.days_between({left.sql}, {right.sql})", Kind.NUMBER)
    sides = f"{to_kind(left, Kind.TIMESTAMP)} - {to_kind(right, Kind.TIMESTAMP)}"
    return Value(f"({sides})", Kind.DAYS)


def _intervals(left: Value, right: Value, operator: str) -> Value:
    if left.kind is not right.kind:
        raise inconsistent(left.kind, right.kind)
    return Value(f"({left.sql} {operator} {right.sql})", left.kind)
