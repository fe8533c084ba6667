"""What Isogloss knows of a SQL dialect, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..outcome import ErrorClass
from ..schema import ColumnType

# What no dialect takes for a name without quotes: common to the reserved words of SQL:2016 and our engines.
RESERVED = frozenset(
    "all and any as asc between by case check column constraint create cross current_date current_time "
    "current_timestamp default delete desc distinct drop else end except exists false fetch for foreign from full "
    "grant group having in inner insert intersect into is join left like limit natural not null offset on or order "
    "outer primary references right select set table then to true union unique update user using values when where "
    "with".split()
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A SQL dialect.

    ``sqlglot`` is the name sqlglot parses it by. ``native_types`` are the column types a loaded
    database declares. ``decimal_digits`` is the engine's widest DECIMAL, or 0 where decimals are
    stored as floats. ``error_patterns`` are tried in order on ``"code: message"``. ``cuts_division``: one integer
    by another gives an integer. ``ignores_case``: LIKE does. ``date_literals``: a date compared with text
    must be written as one. ``reserved`` words are names only in quotes.
    """

    name: str
    title: str
    sqlglot: str
    native_types: Mapping[ColumnType, str]
    error_patterns: tuple[tuple[str, ErrorClass], ...]
    big_integer: str = "BIGINT"
    decimal_digits: int = 38
    cuts_division: bool = False
    ignores_case: bool = False
    date_literals: bool = False
    reserved: frozenset[str] = RESERVED

    def classify(self, code: str, message: str) -> ErrorClass:
        """Return the error class of an engine's error, by its code (SQLSTATE or exception) and message."""
        text = f"{code}: {message}"
        for pattern, error_class in self.error_patterns:
            if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
                return error_class
        return ErrorClass.OTHER
