"""Stepping through the trace of an item: where one is, and where one can go from there."""

import re
import sys
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

from .page import Page
from .parts import Part, parts_of
from .query import Story
from .search import Search
from .step_layout import laid_out
from .view import DIFFERENCE_INDENT, difference_at, is_error

View = Literal["step", "part", "difference", "help"]
FRAME_LINES = 3  # the head and the title above the body, the keys below it
_ABOVE_HIT = 3  # lines shown before the one with a hit


@dataclass(slots=True)
class Place:
    """Where one is in a step: the part chosen, and how many lines are above the first one shown."""

    part: int = 0
    offset: int = 0


class Stepper:
    """A walk through a story at a terminal of ``width`` cells by ``height`` lines."""

    def __init__(self, story: Story, width: int = 80, height: int = 24) -> None:
        self.story = story
        self.width = width
        self.height = height
        self.number = 0
        self.view: View = "step"
        self.offset = 0  # of any view but that of the step
        self.note = ""  # said once, in the last line
        self.typed: str | None = None  # the text to search for, while it is typed
        self.search: Search | None = None
        self._places: dict[int, Place] = {}
        self._parts = lru_cache(maxsize=8)(partial(parts_of, story))
        self._pages = lru_cache(maxsize=8)(self._page_of)

    @property
    def place(self) -> Place:
        """Where one is in the current step; it is kept for when one comes back."""
        return self._places.setdefault(self.number, Place())

    @property
    def parts(self) -> list[Part]:
        """The parts of the current step."""
        return self._parts(self.number)

    @property
    def page(self) -> int:
        """How many lines of the body are seen at a time."""
        return max(1, self.height - FRAME_LINES)

    def go(self, number: int) -> None:
        """Go to a step; there the difference is shown if it was before, but no part is open."""
        self.number = max(0, min(number, len(self.story.steps) - 1))
        self.show("difference" if self.view == "difference" else "step")

    def go_to_end(self, last: bool) -> None:
        """Go to the first or last step; in an open part, to its top or bottom."""
        if self.view in ("part", "help"):
            self.offset = sys.maxsize if last else 0
        else:
            self.go(len(self.story.steps) if last else 0)

    def go_to_error(self) -> None:
        """Go to the next step in which a query failed."""
        after = range(self.number + 1, len(self.story.steps))
        found = next((number for number in after if is_error(self.story.steps[number])), None)
        if found is None:
            self.note = "no error after this step"
        else:
            self.go(found)

    def show(self, view: View) -> None:
        """Show a view from its top; that of the step where it was left."""
        self.view, self.offset = view, 0

    def toggle(self, view: View) -> None:
        """Show a view, or the step again if it is shown already."""
        self.show("step" if self.view == view else view)

    def open_part(self) -> None:
        """Show the chosen part in full."""
        if self.view == "step" and self.parts:
            self.show("part")

    def choose(self, by: int) -> None:
        """Choose the next part or the previous one and bring it into view; scroll where there are none."""
        if self.view != "step":
            self.scroll(by)
            return
        place = self.place
        place.part = max(0, min(place.part + by, len(self.parts) - 1))
        starts = laid_out(self.parts, place.part, self.width).starts
        start, end = starts[place.part], starts[place.part + 1]
        place.offset = min(start, max(place.offset, end - self.page))

    def scroll(self, lines: int) -> None:
        """Scroll down, or up if ``lines`` is negative; how far is seen when it is shown."""
        if self.view == "step":
            self.place.offset = max(0, self.place.offset + lines)
        else:
            self.offset = max(0, self.offset + lines)

    def ask(self) -> None:
        """Begin to type a text to search for."""
        self.typed = ""

    def find(self, wanted: str) -> None:
        """Go to the first place from here on that holds ``wanted``; without any text to the next hit."""
        if wanted:
            self.search = Search(self.story, wanted, self.width, self.number)
            self._go_to_hit(self.search)
        else:
            self.find_again(1)

    def find_again(self, by: int) -> None:
        """Go to the next hit of the last search, or to the previous one."""
        if self.search is None:
            self.note = "/ asks for a text to search for"
        else:
            self.search.move(by)
            self._go_to_hit(self.search)

    def text(self) -> Page:
        """Return the open part in full, or the difference, in lines as wide as the terminal."""
        pattern = self.search.pattern if self.search and self.view == "part" else None
        return self._pages(self.number, self.place.part if self.view == "part" else None, self.width, pattern)

    def _page_of(self, number: int, part: int | None, width: int, pattern: re.Pattern[str] | None) -> Page:
        text = difference_at(self.story, number) if part is None else self._parts(number)[part].full(width)
        if pattern:
            text.highlight_regex(pattern, "reverse")
        return Page(text, width, hanging=DIFFERENCE_INDENT if part is None else 0)

    def _go_to_hit(self, search: Search) -> None:
        self.note = str(search)
        if hit := search.hit:
            self.number, self.view = hit.step, "part"
            self.place.part = hit.part
            self.offset = max(0, self.text().line_of(hit.at) - _ABOVE_HIT)
