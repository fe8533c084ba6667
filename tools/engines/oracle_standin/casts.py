"""CAST, EXTRACT, TRIM, and the literals of dates and intervals.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CAST.html
"""

import re
from datetime import datetime

from sqlglot import exp

from ..session import UnsupportedError
from .conversion import to_kind
from .kinds import DATETIMES, Kind, OracleError, Value
from .scope import Scope
from .values import expression, value

_T = exp.DType
_WHOLE = (_T.INT, _T.BIGINT, _T.SMALLINT)
_TEXTS = (_T.VARCHAR, _T.NVARCHAR, _T.CHAR, _T.NCHAR)
_DATES = {
    _T.DATE: Kind.DATE,
    _T.TIMESTAMP: Kind.TIMESTAMP,
    _T.DATETIME: Kind.TIMESTAMP,
    _T.TIMESTAMPNTZ: Kind.TIMESTAMP,
}
_OF_DATES = ("YEAR", "MONTH", "DAY")
_OF_TIMES = ("HOUR", "MINUTE", "SECOND")
_DAY_FORMS = {
    ("DAY", None): r"[+-]?\d{1,9}", ("HOUR", None): r"[+-]?\d{1,9}", ("MINUTE", None): r"[+-]?\d{1,9}",
    ("SECOND", None): r"[+-]?\d{1,9}(\.\d+)?", ("DAY", "HOUR"): r"[+-]?\d+ \d{1,2}",
    ("DAY", "MINUTE"): r"[+-]?\d+ \d{1,2}:\d{1,2}", ("DAY", "SECOND"): r"[+-]?\d+ \d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?",
    ("HOUR", "MINUTE"): r"[+-]?\d+:\d{1,2}", ("HOUR", "SECOND"): r"[+-]?\d+:\d{1,2}:\d{1,2}(\.\d+)?",
    ("MINUTE", "SECOND"): r"[+-]?\d+:\d{1,2}(\.\d+)?",
    ("YEAR", None): r"[+-]?\d{1,9}", ("MONTH", None): r"[+-]?\d{1,9}", ("YEAR", "MONTH"): r"[+-]?\d+-\d{1,2}",
}  # fmt: skip


@expression.register
def _(node: exp.Cast, scope: Scope) -> Value:
    said, target = value(node.this, scope), node.to
    sizes = [size.this.name for size in target.expressions if isinstance(size, exp.DataTypeParam)]
    if node.args.get("format") or node.args.get("default") or not isinstance(target.this, exp.DType):
        raise UnsupportedError("CAST of this form")
    if target.this in _WHOLE:
        return Value(f"round({to_kind(said, Kind.NUMBER)})::numeric", Kind.NUMBER)
    if target.this is _T.DECIMAL:
        return _cast_number(said, sizes)
    if target.this is _T.DOUBLE:
        return Value(f"({to_kind(said, Kind.DOUBLE)})::double precision", Kind.DOUBLE)
    if target.this in _TEXTS:
        return _cast_text(said, target.this, sizes)
    if target.this in _DATES and not sizes:
        return _cast_date(said, _DATES[target.this])
    raise UnsupportedError(f"CAST to {target.sql('oracle')}")


def _cast_number(said: Value, sizes: list[str]) -> Value:
    number = to_kind(said, Kind.NUMBER)
    if not sizes:
        return Value(f"({number})::numeric", Kind.NUMBER)
    if not all(size.isdigit() for size in sizes):
        raise UnsupportedError("NUMBER(*)")
    return Value(f"({number})::numeric({', '.join(sizes)})", Kind.NUMBER)


def _cast_text(said: Value, kind: exp.DType, sizes: list[str]) -> Value:
    text = to_kind(said, Kind.TEXT)
    if kind in (_T.CHAR, _T.NCHAR):
        size = sizes[0] if sizes else "1"
        return Value(f"rpad({text}, {size})", Kind.TEXT)
    if said.kind is not Kind.TEXT:
        return Value(f"oracle.fitting({text}, {sizes[0]})", Kind.TEXT)
    return Value(f"left({text}, {sizes[0]})", Kind.TEXT)


def _cast_date(said: Value, kind: Kind) -> Value:
    if said.kind not in (*DATETIMES, Kind.TEXT, Kind.NULL):
        raise OracleError("ORA-00932", f"inconsistent datatypes: expected {kind} got {said.kind}")
    text = to_kind(said, kind)
    return Value(f"oracle.whole_seconds({text})" if kind is Kind.DATE else f"({text})::timestamp", kind)


