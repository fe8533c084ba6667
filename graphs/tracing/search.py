"""Finding a text in all parts of all steps of an item."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .parts import parts_of
from .query import Story


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a text was found: the step, the part of it, and the character of that part in full."""

    step: int
    part: int
    at: int


class Search:
    """A text that is looked for without regard to case, and the hit where one is."""

    def __init__(self, story: Story, wanted: str, width: int, start: int) -> None:
        """Find ``wanted`` and stand at the first hit from step ``start`` on, or the first of all."""
        self.wanted = wanted
        self.pattern = re.compile(re.escape(wanted), re.IGNORECASE)
        self.hits = list(self._found(story, width))
        self._current = next((n for n, hit in enumerate(self.hits) if hit.step >= start), 0)

    @property
    def hit(self) -> Hit | None:
        """Return the hit where one is, None if there is none at all."""
        return self.hits[self._current] if self.hits else None

    def move(self, by: int) -> None:
        """Go on to the next hit or back to the previous one, round from the last to the first."""
        self._current = (self._current + by) % max(1, len(self.hits))

    def __str__(self) -> str:
        if not self.hits:
            return f"'{self.wanted}' is nowhere in this item"
        return f"{self._current + 1} of {len(self.hits)}: '{self.wanted}'   ] next  [ previous"

    def _found(self, story: Story, width: int) -> Iterator[Hit]:
        for number in range(len(story.steps)):
            for place, part in enumerate(parts_of(story, number)):
                for match in self.pattern.finditer(part.full(width).plain):
                    yield Hit(number, place, match.start())
