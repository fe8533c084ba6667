"""The command line of this process, which a run keeps so that it can be started again."""

from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from .cleaning import Cleaner, secrets_in

_WORDS: ContextVar[tuple[str, ...] | None] = ContextVar("words", default=None)


def started_with(words: Sequence[str]) -> None:
    """Take note of the words that followed ``isogloss`` on the command line."""
    _WORDS.set(tuple(words))


def invocation() -> dict[str, Any]:
    """Return what a record keeps of it: ``command``, without secrets, and ``folder``; nothing where there was none."""
    words = _WORDS.get()
    if words is None:
        return {}
    clean = Cleaner(secrets_in(*(_given(word) for word in words if "://" in word)))
    return {"command": [clean.text(word) for word in words], "folder": clean.text(str(Path.cwd()))}


def _given(word: str) -> str:
    """Return the value in a word such as ``--db=URL``, else the word."""
    return word.partition("=")[2] if word.startswith("--") else word
