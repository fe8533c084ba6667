"""Stepping through the trace of an item, key by key."""

import sys

from rich.console import Console, Group, RenderableType
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from ..theme import QUIET
from .query import Story
from .view import diff_view, show_story, step_view, story_head

_HELP = {
    "n, →, enter": "next step",
    "p, ←": "previous step",
    "g, G": "first, last step",
    "j, ↓ and k, ↑": "scroll a line down, up",
    "space, b": "scroll a page down, up",
    "d": "what changed in the SQL since the query before it; again: back",
    "?": "this help; again: back",
    "q": "quit",
}
_KEYS = "n next  p previous  d SQL diff  j/k scroll  ? help  q quit"
_FRAME_LINES = 2  # the head above the body and the keys below


class Stepper:
    """Where one stands in a story: the step, the view (step, diff or help) and how far it is scrolled."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.number = 0
        self.view = "step"
        self.offset = 0

    def press(self, key: str, page: int) -> bool:
        """Act on a key, ``page`` lines being visible; False when it ends the session."""
        last = len(self.story.steps) - 1
        match key:
            case "q" | "escape":
                return False
            case "n" | "right" | "enter":
                self._go(min(self.number + 1, last))
            case "p" | "left":
                self._go(max(self.number - 1, 0))
            case "g" | "home":
                self._go(0)
            case "G" | "end":
                self._go(last)
            case "d" | "?":
                self._toggle("diff" if key == "d" else "help")
            case "j" | "down" | "k" | "up" | "space" | "page down" | "b" | "page up":
                lines = 1 if key in ("j", "down", "k", "up") else page
                self.offset = max(0, self.offset + (lines if key in ("j", "down", "space", "page down") else -lines))
        return True

    def screen(self, console: Console, width: int, height: int) -> RenderableType:
        """Return what fills a terminal of ``width`` by ``height``: head, body as scrolled, keys."""
        options = console.options.update(width=width, height=None)
        lines = console.render_lines(self._body(), options, pad=False)
        visible = height - _FRAME_LINES
        self.offset = min(self.offset, max(0, len(lines) - visible))
        shown = lines[self.offset : self.offset + visible]
        shown += [[] for _ in range(visible - len(shown))]
        below = len(lines) - self.offset - visible
        body = Segments([segment for line in shown for segment in (*line, Segment.line())])
        return Group(_one_line(story_head(self.story)), body, _one_line(_footer(below)))

    def _go(self, number: int) -> None:
        self.number, self.view, self.offset = number, "step" if self.view == "help" else self.view, 0

    def _toggle(self, view: str) -> None:
        self.view, self.offset = "step" if self.view == view else view, 0

    def _body(self) -> RenderableType:
        if self.view == "help":
            return _help()
        if self.view == "diff":
            title = f"SQL at step {self.number + 1} of {len(self.story.steps)}, against the query before it\n"
            return Group(Text(title, style=QUIET), diff_view(self.story, self.number))
        return step_view(self.story, self.number)


def step_through(console: Console, story: Story) -> None:
    """Let the person at the terminal step through ``story``; without a terminal, print all of it."""
    from .keys import read_key, single_keys

    if not (console.is_terminal and sys.stdin.isatty() and story.steps):
        show_story(console, story)
        return
    stepper = Stepper(story)
    with single_keys() as terminal, console.screen() as screen:
        while True:
            width, height = console.size
            screen.update(stepper.screen(console, width, height))
            if not stepper.press(read_key(terminal), height - _FRAME_LINES):
                return


def _footer(below: int) -> Text:
    more = f"  ↓ {below} more lines" if below > 0 else ""
    return Text(_KEYS + more, style=QUIET)


def _one_line(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _help() -> Table:
    grid = Table.grid(padding=(0, 3, 0, 0))
    for keys, what in _HELP.items():
        grid.add_row(keys, Text(what, style=QUIET))
    return grid
