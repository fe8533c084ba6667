"""Standard output: a console for people, JSON for scripts."""

import json
import os
import sys
from dataclasses import fields, is_dataclass
from typing import Any

from rich.console import Console

_PIPED_WIDTH = 120  # columns where there is no terminal to ask
PLAIN_TEXT: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False}  # text from models is no markup


def console() -> Console:
    """Return the console on standard output, as wide as its terminal, ``$COLUMNS`` or 120."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if known else _PIPED_WIDTH, **PLAIN_TEXT)


def as_json(value: Any) -> str:
    """Return ``value`` as indented JSON: dataclasses as objects, what JSON does not know as text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_encoded)


def _encoded(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):  # `asdict` would break a Counter inside
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)
