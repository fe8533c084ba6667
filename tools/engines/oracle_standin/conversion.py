"""Oracle's implicit conversions between kinds.

https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Data-Type-Comparison-Rules.html
"""

import re
from collections.abc import Sequence

from ..session import UnsupportedError
from .kinds import DATETIMES, NUMBERS, POSTGRES_TYPES, Kind, OracleError, Value, inconsistent

_ISO_DATE = re.compile(r"\s*\d{4}-\d")


def to_kind(value: Value, kind: Kind) -> str:
    """Return the text of ``value`` as ``kind``; raises ``OracleError`` where Oracle does not convert by itself."""
    if value.kind is kind or (value.kind in DATETIMES and kind in DATETIMES and kind is not Kind.TIMESTAMPTZ):
        return _without_zone(value, kind)
    if value.kind is Kind.NULL:
        return f"NULL::{POSTGRES_TYPES[kind]}"
    if kind in NUMBERS:
        return _to_number(value, kind)
    if kind is Kind.TEXT:
        return _to_text(value)
    if kind in DATETIMES and value.kind is Kind.TEXT:
        return _text_to_date(value, kind)
    if kind is Kind.TIMESTAMPTZ and value.kind in DATETIMES:
        return f"({value.sql})::timestamptz"
    raise inconsistent(kind, value.kind)


def _without_zone(value: Value, kind: Kind) -> str:
    return f"({value.sql})::timestamp" if value.kind is Kind.TIMESTAMPTZ and kind is not value.kind else value.sql


def _to_number(value: Value, kind: Kind) -> str:
    if value.kind is Kind.TEXT:
        number = f"oracle.to_number({value.sql})"
        return number if kind is Kind.NUMBER else f"{number}::double precision"
    if value.kind in NUMBERS:
        return f"({value.sql})::{POSTGRES_TYPES[kind]}"
    raise inconsistent(kind, value.kind)


def _to_text(value: Value) -> str:
    if value.kind is Kind.NUMBER:
        return f"oracle.to_text({value.sql})"
    if value.kind is Kind.DATE:  # NLS_DATE_FORMAT's default
        return f"to_char({value.sql}, 'DD-MON-YY')"
    if value.kind is Kind.RAW:
        return f"upper(encode({value.sql}, 'hex'))"
    raise UnsupportedError(f"a {value.kind} as text without a format")


def _text_to_date(value: Value, kind: Kind) -> str:
    """Read a text in the default NLS_DATE_FORMAT, DD-MON-RR."""
    if kind is Kind.DATE:
        return f"oracle.nls_date({value.sql})"
    if value.literal and _ISO_DATE.match(value.literal):
        raise OracleError("ORA-01843", "not a valid month")
    raise UnsupportedError("text as a timestamp without a format")


def common_kind(kinds: Sequence[Kind], code: str = "ORA-00932") -> Kind:
    """Return the kind that values of several kinds have together, as in CASE or UNION; NULL fits all."""
    found = {kind for kind in kinds if kind is not Kind.NULL}
    if not found:
        return Kind.NULL
    if len(found) == 1:
        return found.pop()
    if found <= NUMBERS:
        return Kind.DOUBLE
    if found <= DATETIMES:
        return Kind.TIMESTAMPTZ if Kind.TIMESTAMPTZ in found else Kind.TIMESTAMP
    if code == "ORA-01790":
        raise OracleError(code, "expression must have same datatype as corresponding expression")
    first = next(kind for kind in kinds if kind is not Kind.NULL)
    raise inconsistent(first, next(kind for kind in kinds if kind not in (first, Kind.NULL)))


def comparable(left: Value, right: Value) -> tuple[str, str]:
    """Return both sides of a comparison: text becomes a number or date when the other side is one."""
    kinds = {left.kind, right.kind} - {Kind.NULL}
    if Kind.TEXT in kinds and len(kinds) > 1:
        kinds.remove(Kind.TEXT)
    kind = common_kind([each for each in (left.kind, right.kind) if each in kinds])
    _refuse_padding(left, right)
    if kind in NUMBERS and left.kind in NUMBERS and right.kind in NUMBERS and left.kind is right.kind:
        return left.sql, right.sql
    return to_kind(left, kind), to_kind(right, kind)


def _refuse_padding(left: Value, right: Value) -> None:
    if any((value.literal or "").endswith(" ") for value in (left, right)) and left.literal and right.literal:
        raise UnsupportedError("a comparison of literals that end in spaces, which Oracle pads")
