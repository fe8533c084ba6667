"""How runs look in a terminal: a line each, and what may go."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..cleaning import strip_escapes
from ..run_view import percent
from ..spending_view import dollars
from ..theme import ACTIVE, KEPT, QUIET, REJECTED, REPAIRED
from .overview import RunOverview
from .pruning import Pruning

_STATUS = {"running": ACTIVE, "stopped": REPAIRED, "finished": KEPT, "damaged": REJECTED}
_AGES = ((86_400, "d"), (3_600, "h"), (60, "min"))
_SIZES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def show_runs(console: Console, runs: Sequence[RunOverview]) -> None:
    """Print a line for each run; what models took only where some took something."""
    if not runs:
        console.print("There is no run here: start one with 'isogloss build', or name its folder.")
        return
    spent = any(run.tokens for run in runs)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, pad_edge=False)
    table.add_column("run", overflow="fold")
    for name in ("made by", "dialect", "status"):
        table.add_column(name, no_wrap=True)
    for name in ("done", "kept", "age", "size", *["spent"] * spent):
        table.add_column(name, justify="right", no_wrap=True)
    now = time.time()
    for run in runs:
        table.add_row(*_cells(run, now), *[_spent(run)] * spent)
    console.print(table)


def show_pruning(console: Console, pruning: Pruning) -> None:
    """Print the runs that go or have gone, those that stay against one's wish, and how much room that gives."""
    if pruning.runs:
        show_runs(console, pruning.runs)
    for run, reason in pruning.left.items():
        console.print(Text(strip_escapes(f"{run} stays: {reason}"), style=REPAIRED))
    count = f"{len(pruning.runs)} {'run' if len(pruning.runs) == 1 else 'runs'}"
    room = f"{size_text(pruning.bytes)} {'freed' if pruning.deleted else 'would be freed'}"
    console.print(f"{count} {'deleted' if pruning.deleted else 'would go'}, {room}.")


def size_text(size: int) -> str:
    """Return a number of bytes in the unit that suits it, of 1,000 each."""
    unit, name = next(((unit, name) for unit, name in _SIZES if size >= unit), (1, "B"))
    number = size / unit
    return f"{number:.1f} {name}" if unit > 1 and number < 10 else f"{number:.0f} {name}"


def age_text(seconds: float) -> str:
    """Return how long ago something was."""
    unit, name = next(((unit, name) for unit, name in _AGES if seconds >= unit), (1, "s"))
    return f"{max(0.0, seconds) // unit:.0f} {name}"


def done_text(run: RunOverview) -> str:
    """Return how far a run is."""
    numbers: Iterable[int] = (number for number in (run.done, run.goal) if number is not None)
    return "/".join(f"{number:,}" for number in numbers)


def status_text(run: RunOverview) -> Text:
    """Return the status of a run in its colour."""
    return Text(run.status, style=_STATUS[run.status])


def near(run: Path) -> str:
    """Return the path of a run as one would type it here."""
    here = Path.cwd()
    return strip_escapes(str(run.relative_to(here) if run.is_relative_to(here) else run))


def _cells(run: RunOverview, now: float) -> tuple[str | Text, ...]:
    first, more = "".join(run.dialects[:1]), len(run.dialects) - 1
    dialect = strip_escapes(first) + (f" +{more}" if more > 0 else "")
    kept = percent(run.kept, run.items) if run.kept is not None and run.items else ""
    numbers = (done_text(run), kept, age_text(now - run.updated), size_text(run.bytes))
    return (near(run.directory), run.kind, dialect, status_text(run), *numbers)


def _spent(run: RunOverview) -> str:
    return dollars(run.cost) if run.tokens else ""
