"""Functions led by a format or a unit: TO_CHAR, TO_DATE, TO_NUMBER, TRUNC, ROUND and the makers of intervals.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Conversion-Functions.html
"""

from collections.abc import Callable

from sqlglot import exp

from ..session import UnsupportedError
from . import date_formats, number_formats
from .conversion import to_kind
from .kinds import DATETIMES, NUMBERS, POSTGRES_TYPES, Kind, OracleError, Value, inconsistent
from .scope import Scope
from .values import value

_TRUNCATED_TO = {
    **dict.fromkeys(("SYYYY", "YYYY", "YEAR", "SYEAR", "YYY", "YY", "Y"), "year"),
    **dict.fromkeys(("IYYY", "IYY", "IY", "I"), "iyear"),
    "Q": "quarter",
    **dict.fromkeys(("MONTH", "MON", "MM", "RM"), "month"),
    "WW": "yearweek", "IW": "week", "W": "monthweek",
    **dict.fromkeys(("DDD", "DD", "J"), "day"),
    **dict.fromkeys(("DAY", "DY", "D"), "sunday"),
    **dict.fromkeys(("HH", "HH12", "HH24"), "hour"),
    "MI": "minute",
}  # fmt: skip
_ROUNDED_TO = ("year", "quarter", "month", "day", "hour", "minute")
_SECONDS = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_MONTHS = {"YEAR": 12, "MONTH": 1}


def values_of(node: exp.Anonymous, scope: Scope, least: int, most: int | None) -> list[Value]:
    """Return the arguments of a call, of which there must be ``least`` to ``most``."""
    if len(node.expressions) < least:
        raise OracleError("ORA-00938", "not enough arguments for function")
    if most is not None and len(node.expressions) > most:
        raise OracleError("ORA-00939", "too many arguments for function")
    return [value(each, scope) for each in node.expressions]


def _literal(argument: Value, what: str) -> str:
    if argument.literal is None:
        raise UnsupportedError(f"{what} that is not written out")
    return argument.literal


def _to_char(node: exp.Anonymous, scope: Scope) -> Value:
    said, *model = values_of(node, scope, 1, 2)
    if not model or said.kind is Kind.TEXT:
        if model and said.kind is Kind.TEXT:
            said = Value(to_kind(said, Kind.NUMBER), Kind.NUMBER)
        else:
            return Value(to_kind(said, Kind.TEXT), Kind.TEXT)
    form = _literal(model[0], "a format")
    if said.kind in DATETIMES:
        pattern = date_formats.written(form, said.kind is not Kind.DATE).replace("'", "''")
        return Value(f"nullif(to_char({said.sql}, '{pattern}'), '')", Kind.TEXT)
    if said.kind in (*NUMBERS, Kind.NULL):
        return Value(f"oracle.format_number({_number(said)}, {number_formats.arguments(form)})", Kind.TEXT)
    raise UnsupportedError(f"TO_CHAR of {said.kind}")


def _to_datetime(kind: Kind) -> Callable[[exp.Anonymous, Scope], Value]:
    """TO_DATE and TO_TIMESTAMP."""

    def said(node: exp.Anonymous, scope: Scope) -> Value:
        text, *model = values_of(node, scope, 1, 2)
        if not model:
            return Value(to_kind(Value(text.sql, Kind.TEXT, literal=text.literal), kind), kind)
        if text.kind not in (Kind.TEXT, Kind.NUMBER, Kind.NULL):
            raise UnsupportedError("TO_DATE of a date")
        pattern, fields = date_formats.read(_literal(model[0], "a format"), kind is not Kind.DATE)
        quoted = pattern.replace("'", "''")
        listed = ", ".join(f"'{field}'" for field in fields)
        return Value(f"oracle.read_date({to_kind(text, Kind.TEXT)}, '{quoted}', ARRAY[{listed}]::text[])", kind)

    return said


def _to_number(node: exp.Anonymous, scope: Scope) -> Value:
    said, *model = values_of(node, scope, 1, 2)
    if not model:
        return Value(to_kind(said, Kind.NUMBER), Kind.NUMBER)
    read = number_formats.read_arguments(_literal(model[0], "a format"))
    return Value(f"oracle.to_number({to_kind(said, Kind.TEXT)}, {read})", Kind.NUMBER)


