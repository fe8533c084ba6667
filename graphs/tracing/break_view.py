"""What a person sees and does where an item waits at a breakpoint."""

import sys
from collections.abc import Mapping
from typing import Any, Literal

import click
from rich.console import Console, Group
from rich.text import Text

from ...tools.errors import UsageError
from ..dashboard import Dashboard
from ..plain_progress import PlainProgress
from ..theme import ACTIVE
from .bindings import press
from .breakpoints import Ask, Decision
from .keys import Keyboard, keyboard
from .query import Story
from .screen import frame
from .stepper import Stepper
from .trace import Step, told_by

_DECISIONS: dict[str, Decision] = {
    "c": Decision("go on"),
    "o": Decision("let go"),
    "O": Decision("let all go"),
    "x": Decision("drop"),
    "q": Decision("stop"),
    "quit": Decision("stop"),
}
_EDITED: dict[str, Literal["sql", "question"]] = {"w": "sql", "a": "question"}
_KEYS = "c go on  w SQL  a question  o let it go  O let all go  x drop  q stop"


def ask_at_terminal(dialect: str, watcher: Dashboard | PlainProgress) -> Ask:
    """Return who shows a waiting item at the terminal, that ``watcher`` leaves meanwhile, and reads what to do.

    Raises ``UsageError`` without a terminal.
    """
    if not (sys.stdin.isatty() and isinstance(watcher, Dashboard)):
        raise UsageError("Breakpoints need a terminal: run this where you can press keys.")

    def ask(why: str, _: str, state: Mapping[str, Any]) -> Decision:
        stepper = Stepper(_story(dialect, state))
        stepper.go_to_end(last=True)
        with watcher.paused() as console:
            return _decided(console, stepper, f"item {state['index']} waits {why}", state)

    return ask


def _story(dialect: str, state: Mapping[str, Any]) -> Story:
    steps = [Step(**step) for step in state["steps"]]
    told = told_by(steps)
    summary = {
        **told,
        "item": state["index"],
        "status": "waiting",
        "reason": None,
        "repaired": False,
        "attempts": len(state["attempts"]),
        "seconds": sum(step.seconds for step in steps),
        "tokens": told["tokens_in"] + told["tokens_out"],
        "question": state.get("question"),
        "sql": state.get("sql"),
    }
    return Story(dialect, summary, steps)


def _decided(console: Console, stepper: Stepper, waits: str, state: Mapping[str, Any]) -> Decision:
    change: dict[str, str] = {}
    while True:
        key = _key_of_decision(console, stepper, waits, change)
        if key in _DECISIONS:
            decision = _DECISIONS[key]
            return Decision(decision.action, change)
        name = _EDITED[key]
        written = click.edit(change.get(name, str(state.get(name) or "")), extension=f".{name}")
        if written is not None and written.strip():
            change[name] = written.strip()


def _key_of_decision(console: Console, stepper: Stepper, waits: str, change: Mapping[str, str]) -> str:
    with keyboard() as keys, console.screen() as screen:
        while True:
            stepper.width, stepper.height = console.width, console.height - 2
            screen.update(Group(*frame(stepper), *_foot(waits, change)))
            if (key := _pressed(stepper, keys)) is not None:
                return key


def _pressed(stepper: Stepper, keys: Keyboard) -> str | None:
    """Read a key; return it if it decides, else let the stepper act on it."""
    key = keys.read()
    if stepper.typed is None and (key in _DECISIONS or key in _EDITED):
        return key
    press(stepper, key)
    return None


def _foot(waits: str, change: Mapping[str, str]) -> list[Text]:
    written = f", {' and '.join(change)} written by hand" if change else ""
    lines = [Text(f"{waits}{written}", style=f"bold {ACTIVE}"), Text(_KEYS, style=ACTIVE)]
    for line in lines:
        line.no_wrap, line.overflow, line.end = True, "ellipsis", "\n"
    lines[-1].end = ""
    return lines
