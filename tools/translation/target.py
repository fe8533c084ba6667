"""Where a query is to run."""

from dataclasses import dataclass

from ..schema import Schema


@dataclass(frozen=True, slots=True)
class Target:
    """The dialect, and the database as its engine holds it.

    ``exact``: what people would write only to get SQLite's very behaviour is written, too.
    """

    dialect: str
    schema: Schema
    exact: bool = False
