"""What came of executing SQL: one enum of outcomes and one of error classes for the whole project."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The outcome of one attempt."""

    MATCH = "match"
    MISMATCH = "mismatch"
    RUNS = "runs"
    VACUOUS = "vacuous"
    NONDETERMINISTIC = "nondeterministic"
    ERROR = "error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"


class ErrorClass(StrEnum):
    """An engine's error, normalised across dialects."""

    SYNTAX = "syntax"
    UNKNOWN_TABLE = "unknown_table"
    UNKNOWN_COLUMN = "unknown_column"
    UNKNOWN_FUNCTION = "unknown_function"
    AMBIGUOUS = "ambiguous"
    GROUPING = "grouping"
    TYPE_MISMATCH = "type_mismatch"
    INVALID_VALUE = "invalid_value"
    DIVISION_BY_ZERO = "division_by_zero"
    CARDINALITY = "cardinality"
    PERMISSION = "permission"
    RESOURCES = "resources"
    ENGINE_LOST = "engine_lost"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of one statement: its outcome, and the rows or the engine's own words.

    ``rows`` are the driver's Python values. ``rule`` names what rejected the statement when the
    outcome is ``rejected``; ``error_class`` and ``error`` are set when it is ``error``. ``unsupported``
    says that the statement may be valid but this engine, a stand-in, cannot run it; ``error`` says why.
    """

    sql: str
    outcome: Outcome
    seconds: float
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    error_class: ErrorClass | None = None
    error: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds under which model-written SQL runs: seconds, rows, result bytes, child memory bytes."""

    seconds: float = 10.0
    rows: int = 10_000
    result_bytes: int = 16 * 2**20
    memory_bytes: int = 2 * 2**30
