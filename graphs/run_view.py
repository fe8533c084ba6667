"""What the views of runs have in common."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..tools.question_sets import Problem
from .cleaning import strip_escapes
from .theme import QUIET, REPAIRED

_PROBLEMS = 5


def next_steps(run: Path, files: Mapping[str, str], commands: Iterable[str]) -> Table:
    """Return what the run's files are, and the commands to go on with."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(style=QUIET)
    grid.add_row()
    for file, what in files.items():
        grid.add_row(str(run / file), what)
    grid.add_row()
    for command in commands:
        grid.add_row(f"isogloss {command}")
    return grid


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Say which entries of a question set cannot be used, the most frequent reasons first."""
    reasons = Counter(problem.reason for problem in problems)
    for reason, count in reasons.most_common(_PROBLEMS):
        first = next(problem.id for problem in problems if problem.reason == reason)
        entries = f"{count} entries, {first} the first" if count > 1 else f"entry {first}"
        console.print(Text(f"left out {strip_escapes(entries)}: {strip_escapes(reason)}", style=REPAIRED))
    if len(reasons) > _PROBLEMS:
        console.print(f"… and {len(reasons) - _PROBLEMS} more reasons: see run.json.", style=REPAIRED)


def percent(part: int, whole: int, digits: int = 0) -> str:
    """Return a share in percent; nothing of nothing."""
    return f"{100 * part / whole:.{digits}f} %" if whole else ""