def _trunc(node: exp.Anonymous, scope: Scope) -> Value:
    said, *by = values_of(node, scope, 1, 2)
    if said.kind in DATETIMES:
        return Value(f"oracle.trunc_date({to_kind(said, Kind.DATE)}, '{_unit(by)}')", Kind.DATE)
    return _cut_number(said, by, "trunc")


def _round(node: exp.Anonymous, scope: Scope) -> Value:
    said, *by = values_of(node, scope, 1, 2)
    if said.kind in DATETIMES:
        unit = _unit(by)
        if unit not in _ROUNDED_TO:
            raise UnsupportedError(f"a date rounded to a {unit}")
        return Value(f"oracle.round_date({to_kind(said, Kind.DATE)}, '{unit}')", Kind.DATE)
    return _cut_number(said, by, "round")


def _unit(by: list[Value]) -> str:
    if not by:
        return "day"
    if by[0].kind is not Kind.TEXT:
        raise inconsistent(Kind.TEXT, by[0].kind)
    name = _literal(by[0], "a unit").upper()
    if name in ("CC", "SCC"):
        raise UnsupportedError("a date cut to its century")
    if name not in _TRUNCATED_TO:
        raise OracleError("ORA-01898", "too many precision specifiers" if "-" in name else "bad precision specifier")
    return _TRUNCATED_TO[name]


def _cut_number(said: Value, by: list[Value], how: str) -> Value:
    if said.kind is Kind.DOUBLE and not by:
        return Value(f"{how}({said.sql})", Kind.DOUBLE)
    digits = to_kind(by[0], Kind.NUMBER) if by else "0"
    return Value(f"oracle.{how}_number({_number(said)}, {digits})", Kind.NUMBER)


def _number(said: Value) -> str:
    """Return a number to be cut to some digits; a BINARY_DOUBLE stays one, for the function to see its error."""
    return to_kind(said, Kind.DOUBLE if said.kind is Kind.DOUBLE else Kind.NUMBER)


def _interval(units: dict[str, int], kind: Kind) -> Callable[[exp.Anonymous, Scope], Value]:
    """NUMTODSINTERVAL and NUMTOYMINTERVAL."""

    def said(node: exp.Anonymous, scope: Scope) -> Value:
        amount, unit = values_of(node, scope, 2, 2)
        name = _literal(unit, "a unit").strip().upper()
        if name not in units:
            raise OracleError("ORA-01760", "illegal argument for function")
        base = "secs" if kind is Kind.DAYS else "months"
        number = f"{to_kind(amount, Kind.NUMBER)} * {units[name]}"
        whole = f"({number})::float8" if kind is Kind.DAYS else f"round({number})::int"
        return Value(f"justify_hours(make_interval({base} => {whole}))", kind)

    return said


def _as(kind: Kind) -> Callable[[exp.Anonymous, Scope], Value]:
    def said(node: exp.Anonymous, scope: Scope) -> Value:
        [given] = values_of(node, scope, 1, 1)
        return Value(f"({to_kind(given, kind)})::{POSTGRES_TYPES[kind]}", kind)

    return said


FORMATTED: dict[str, Callable[[exp.Anonymous, Scope], Value]] = {
    "TO_CHAR": _to_char,
    "TO_DATE": _to_datetime(Kind.DATE),
    "TO_TIMESTAMP": _to_datetime(Kind.TIMESTAMP),
    "TO_NUMBER": _to_number,
    "TRUNC": _trunc,
    "ROUND": _round,
    "NUMTODSINTERVAL": _interval(_SECONDS, Kind.DAYS),
    "NUMTOYMINTERVAL": _interval(_MONTHS, Kind.MONTHS),
    "TO_BINARY_DOUBLE": _as(Kind.DOUBLE),
    "TO_CLOB": _as(Kind.TEXT),
    "TO_NCHAR": _as(Kind.TEXT),
}
