"""What each key does while one steps through a trace."""

from collections.abc import Callable
from typing import NamedTuple

from .stepper import Stepper


class Binding(NamedTuple):
    """Keys that do the same, how they are written in the help, what they do in words, and what they do."""

    keys: tuple[str, ...]
    shown: str
    what: str
    act: Callable[[Stepper], None]


BINDINGS = (
    Binding(("n",), "n", "next step", lambda s: s.go(s.number + 1)),
    Binding(("p",), "p", "previous step", lambda s: s.go(s.number - 1)),
    Binding(("g", "home"), "g, home", "first step; in an open part its top", lambda s: s.go_to_end(last=False)),
    Binding(("G", "end"), "G, end", "last step; in an open part its bottom", lambda s: s.go_to_end(last=True)),
    Binding(("e",), "e", "next error", lambda s: s.go_to_error()),
    Binding(("down", "tab"), "↓, tab", "choose the next part of the step", lambda s: s.choose(1)),
    Binding(("up", "back tab"), "↑, shift-tab", "choose the previous part", lambda s: s.choose(-1)),
    Binding(("s", "right", "enter"), "s, →, enter", "open the chosen part in full", lambda s: s.open_part()),
    Binding(("left", "escape"), "←, escape", "go back to the step", lambda s: s.show("step")),
    Binding(("d",), "d", "what changed in the SQL since the query before", lambda s: s.toggle("difference")),
    Binding(("/",), "/", "search all steps for a text, in any case", lambda s: s.ask()),
    Binding(("]",), "]", "next place that holds it", lambda s: s.find_again(1)),
    Binding(("[",), "[", "previous place", lambda s: s.find_again(-1)),
    Binding(("j",), "j", "scroll a line down", lambda s: s.scroll(1)),
    Binding(("k",), "k", "scroll a line up", lambda s: s.scroll(-1)),
    Binding(("space", "page down"), "space, page down", "scroll a page down", lambda s: s.scroll(s.page)),
    Binding(("b", "page up"), "b, page up", "scroll a page up", lambda s: s.scroll(-s.page)),
    Binding(("?",), "?", "this help", lambda s: s.toggle("help")),
)
_ACTIONS = {key: binding.act for binding in BINDINGS for key in binding.keys}


def press(stepper: Stepper, key: str) -> bool:
    """Act on a key; False when it ends the session."""
    stepper.note = ""
    if key == "quit" or (key == "q" and stepper.typed is None):
        return False
    if stepper.typed is not None:
        _type(stepper, key, stepper.typed)
    elif key in _ACTIONS:
        _ACTIONS[key](stepper)
    return True


def _type(stepper: Stepper, key: str, typed: str) -> None:
    """Add a key to the text to search for, or end it."""
    match key:
        case "enter":
            stepper.typed = None
            stepper.find(typed)
        case "escape":
            stepper.typed = None
        case "backspace":
            stepper.typed = typed[:-1] if typed else None
        case "space":
            stepper.typed = f"{typed} "
        case _ if len(key) == 1 and key.isprintable():
            stepper.typed = typed + key
