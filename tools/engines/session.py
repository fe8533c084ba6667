"""What every engine's child-side session shares: the ways a statement ends early, and the result's bounds."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from ..outcome import Limits


class Result(NamedTuple):
    """The columns and rows of one statement."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


class Session(Protocol):
    """One connection to an engine, in a child process of its own."""

    version: str

    def run(self, sql: str, limits: Limits) -> Result:
        """Run one read-only statement; raises the driver's errors and the four below."""

    def error_code(self, error: Exception) -> str:
        """Return the engine's code for an error, as the dialect's error patterns expect it."""


class TimedOutError(Exception):
    """The statement ran past its seconds and the engine stopped it."""


class TooLargeError(Exception):
    """The result has more rows or bytes than allowed; the argument says which."""


class UnsupportedError(Exception):
    """The statement may be valid in the dialect, but this engine cannot run it; the argument says why."""


class RefusedError(Exception):
    """The engine's session refused the statement; the argument is the rule."""


def bounded(rows: Iterable[tuple[Any, ...]], limits: Limits) -> tuple[tuple[Any, ...], ...]:
    """Return the rows as a tuple; raises ``TooLargeError`` once they pass the row or byte limit."""
    kept: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        if len(kept) == limits.rows:
            raise TooLargeError(f"more than {limits.rows} rows")
        size += sum(map(_size, row))
        if size > limits.result_bytes:
            raise TooLargeError(f"more than {limits.result_bytes} bytes of result")
        kept.append(tuple(row))
    return tuple(kept)


def _size(value: object) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    return len(repr(value)) if isinstance(value, list | dict | tuple) else 8
