"""A run at a glance, whatever made it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...tools.errors import UsageError
from ..run_files import read_record, writer_of
from .counts import Counts, counts
from .finding import LOCKS, files_in, last_write, record_name, size

Status = Literal["running", "stopped", "finished", "damaged"]
_MAKERS = {"translation": "translate", "sampling": "sample"}  # by what their records say; the others are builds


@dataclass(frozen=True, slots=True)
class RunOverview:
    """A run: ``kind`` is the command that makes it; ``running``, a live process writes to it.

    ``updated`` is when a file of it was last written to, in seconds since 1970, ``bytes`` what all of them hold. For
    the rest see ``Counts``; builds count pairs towards their goal, trainings stages, the others questions.
    """

    directory: Path
    kind: str
    dialects: list[str]
    status: Status
    done: int | None
    goal: int | None
    items: int | None
    kept: int | None
    tokens: int | None
    cost: float | None
    updated: float
    bytes: int


def overview(run: Path) -> RunOverview:
    """Return a run at a glance, ``damaged`` where its record is; raises ``UsageError`` if ``run`` is none."""
    name, record = run_record(run)
    files = list(files_in(run))
    told = counts(run, name, record) if record else Counts()
    return RunOverview(
        directory=run,
        kind=_kind(name, record),
        dialects=_dialects(record),
        status=_status(run, name, record),
        done=told.done,
        goal=told.goal,
        items=told.items,
        kept=told.kept,
        tokens=told.tokens,
        cost=told.cost,
        updated=last_write(files),
        bytes=size(files),
    )


def run_record(run: Path) -> tuple[str, dict[str, Any]]:
    """Return the name of a run's record and what is in it, nothing if it is damaged; raises ``UsageError`` if none."""
    name = record_name(run)
    if name is None:
        raise UsageError(f"{run} is not a run: see 'isogloss runs list'.")
    try:
        return name, read_record(run / name) or {}
    except UsageError:
        return name, {}


def writer(run: Path) -> str | None:
    """Return the id of the live process that writes to a run, None if there is none."""
    name = record_name(run)
    return writer_of(run / LOCKS[name]) if name else None


def _kind(name: str, record: dict[str, Any]) -> str:
    if name == "run.json":
        return _MAKERS.get(record.get("config", {}).get("kind"), "build")
    return "eval" if name == "eval.json" else "train"


def _dialects(record: dict[str, Any]) -> list[str]:
    config = record.get("config", {})
    return [config["dialect"]] if "dialect" in config else list(config.get("dialects", []))


def _status(run: Path, name: str, record: dict[str, Any]) -> Status:
    if writer(run):
        return "running"
    if not record:
        return "damaged"
    reported = name != "run.json" and "status" not in record and (run / "report.json").is_file()
    return "finished" if reported or record.get("status") == "finished" else "stopped"
