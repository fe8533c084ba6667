"""Rows of ClickHouse's JSON as Python values, by the types that come with them."""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

Reader = Callable[[Any], Any]


def rows_of(output: bytes) -> list[list[Any]]:
    """Return the lines of a result: the columns' names, their types, and rows; bytes of no text as surrogates."""
    return [json.loads(line) for line in output.decode("utf-8", "surrogateescape").split("\n") if line]


@cache
def reader(native: str) -> Reader:
    """Return what makes a value of ClickHouse's type ``native`` a Python value; NULL stays None."""
    read = _reader(native)
    return lambda value: None if value is None else read(value)


def _reader(native: str) -> Reader:
    name, _, rest = native.partition("(")
    inside = _split(rest[:-1])
    if name in ("Nullable", "LowCardinality"):
        return reader(inside[0])
    if name == "Array":
        return lambda values: [reader(inside[0])(value) for value in values]
    if name == "Tuple":
        readers = [reader(_unnamed(each)) for each in inside]
        return lambda values: tuple(read(value) for read, value in zip(readers, values, strict=True))
    if name == "Map":
        return lambda entries: {reader(inside[0])(k): reader(inside[1])(v) for k, v in entries.items()}
    if name in ("DateTime", "DateTime64"):
        zone = inside[-1].strip("'") if inside and inside[-1].startswith("'") else None
        return lambda text: datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone) if zone else None)
    return _PLAIN.get(name, _int if name.startswith(("Int", "UInt")) and "Interval" not in name else _as_it_is)


def _split(arguments: str) -> list[str]:
    """Return what stands between the commas that are in no parentheses or quotes."""
    parts, depth, quoted = [""], 0, False
    for character in arguments:
        quoted ^= character == "'"
        depth += 0 if quoted else (character == "(") - (character == ")")
        if character == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _unnamed(element: str) -> str:
    """Return the type of a tuple's element, ``Int32`` of ``n Int32``."""
    head, _, tail = element.partition(" ")
    return tail if tail and "(" not in head else element


def _text(value: str) -> str | bytes:
    """Return a String, which is bytes in ClickHouse, as text if it is."""
    return value if value.isprintable() or value.encode("utf-8", "ignore").decode() == value else _bytes(value)


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _time(text: str) -> time | str:
    try:
        return time.fromisoformat(text)
    except ValueError:  # it holds up to 999 hours
        return text


def _int(value: int | str) -> int:
    return int(value)


def _as_it_is(value: Any) -> Any:
    return value


_PLAIN: dict[str, Reader] = {
    "Date": date.fromisoformat,
    "Date32": date.fromisoformat,
    "Time": _time,
    "Time64": _time,
    "String": _text,
    "FixedString": _text,
    "Decimal": Decimal,
    "Float32": float,
    "Float64": float,
    "BFloat16": float,
}
