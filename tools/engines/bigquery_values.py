"""GoogleSQL's protocol messages as Python values and results.

The encodings are those of https://github.com/google/googlesql/blob/master/googlesql/public/value.proto.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, localcontext
from itertools import count
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2 as types

from .bigquery_encoding import BIGNUMERIC_SCALE, FIRST_DAY, MOST_DIGITS, NUMERIC_SCALE

_MONTH_SHIFT, _SIGN = 13, 1 << 31


class ResultError(Exception):
    """BigQuery does not write such a result."""


def decoded(value: Any, type_: Any) -> Any:
    """Return a value as ``google-cloud-bigquery`` would: ARRAY as a list, STRUCT as a dict, JSON parsed.

    INTERVAL and RANGE come as BigQuery writes them in a cast to STRING.
    """
    kind = type_.type_kind
    if kind == types.TYPE_ARRAY:
        return _array(value, type_.array_type.element_type)
    if value.WhichOneof("value") is None:
        return None
    if kind == types.TYPE_STRUCT:
        fields = zip(value.struct_value.field, type_.struct_type.field, strict=True)
        values = [decoded(field, of.field_type) for field, of in fields]
        return dict(zip(field_names(type_), values, strict=True))
    if kind == types.TYPE_RANGE:
        ends = (value.range_value.start, value.range_value.end)
        low, high = (decoded(end, type_.range_type.element_type) for end in ends)
        return f"[{'UNBOUNDED' if low is None else low}, {'UNBOUNDED' if high is None else high})"
    return _DECODERS[kind](value)


def _array(value: Any, element_type: Any) -> list[Any]:
    """Return an ARRAY, an empty one for NULL; raises ``ResultError`` if one of its elements is NULL.

    https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#array_nulls
    """
    elements = [decoded(element, element_type) for element in value.array_value.element]
    if None in elements:
        raise ResultError("Array cannot have a null element; error in writing field")
    return elements


def column_names(columns: Sequence[Any]) -> tuple[str, ...]:
    """Return a result's column names, as BigQuery numbers those without; raises ``ResultError`` for duplicates."""
    numbers = count()
    return _checked([column.name or f"f{next(numbers)}_" for column in columns], "column")


def is_one_struct(columns: Sequence[Any]) -> bool:
    """Tell whether rows are one STRUCT without a name, be it a column or the row itself."""
    return [(column.name, column.type.type_kind) for column in columns] == [("", types.TYPE_STRUCT)]


def decoded_structs(columns: Sequence[Any], rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield rows that are STRUCTs themselves, with their fields as columns."""
    [type_] = (column.type for column in columns)
    for row in rows:
        struct = decoded(row.cell[0], type_)
        yield (None,) * len(type_.struct_type.field) if struct is None else tuple(struct.values())


def decoded_rows(columns: Sequence[Any], rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield a result's rows."""
    of = [column.type for column in columns]
    return (tuple(map(decoded, row.cell, of)) for row in rows)


def field_names(struct: Any) -> tuple[str, ...]:
    """Return a STRUCT's field names, those without one by their position; raises ``ResultError`` for duplicates."""
    fields = enumerate(struct.struct_type.field, start=1)
    return _checked([field.field_name or f"_field_{number}" for number, field in fields], "field")


def _checked(names: list[str], what: str) -> tuple[str, ...]:
    twice = sorted(name for name, times in Counter(map(str.lower, names)).items() if times > 1)
    if twice:
        found = ", ".join(twice)
        raise ResultError(f"Duplicate {what} names in the result are not supported. Found duplicate(s): {found}")
    return tuple(names)


def _datetime(value: Any) -> datetime:
    field, nanos = value.datetime_value.bit_field_datetime_seconds, value.datetime_value.nanos
    day = field >> 17
    return datetime(day >> 9, day >> 5 & 15, day & 31, field >> 12 & 31, field >> 6 & 63, field & 63, nanos // 1000)  # noqa: DTZ001


def _time(value: Any) -> time:
    field, nanos = value.time_value >> 30, value.time_value & (1 << 30) - 1
    return time(field >> 12, field >> 6 & 63, field & 63, nanos // 1000)


def _timestamp(value: Any) -> datetime:
    instant = value.timestamp_value
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant.seconds, microseconds=instant.nanos // 1000)


def _decimal(data: bytes, scale: int) -> Decimal:
    with localcontext(prec=MOST_DIGITS):
        return _shortest(Decimal(int.from_bytes(data, "little", signed=True)).scaleb(-scale))


def _shortest(value: Decimal) -> Decimal:
    """Return the value without trailing zeros behind its point, as BigQuery writes a NUMERIC."""
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def _interval(data: bytes) -> str:
    """Return an INTERVAL as ``Y-M D H:M:S``; its bytes are microseconds, days, and months with nanoseconds."""
    micros = int.from_bytes(data[:8], "little", signed=True)
    days = int.from_bytes(data[8:12], "little", signed=True)
    packed = int.from_bytes(data[12:16], "little")
    months = packed % _SIGN >> _MONTH_SHIFT
    seconds, fraction = divmod(abs(micros), 10**6)
    point = f".{fraction:06d}" if fraction else ""
    clock = f"{seconds // 3600}:{seconds // 60 % 60}:{seconds % 60}{point}"
    signs = "-" if packed & _SIGN else "", "-" if micros < 0 else ""
    return f"{signs[0]}{months // 12}-{months % 12} {days} {signs[1]}{clock}"


_DECODERS: dict[int, Callable[[Any], Any]] = {
    types.TYPE_INT64: lambda value: value.int64_value,
    types.TYPE_NUMERIC: lambda value: _decimal(value.numeric_value, NUMERIC_SCALE),
    types.TYPE_BIGNUMERIC: lambda value: _decimal(value.bignumeric_value, BIGNUMERIC_SCALE),
    types.TYPE_DOUBLE: lambda value: value.double_value,
    types.TYPE_STRING: lambda value: value.string_value,
    types.TYPE_DATE: lambda value: date.fromordinal(value.date_value + FIRST_DAY),
    types.TYPE_TIME: _time,
    types.TYPE_DATETIME: _datetime,
    types.TYPE_TIMESTAMP: _timestamp,
    types.TYPE_BOOL: lambda value: value.bool_value,
    types.TYPE_BYTES: lambda value: value.bytes_value,
    types.TYPE_JSON: lambda value: json.loads(value.json_value),
    types.TYPE_INTERVAL: lambda value: _interval(value.interval_value),
}
