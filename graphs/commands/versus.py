"""``isogloss build --versus``: the same build from two corpora."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from .options import show

if TYPE_CHECKING:
    from ..build import BuildConfig
    from ..work import Observer


def build_two(config: "BuildConfig", versus: str, json: bool) -> None:
    """Build with two corpora, one after the other, and show both side by side."""
    from ..progress import Goal
    from ..versus_build import build_versus
    from ..versus_view import show_versus
    from ..watching import watched

    def watch(run: "BuildConfig") -> "AbstractContextManager[Observer]":
        return watched(f"isogloss build · {run.dialect} · {run.db} · {run.corpus}", Goal(run.n))

    found = build_versus(config, versus, watch)
    show(json, found, lambda console: show_versus(console, found))
