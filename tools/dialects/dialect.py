"""What Isogloss knows of a SQL dialect, as data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..outcome import ErrorClass
from ..schema import ColumnType


@dataclass(frozen=True, slots=True)
class Dialect:
    """A SQL dialect.

    ``sqlglot`` is the name sqlglot parses it by. ``native_types`` are the column types a loaded
    database declares. ``decimal_digits`` is the engine's widest DECIMAL, or 0 where decimals are
    stored as floats. ``error_patterns`` are tried in order on ``"code: message"``.
    """

    name: str
    title: str
    sqlglot: str
    native_types: Mapping[ColumnType, str]
    error_patterns: tuple[tuple[str, ErrorClass], ...]
    big_integer: str = "BIGINT"
    decimal_digits: int = 38

    def classify(self, code: str, message: str) -> ErrorClass:
        """Return the error class of an engine's error, by its code (SQLSTATE or exception) and message."""
        text = f"{code}: {message}"
        for pattern, error_class in self.error_patterns:
            if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
                return error_class
        return ErrorClass.OTHER
