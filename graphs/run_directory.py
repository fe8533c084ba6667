"""The directory of a run: what is committed is never lost or doubled, whenever the process dies.

run.json        the configuration, versions, times, the command, status, totals and summary
pairs.jsonl     a line per kept pair
attempts.jsonl  a line per execution of candidate SQL
trace.sqlite    a row per item and step (see ``trace``)

An item's lines are written first, then its trace in one transaction: the row in ``items`` is the commit
point. Opening cuts whatever lines follow those of the last committed item.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from .. import __version__
from ..tools.errors import UsageError
from .cleaning import Cleaner
from .invocation import invocation
from .run_files import JsonLines, RunLock, now, read_record, write_record
from .totals import ItemResult, Totals
from .tracing.tape import Call
from .tracing.trace import Trace
from .work import Opened

__all__ = ["ItemResult", "RunDirectory", "Totals"]

_RECORD, _LOCK, _TRACE, _PAIRS, _ATTEMPTS = "run.json", "run.lock", "trace.sqlite", "pairs.jsonl", "attempts.jsonl"


class RunDirectory:
    """A run that this process owns, open for committing results in the order of their index."""

    def __init__(self, path: Path, config: dict[str, Any], secrets: Iterable[str], goal: int | None) -> None:
        """See ``open``."""
        self.path = path
        self.totals = Totals()
        self._cleaner = Cleaner(secrets)
        self._opening: list[Call] | None = None
        with ExitStack() as opened:
            lock = RunLock(path / _LOCK)
            opened.callback(lock.release)
            self._record = _record(path, self._cleaner.value(config)) | self._cleaner.value(invocation())
            self._record |= {} if goal is None else {"goal": goal}
            write_record(path / _RECORD, self._record)
            self._trace = Trace.create(path / _TRACE)
            opened.callback(self._trace.close)
            self._pairs = JsonLines(path / _PAIRS)
            opened.callback(self._pairs.close)
            self._attempts = JsonLines(path / _ATTEMPTS)
            opened.callback(self._attempts.close)
            self._cut_uncommitted()
            self._count()
            self._open = opened.pop_all()

    @classmethod
    def open(
        cls, path: Path, config: dict[str, Any], secrets: Iterable[str] = (), goal: int | None = None
    ) -> "RunDirectory":
        """Create the run at ``path``, or go on with it if it was made with the same ``config``.

        ``config`` is what determines the data, as JSON values; ``secrets`` never reach a file; ``goal`` is how many
        pairs there are to be, or items where each of them counts. Raises ``UsageError`` if the run has another
        configuration, belongs to a live process, or cannot be written.
        """
        with _unwritable(path):
            path.mkdir(parents=True, exist_ok=True)
            return cls(path, config, secrets, goal)

    @property
    def kept(self) -> int:
        """How many pairs the run has."""
        return self.totals.kept

    @property
    def finished(self) -> bool:
        """Whether the run is complete."""
        return bool(self._record["status"] == "finished")

    @property
    def digest(self) -> str:
        """A digest of what determines the data."""
        return hashlib.sha256(json.dumps(self._record["config"], sort_keys=True).encode()).hexdigest()[:16]

    @property
    def next_item(self) -> int:
        """The index of the item to commit next."""
        return self.totals.items

    def commit(self, result: ItemResult) -> None:
        """Write an item's pair, attempts and trace; once this returns they survive the death of the process.

        Raises ``ValueError`` for an item out of turn, ``UsageError`` when the disk is full; all that was
        committed before stays.
        """
        if result.index != self.next_item:
            raise ValueError(f"item {result.index} committed out of turn: {self.next_item} is next")
        with _unwritable(self.path):
            try:
                self._write(result)
            except (OSError, sqlite3.Error):
                self._cut_uncommitted()
                raise
        self.totals.add(result.status, result.reason, result.repaired)

    def begin(self, opened: Opened) -> None:
        """Keep what was asked for the items that follow, so that they can be replayed, and note its facts."""
        if opened.calls != self._opening:
            with _unwritable(self.path):
                self._trace.keep_opening(self.next_item, opened.calls, self._cleaner)
            self._opening = opened.calls
        if any(self.noted(name, None) != fact for name, fact in opened.facts.items()):
            self.note(**opened.facts)

    def finish(self, summary: dict[str, Any]) -> None:
        """Record that the run is complete, and how it went."""
        self._record |= {"status": "finished", "summary": self._cleaner.value(summary)}

    def noted(self, name: str, default: Any) -> Any:
        """Return what was noted under ``name``, by this process or an earlier one."""
        return self._record.get("notes", {}).get(name, default)

    def note(self, **facts: Any) -> None:
        """Keep facts about the run beside its configuration, as JSON values; they survive the death of the process."""
        self._record["notes"] = self._record.get("notes", {}) | self._cleaner.value(facts)
        with _unwritable(self.path):
            write_record(self.path / _RECORD, self._record)

    def close(self) -> None:
        """Record how the run stands and give it up to other processes."""
        if self._record["status"] != "finished":
            self._record["status"] = "stopped"
        self._record["totals"] = self._cleaner.value({f.name: getattr(self.totals, f.name) for f in fields(Totals)})
        with self._open, _unwritable(self.path):
            write_record(self.path / _RECORD, self._record)

    def _write(self, result: ItemResult) -> None:
        self._pairs.append([self._cleaner.value(result.pair)] if result.pair else [])
        self._attempts.append(self._cleaner.value(result.attempts))
        shown = result.pair or (result.attempts[-1] if result.attempts else {})
        item = {
            "item": result.index,
            "status": result.status,
            "reason": result.reason,
            "repaired": int(result.repaired),
            "attempts": len(result.attempts),
            "question": shown.get("question"),
            "sql": shown.get("sql"),
            "seconds": result.seconds,
            "pairs_end": self._pairs.size,
            "attempts_end": self._attempts.size,
            "beginning": None if result.beginning is None else json.dumps(result.beginning, ensure_ascii=False),
        }
        self._trace.append(item, result.steps, self._cleaner)

    def _cut_uncommitted(self) -> None:
        """Cut the lines after the last committed item; forget items whose lines a power cut took."""
        files = (self._pairs.on_disk(), self._attempts.on_disk())
        lost = next(
            self._trace.query("SELECT min(item) AS item FROM items WHERE pairs_end > ? OR attempts_end > ?", files)
        )
        if lost["item"] is not None:
            self._trace.delete_from(lost["item"])
        last = next(self._trace.query("SELECT pairs_end, attempts_end FROM items ORDER BY item DESC LIMIT 1"), None)
        self._pairs.cut(last["pairs_end"] if last else 0)
        self._attempts.cut(last["attempts_end"] if last else 0)

    def _count(self) -> None:
        groups = "SELECT status, reason, repaired, count(*) AS count FROM items GROUP BY status, reason, repaired"
        for group in self._trace.query(groups):
            self.totals.add(**group)


def _record(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Return the record with which the run goes on, new or as it was; raises ``UsageError`` if it is another run."""
    record = read_record(path / _RECORD)
    if record is None:
        if {p.name for p in path.iterdir()} - {_LOCK, "run.tmp"}:
            raise UsageError(f"{path} holds something other than a run: choose another --out.")
        return {"status": "running", "isogloss": __version__, "created": now(), "config": config}
    old = record["config"]
    differing = sorted(k for k in {*old, *config} if old.get(k) != config.get(k))
    if differing:
        raise UsageError(f"{path} holds a run that differs in {', '.join(differing)}: choose another --out.")
    return {k: v for k, v in record.items() if k not in ("summary", "totals")} | {"status": "running"}


@contextmanager
def _unwritable(path: Path) -> Iterator[None]:
    """Turn a full or read-only disk into a ``UsageError``."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            f"Cannot write to {path}: {why}. What was committed is safe; make room or choose another --out."
        ) from error
