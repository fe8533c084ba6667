"""Finding runs on disk."""

from pathlib import Path

from ..tools.errors import UsageError
from .run_files import read_record
from .runs.finding import files_in, last_write

RUNS = Path("runs")


def find_run(named: Path | None) -> Path:
    """Return the directory ``named``, or the run under ``runs/`` that was written to last.

    Raises ``UsageError`` if that is no run.
    """
    if named is not None:
        for candidate in (named, RUNS / named):
            if (candidate / "run.json").is_file():
                return candidate
        raise UsageError(f"{named} is not a run: name a directory that 'isogloss build' wrote.")
    runs = [record.parent for record in RUNS.glob("*/run.json")]
    if not runs:
        raise UsageError(f"There is no run under {RUNS}/ here: start one with 'isogloss build', or name its directory.")
    return max(runs, key=lambda run: last_write(files_in(run)))


def run_dialect(run: Path) -> str:
    """Return the dialect of a run; raises ``UsageError`` if its record is missing or damaged."""
    record = read_record(run / "run.json")
    if record is None:
        raise UsageError(f"{run} is not a run: it has no run.json.")
    return str(record["config"].get("dialect", ""))


def find_item(words: list[str]) -> tuple[Path, str]:
    """Return the run and the item, or fork, named by ``[RUN] ITEM``; raises ``UsageError`` if these are none."""
    *run, item = words
    if len(run) > 1 or not item.removeprefix("f").isdecimal():
        raise UsageError(f"'{' '.join(words)}' names no item: give [RUN] ITEM, as in 'runs/postgres-flights-0 12'.")
    return find_run(Path(run[0]) if run else None), item