@expression.register
def _(node: exp.Extract, scope: Scope) -> Value:
    """EXTRACT: a DATE has no field below DAY."""
    name, said = node.this.name.upper(), value(node.expression, scope)
    if name.startswith("TIMEZONE"):
        raise UnsupportedError(f"EXTRACT({name})")
    if name not in (*_OF_DATES, *_OF_TIMES):
        raise OracleError("ORA-00907", "missing right parenthesis")
    allowed = {
        Kind.DATE: _OF_DATES, Kind.TIMESTAMP: _OF_DATES + _OF_TIMES, Kind.DAYS: ("DAY", *_OF_TIMES),
        Kind.MONTHS: ("YEAR", "MONTH"),
    }  # fmt: skip
    if said.kind is Kind.NULL:
        raise UnsupportedError("EXTRACT from NULL")
    if said.kind is Kind.TIMESTAMPTZ:  # its fields are those of UTC
        said = Value(f"(({said.sql}) AT TIME ZONE 'UTC')", Kind.TIMESTAMP)
    if name not in allowed.get(said.kind, ()):
        raise OracleError("ORA-30076", "invalid extract field for extract source")
    moment = f"justify_hours({said.sql})" if said.kind is Kind.DAYS else said.sql
    return Value(f"extract({name.lower()} FROM {moment})", Kind.NUMBER)


@expression.register
def _(node: exp.Trim, scope: Scope) -> Value:
    if node.args.get("collation"):
        raise UnsupportedError("TRIM with a collation")
    position = (node.args.get("position") or "BOTH").upper()
    text = to_kind(value(node.this, scope), Kind.TEXT)
    if not node.expression:
        return Value(f"nullif(trim({position} ' ' FROM {text}), '')", Kind.TEXT)
    character = value(node.expression, scope)
    if character.literal is not None and len(character.literal) > 1:
        raise OracleError("ORA-30001", "trim set should have only one character")
    return Value(f"nullif(trim({position} {to_kind(character, Kind.TEXT)} FROM {text}), '')", Kind.TEXT)


@expression.register
def _(node: exp.DateStrToDate, scope: Scope) -> Value:
    return _literal(node.this, ("%Y-%m-%d",), Kind.DATE)


@expression.register
def _(node: exp.StrToTime, scope: Scope) -> Value:
    return _literal(node.this, ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"), Kind.TIMESTAMP)


def _literal(node: exp.Expr, models: tuple[str, ...], kind: Kind) -> Value:
    """Return a DATE or TIMESTAMP literal; its text has one form only."""
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise OracleError("ORA-00936", "missing expression")
    for model in models:
        try:
            moment = datetime.strptime(node.name.strip(), model)  # noqa: DTZ007 - Oracle's own have no zone
        except ValueError:
            continue
        return Value(f"TIMESTAMP '{moment.isoformat(' ')}'", kind, constant=True)
    if re.fullmatch(r"\d{1,4}-\d{1,2}-\d{1,2}", node.name):
        month, day = (int(part) for part in node.name.split("-")[1:])
        if not 1 <= month <= 12:
            raise OracleError("ORA-01843", "not a valid month")
        code = "ORA-01847" if not 1 <= day <= 31 else "ORA-01839"
        raise OracleError(code, "day of month must be between 1 and last day of month")
    if re.search(r"[+-]\d{2}:\d{2}$|[A-Z]", node.name) and kind is Kind.TIMESTAMP:
        raise UnsupportedError("a timestamp with a time zone")
    raise OracleError("ORA-01861", "literal does not match format string")


@expression.register
def _(node: exp.Interval, scope: Scope) -> Value:
    """Return an interval literal; its leading field holds two digits unless it says more."""
    unit = node.args.get("unit")
    if not unit or not isinstance(node.this, exp.Literal) or not node.this.is_string:
        raise OracleError("ORA-30089", "missing or invalid <datetime field>")
    span = isinstance(unit, exp.IntervalSpan)
    first, digits = _unit(unit.this if span else unit)
    last = _unit(unit.expression)[0] if span else None
    form = _DAY_FORMS.get((first, last))
    if not form:
        raise OracleError("ORA-30089", "missing or invalid <datetime field>")
    if not re.fullmatch(form, node.this.name.strip()):
        raise OracleError("ORA-01867", "the interval is invalid")
    text = node.this.name.strip()
    leading = re.match(r"[+-]?0*(\d*)", text)
    if leading and len(leading[1]) > digits:
        raise OracleError("ORA-01873", "the leading precision of the interval is too small")
    kind = Kind.MONTHS if first in ("YEAR", "MONTH") else Kind.DAYS
    words = f"{first} TO {last}" if last else first
    return Value(f"justify_hours(INTERVAL '{text}' {words})", kind, constant=True)


def _unit(node: exp.Expr) -> tuple[str, int]:
    """Return the field of an interval and the digits it may have."""
    if isinstance(node, exp.Anonymous):
        [digits, *_] = node.expressions
        return node.name.upper(), int(digits.name)
    return node.name.upper(), 2
