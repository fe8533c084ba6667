"""A run over the questions of a set, one database after the other."""

from collections.abc import Awaitable, Callable, Sequence

from ..agents.budget import RunStopped
from ..tools.question_sets import Question
from .build import Observer
from .questions import consecutive
from .run_directory import RunDirectory


async def commit_by_database(
    questions: Sequence[Question],
    run: RunDirectory,
    observer: Observer,
    commit_group: Callable[[list[Question]], Awaitable[None]],
) -> RunStopped | None:
    """Let ``commit_group`` commit what is left to do, a database at a time; returns what stopped it, if a model did."""
    for group in consecutive(questions[run.next_item :]):
        observer.on_stage(f"{group[0].database}, {len(group)} questions")
        try:
            await commit_group(group)
        except RunStopped as stop:
            return stop
    return None
