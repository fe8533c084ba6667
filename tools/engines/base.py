"""What an engine is. Light to import: every child process does."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, Self

from ..outcome import Execution, Limits
from ..schema import Schema


class Engine(Protocol):
    """A database in a running system that executes one dialect; a context manager.

    ``sampled`` has the numbers of the source's rows that a table holds of which not all were loaded.
    """

    dialect: str
    version: str
    stand_in: bool
    sampled: Mapping[str, Collection[int]]

    def schema(self) -> Schema:
        """Return the database's schema, with its source's keys and comments."""

    def sample_values(self, table: str, column: str, limit: int = 20, seed: int = 0) -> list[Any]:
        """Return distinct non-null values of a column, the same for the same seed."""

    def sample_rows(self, table: str, limit: int = 5, seed: int = 0) -> list[dict[str, Any]]:
        """Return rows of a table, the same for the same seed."""

    def execute(self, sql: str, limits: Limits | None = None) -> Execution:
        """Execute one read-only statement in a killable child; thread-safe, blocking.

        Raises ``IsoglossError`` where the engine is gone, which says nothing about the statement.
        """

    def apart(self, workers: int = 1) -> "Engine":
        """Return an engine on the same database with child processes of its own, to be closed before this one."""

    def close(self) -> None:
        """End the engine and remove what it loaded."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
