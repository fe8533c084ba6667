"""A snippet: one retrievable piece of a tutorial."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Snippet:
    """A section of a tutorial.

    ``id`` is stable while the text is unchanged (file, heading, digest). ``keywords`` are the SQL
    keywords and functions the section teaches, upper case. ``examples`` are its fenced SQL statements;
    ``source`` is the file it came from, relative to the corpus folder.
    """

    id: str
    dialect: str
    title: str
    text: str
    source: str
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved snippet with its score (higher is nearer)."""

    snippet: Snippet
    score: float


class Tutorials(Protocol):
    """Where snippets are searched."""

    def search(self, query: str, k: int = 4) -> list[Hit]:
        """Return the ``k`` best snippets, best first."""
