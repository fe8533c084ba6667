"""A database ready for children to connect to: loaded by us, or the user's own, attached in place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..schema import Schema


@dataclass(frozen=True, slots=True)
class Database:
    """``connect`` gives what a child needs to open its session; ``close`` removes what was made for it.

    ``connect`` may hold a password, so it is not shown. ``stand_in`` says that another system
    plays the dialect's engine. ``sampled`` has the numbers of the source's rows that are in a table of which not
    all are.
    """

    dialect: str
    schema: Schema
    connect: Mapping[str, Any] = field(repr=False)
    close: Callable[[], None] = field(repr=False, default=lambda: None)
    stand_in: bool = False
    sampled: Mapping[str, Collection[int]] = field(default_factory=dict)
