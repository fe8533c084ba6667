"""Python values as GoogleSQL's protocol messages.

The encodings are those of https://github.com/google/googlesql/blob/master/googlesql/public/value.proto.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2 as types
from zetasql.wasi._pb2.zetasql.public.value_pb2 import ValueProto

FIRST_DAY = date(1970, 1, 1).toordinal()
NUMERIC_SCALE, BIGNUMERIC_SCALE = 9, 38
MOST_DIGITS = 80  # more than the 77 of BIGNUMERIC

# The types a loaded column can have, by name.
TYPES: dict[str, int] = {
    "INT64": types.TYPE_INT64,
    "NUMERIC": types.TYPE_NUMERIC,
    "BIGNUMERIC": types.TYPE_BIGNUMERIC,
    "FLOAT64": types.TYPE_DOUBLE,
    "STRING": types.TYPE_STRING,
    "DATE": types.TYPE_DATE,
    "TIME": types.TYPE_TIME,
    "DATETIME": types.TYPE_DATETIME,
    "TIMESTAMP": types.TYPE_TIMESTAMP,
    "BOOL": types.TYPE_BOOL,
    "BYTES": types.TYPE_BYTES,
}


def encoded(value: Any, type_name: str) -> ValueProto:
    """Return a Python value as a value of one of ``TYPES``; None is NULL."""
    return ValueProto() if value is None else ValueProto(**_ENCODERS[type_name](value))


def _datetime_fields(value: datetime) -> dict[str, Any]:
    days = (value.year << 9 | value.month << 5 | value.day) << 17
    seconds = days | value.hour << 12 | value.minute << 6 | value.second
    return {"datetime_value": {"bit_field_datetime_seconds": seconds, "nanos": value.microsecond * 1000}}


def _time_field(value: time) -> dict[str, Any]:
    return {"time_value": (value.hour << 12 | value.minute << 6 | value.second) << 30 | value.microsecond * 1000}


def _timestamp_field(value: datetime) -> dict[str, Any]:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return {"timestamp_value": {"seconds": since.days * 86400 + since.seconds, "nanos": since.microseconds * 1000}}


def _scaled(value: Any, scale: int) -> bytes:
    """Return a decimal as the fewest bytes of two's complement that hold it times 10**scale."""
    with localcontext(prec=MOST_DIGITS):
        whole = int(Decimal(str(value)).scaleb(scale).to_integral_value())
    return whole.to_bytes(whole.bit_length() // 8 + 1, "little", signed=True)


_ENCODERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "INT64": lambda value: {"int64_value": value},
    "NUMERIC": lambda value: {"numeric_value": _scaled(value, NUMERIC_SCALE)},
    "BIGNUMERIC": lambda value: {"bignumeric_value": _scaled(value, BIGNUMERIC_SCALE)},
    "FLOAT64": lambda value: {"double_value": float(value)},
    "STRING": lambda value: {"string_value": value},
    "DATE": lambda value: {"date_value": value.toordinal() - FIRST_DAY},
    "TIME": _time_field,
    "DATETIME": _datetime_fields,
    "TIMESTAMP": _timestamp_field,
    "BOOL": lambda value: {"bool_value": value},
    "BYTES": lambda value: {"bytes_value": value},
}
