"""The types of a dataset's columns, in DuckDB's words, found from all its rows: the same in every file of it."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

# A type's name, the fields of an object, the elements of a list in a list of one, or nothing known yet.
Kind = str | dict[str, "Kind"] | list["Kind"] | None
_TEXT = "VARCHAR"
_LONG = range(-(2**63), 2**63)


class Columns:
    """The columns of the rows added so far, in the order in which they came."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row into account."""
        for name, value in row.items():
            kind, known = _kind(value), self._kinds.get(name)
            if kind != known or kind is None:
                self._kinds[name] = _common(known, kind)

    def types(self) -> dict[str, str]:
        """Return the type of each column: of what is of several types, or never there, text."""
        return {name: _type(kind) for name, kind in self._kinds.items()}


def _kind(value: Any) -> Kind:
    match value:
        case str():
            return _TEXT
        case None:
            return None
        case bool():
            return "BOOLEAN"
        case int():
            return "BIGINT" if value in _LONG else _TEXT
        case float():
            return "DOUBLE"
        case list():
            return [reduce(_common, map(_kind, value), None)]
        case _:
            return {name: _kind(each) for name, each in value.items()}


def _common(one: Kind, other: Kind) -> Kind:
    """Return the kind that holds what is of either."""
    if one is None or other is None or one == other:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: _common(one.get(name), other.get(name)) for name in {**one, **other}}
    if isinstance(one, list) and isinstance(other, list):
        return [_common(one[0], other[0])]
    numbers = isinstance(one, str) and isinstance(other, str) and {one, other} == {"BIGINT", "DOUBLE"}
    return "DOUBLE" if numbers else _TEXT


def _type(kind: Kind) -> str:
    if isinstance(kind, list):
        return f"{_type(kind[0])}[]"
    if isinstance(kind, dict) and kind:
        fields = (f"{identifier(name)} {_type(each)}" for name, each in kind.items())
        return f"STRUCT({', '.join(fields)})"
    return kind if isinstance(kind, str) else _TEXT


def identifier(name: str) -> str:
    """Return a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
