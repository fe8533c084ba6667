"""Typed canonical values: what two engines' drivers return for the same value becomes one value.

Numbers equal by value (30 = 30.0 = Decimal("30") = true where it is 1), NULL equals NULL only, moments are in UTC,
a time of day equals the span since midnight that MySQL's driver returns.
"""

import json
import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

Column = list[Hashable]

_ORACLE, _SQLITE = "oracle", "sqlite"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a dialect cannot tell apart, so that a comparison with it cannot either.

    ``empty_is_null``: Oracle's empty text is NULL
    (https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Nulls.html). ``dates_in_text``: SQLite
    has no type for dates and times, which it keeps as ISO 8601 text (https://sqlite.org/datatype3.html section 2.2).
    """

    empty_is_null: bool = False
    dates_in_text: bool = False


STRICT = Rules()


def rules_between(gold_dialect: str, predicted_dialect: str) -> Rules:
    """Return the rules for comparing results of these dialects."""
    dialects = {gold_dialect, predicted_dialect}
    return Rules(_ORACLE in dialects, _SQLITE in dialects and len(dialects) > 1)


def canonical(value: Any) -> Hashable:
    """Return a value such that two driver values are equal exactly if their canonical values are.

    Numbers are left as precise as they are; lists and objects are canonical throughout.
    """
    convert = _CONVERSIONS.get(type(value))
    if convert is not None:
        return convert(value)
    kind = next((kind for kind in _CONVERSIONS if isinstance(value, kind)), None)
    if kind is not None:
        return _CONVERSIONS[kind](value)
    return value if isinstance(value, Hashable) else json.dumps(value, default=str)


def canonical_column(values: Iterable[Any], rules: Rules, note: Callable[[str], None]) -> Column:
    """Return a result's column as canonical values; ``note`` is told what was taken for the same.

    The padding of CHAR(n) is dropped: where all texts of a column have one length, blanks at their ends do not
    count (SQL-92 section 8.2, PAD SPACE). Elsewhere they do.
    """
    column = [canonical(value) for value in values]
    texts = [value for value in column if isinstance(value, str)]
    if not texts:
        return column
    if rules.empty_is_null and "" in texts:
        note("'' was taken for NULL, as Oracle does")
        column = [None if value == "" else value for value in column]
    if _is_padded(texts):
        note("blanks at the end of texts of one length were dropped, as of CHAR(n)")
        column = [value.rstrip(" ") if isinstance(value, str) else value for value in column]
    if rules.dates_in_text:
        column = [_spelt_date(value) if isinstance(value, str) else value for value in column]
    return column


def _is_padded(texts: list[str]) -> bool:
    return len(set(map(len, texts))) == 1 and any(text.endswith(" ") and text.strip() for text in texts)


def _spelt_date(text: str) -> Hashable:
    """Return the date, time or moment that ISO text spells, else the text."""
    if not text[:1].isdigit() or ("-" not in text and ":" not in text):
        return text
    for kind in (datetime, time):
        try:
            return canonical(kind.fromisoformat(text))
        except ValueError:
            continue
    return text


def _as_it_is(value: Any) -> Hashable:
    hashable: Hashable = value
    return hashable


def _number(value: float | Decimal) -> Hashable:
    return value if math.isfinite(value) else ("number", str(value).lower().removesuffix("inity"))


def _moment(value: datetime) -> Hashable:
    """Return a moment in UTC; midnight is the date, for Oracle's dates have a time."""
    plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return ("date", plain.date()) if plain.time() == time() else ("moment", plain)


def _clock(value: time) -> Hashable:
    """Return a time of day as the span since midnight, in UTC if it has an offset."""
    span = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    offset = value.utcoffset()
    return ("span", span if offset is None else (span - offset) % timedelta(days=1))


def _object(value: dict[Any, Any]) -> Hashable:
    return ("object", frozenset((canonical(key), canonical(each)) for key, each in value.items()))


def _list(value: Iterable[Any]) -> Hashable:
    return ("list", tuple(canonical(each) for each in value))


# A subclass stands before its base, since other subclasses are found by the first base that fits.
_CONVERSIONS: dict[type, Callable[[Any], Hashable]] = {
    type(None): _as_it_is,
    bool: int,
    int: _as_it_is,
    str: _as_it_is,
    float: _number,
    Decimal: _number,
    bytes: _as_it_is,
    bytearray: bytes,
    memoryview: bytes,
    datetime: _moment,
    date: lambda value: ("date", value),
    time: _clock,
    timedelta: lambda value: ("span", value),
    UUID: str,
    dict: _object,
    list: _list,
    tuple: _list,
}


def numbers_within(value: Hashable) -> Iterator[int | float | Decimal]:
    """Yield the numbers in a canonical list or object."""
    if isinstance(value, int | float | Decimal):
        yield value
    elif isinstance(value, tuple | frozenset):
        for each in value:
            yield from numbers_within(each)
