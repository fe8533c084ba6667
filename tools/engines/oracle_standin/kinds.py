"""The kinds of Oracle values, and a value of the rewritten query: its PostgreSQL text with its Oracle kind."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """An Oracle datatype, as far as expressions tell them apart; the value is Oracle's word in messages."""

    NUMBER = "NUMBER"
    DOUBLE = "BINARY_DOUBLE"
    TEXT = "CHAR"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMPTZ = "TIMESTAMP WITH TIME ZONE"
    DAYS = "INTERVAL DAY TO SECOND"
    MONTHS = "INTERVAL YEAR TO MONTH"
    RAW = "BINARY"
    NULL = "NULL"


POSTGRES_TYPES = {
    Kind.NUMBER: "numeric",
    Kind.DOUBLE: "double precision",
    Kind.TEXT: "text",
    Kind.DATE: "timestamp",
    Kind.TIMESTAMP: "timestamp",
    Kind.TIMESTAMPTZ: "timestamptz",
    Kind.DAYS: "interval",
    Kind.MONTHS: "interval",
    Kind.RAW: "bytea",
    Kind.NULL: "text",
}
NUMBERS = frozenset((Kind.NUMBER, Kind.DOUBLE))
DATETIMES = frozenset((Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ))
INTERVALS = frozenset((Kind.DAYS, Kind.MONTHS))


@dataclass(frozen=True, slots=True)
class Value:
    """An expression: PostgreSQL's text for it and Oracle's kind of it; ``literal`` is the text of a text literal."""

    sql: str
    kind: Kind
    constant: bool = False
    literal: str | None = None

    def cast(self) -> str:
        """Return the text with its PostgreSQL type written out."""
        return f"({self.sql})::{POSTGRES_TYPES[self.kind]}"


class OracleError(Exception):
    """What Oracle would answer; ``code`` is its number, ``ORA-00904``, and perhaps a word on what it is about."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code.split()[0]}: {message}")


def unknown_identifier(*names: str) -> OracleError:
    """Return Oracle's error for a column it does not know."""
    shown = ".".join(f'"{name}"' for name in names)
    return OracleError("ORA-00904", f"{shown}: invalid identifier")


def inconsistent(expected: Kind, got: Kind) -> OracleError:
    """Return Oracle's error for a value of the wrong datatype."""
    return OracleError("ORA-00932", f"inconsistent datatypes: expected {expected} got {got}")


def missing_expression() -> OracleError:
    """Return Oracle's error for a place where an expression should stand."""
    return OracleError("ORA-00936", "missing expression")
