"""What one sees while stepping through a trace: a head, the title of the step, what fits of its body, the keys."""

import sys

from rich.console import Console, Group
from rich.text import Text

from ..theme import ACTIVE, QUIET, REJECTED
from .bindings import BINDINGS, press
from .page import Page
from .query import Story
from .step_layout import laid_out
from .stepper import Stepper, View
from .view import is_error, show_story, step_title, story_head

_KEYS: dict[View, str] = {
    "step": "n next  p previous  ↑↓ s open  d diff  e error  / search  ? help  q quit",
    "part": "← back  j/k scroll  n next  / search  ? help  q quit",
    "difference": "d back  n next  p previous  ? help  q quit",
    "help": "? back  q quit",
}
_ERROR, _FINE = "✗", "·"


def step_through(console: Console, story: Story) -> None:
    """Let the person at the terminal step through ``story``; without a terminal, print all of it."""
    from .keys import keyboard  # there are none to read on some systems

    if not (console.is_terminal and sys.stdin.isatty() and story.steps):
        show_story(console, story)
        return
    stepper = Stepper(story)
    with keyboard() as keys, console.screen() as screen:
        while True:
            stepper.width, stepper.height = console.size
            screen.update(Group(*frame(stepper)))
            if not press(stepper, keys.read()):
                return


def frame(stepper: Stepper) -> list[Text]:
    """Return what fills the terminal, a line each."""
    body, place = _body(stepper)
    title = step_title(stepper.story, stepper.number, stepper.width)
    lines = [_head(stepper), title, *body, *[Text() for _ in range(stepper.page - len(body))], _foot(stepper, place)]
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
        line.truncate(stepper.width, overflow="ellipsis")
    return lines[: stepper.height]


def _body(stepper: Stepper) -> tuple[list[Text], str]:
    """Return the lines of the body that are seen, and which they are if these are not all."""
    if stepper.view == "step":
        lines = laid_out(stepper.parts, stepper.place.part, stepper.width).lines
        stepper.place.offset = first = _clamped(stepper.place.offset, len(lines), stepper.page)
        return lines[first : first + stepper.page], _lines_seen(first, stepper.page, len(lines))
    page = Page(_help(), stepper.width) if stepper.view == "help" else stepper.text()
    stepper.offset = first = _clamped(stepper.offset, len(page), stepper.page)
    return page.lines(first, stepper.page), _lines_seen(first, stepper.page, len(page))


def _clamped(offset: int, lines: int, seen: int) -> int:
    return max(0, min(offset, lines - seen))


def _lines_seen(first: int, seen: int, lines: int) -> str:
    return f"  {first + 1} to {first + seen} of {lines}" if lines > seen else ""


def _head(stepper: Stepper) -> Text:
    """Return the head of the item and, where there is room, a mark for each step."""
    head = story_head(stepper.story)
    marks = Text()
    for number, step in enumerate(stepper.story.steps):
        style = REJECTED if is_error(step) else QUIET
        marks.append(_ERROR if is_error(step) else _FINE, f"{style} reverse" if number == stepper.number else style)
    room = stepper.width - head.cell_len - marks.cell_len
    return Text.assemble(head, " " * room, marks) if room > 1 else head


def _foot(stepper: Stepper, place: str) -> Text:
    if stepper.typed is not None:
        return Text.assemble(("/", ACTIVE), stepper.typed, ("▏", ACTIVE))
    if stepper.note:
        return Text(stepper.note)
    keys = Text(_KEYS[stepper.view], style=QUIET)
    keys.truncate(max(0, stepper.width - len(place)), overflow="ellipsis")
    return Text.assemble(keys, (" " * (stepper.width - keys.cell_len - len(place)) + place, QUIET))


def _help() -> Text:
    widest = max(len(binding.shown) for binding in BINDINGS)
    lines = [Text.assemble(f"  {b.shown:<{widest}}  ", (b.what, QUIET)) for b in BINDINGS]
    return Text("\n").join([*lines, Text.assemble(f"  {'q':<{widest}}  ", ("quit", QUIET))])
