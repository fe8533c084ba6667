"""JSON in which the values of databases come back as what they were: exact numbers, times, bytes, tuples.

A value that JSON has no word for is an object with the single key ``$``: its type and its text, or its items.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

_TO_TEXT: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Decimal: ("decimal", str),
    datetime: ("datetime", datetime.isoformat),
    date: ("date", date.isoformat),
    time: ("time", time.isoformat),
    timedelta: ("timedelta", lambda span: [span.days, span.seconds, span.microseconds]),
    bytes: ("bytes", bytes.hex),
    UUID: ("uuid", str),
}
_FROM_TEXT: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "bytes": bytes.fromhex,
    "uuid": UUID,
    "tuple": lambda items: tuple(map(_restored, items)),
    "dict": lambda items: {_restored(key): _restored(value) for key, value in items},
}


def dump(value: Any) -> str:
    """Return ``value`` as JSON; raises ``TypeError`` for what could not be told from it again."""
    return json.dumps(_plain(value), ensure_ascii=False)


def load(text: str) -> Any:
    """Return the value that ``dump`` was given; raises ``ValueError`` for any other text."""
    try:
        return _restored(json.loads(text))
    except (ArithmeticError, KeyError, TypeError) as error:
        raise ValueError(f"not a kept value: {error}") from error


def _plain(value: Any) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_plain(each) for each in value]
    if kind is tuple:
        return {"$": ["tuple", [_plain(each) for each in value]]}
    if kind is dict:
        return _plain_dict(value)
    if kind in _TO_TEXT:
        name, as_text = _TO_TEXT[kind]
        return {"$": [name, as_text(value)]}
    raise TypeError(f"a {kind.__name__} cannot be kept")


def _plain_dict(value: dict[Any, Any]) -> dict[str, Any]:
    if all(type(key) is str for key in value) and "$" not in value:
        return {key: _plain(each) for key, each in value.items()}
    return {"$": ["dict", [[_plain(key), _plain(each)] for key, each in value.items()]]}


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(each) for each in value]
    if isinstance(value, dict):
        if set(value) == {"$"}:
            name, content = value["$"]
            return _FROM_TEXT[name](content)
        return {key: _restored(each) for key, each in value.items()}
    return value
