"""The trace of a run: every step of every item in one SQLite file that plain ``sqlite3`` reads.

``items`` has a row per item, the commit point of its result; ``pairs_end`` and ``attempts_end`` are the
sizes in bytes of ``pairs.jsonl`` and ``attempts.jsonl`` once the item's lines are in them. ``steps`` has a
row per visit of a graph node, in order; its columns are the fields of ``Step``, those of lists and dicts
as JSON. ``item_summary`` is what one looks at first. Write-ahead logging lets readers in while a run writes.
"""

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..cleaning import Cleaner
from .schema import FORMAT, SCHEMA
from .tape import Call

_CALLS = (
    "SELECT step, kind, request, a.answer FROM calls AS c LEFT JOIN answers AS a ON a.digest = c.answer"
    " WHERE item = ? ORDER BY step, number"
)
_JSON = ("delta", "snippets", "tool_calls", "rows")


@dataclass(slots=True)
class Step:
    """One visit of a graph node: what it changed, what was asked and answered, what ran and what came of it.

    ``seconds`` is wall time, ``started`` a time in seconds since 1970, ``rows`` the first rows of the result, ``cost``
    in US dollars, None if unknown.
    """

    node: str
    seconds: float
    delta: dict[str, Any]
    prompt: str | None = None
    snippets: list[dict[str, Any]] = field(default_factory=list)
    reply: str | None = None
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    sql: str | None = None
    outcome: str | None = None
    error_class: str | None = None
    error: str | None = None
    rows: list[Any] | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    started: float | None = None
    model: str | None = None
    calls: list[Call] = field(default_factory=list)


_STEP_COLUMNS = tuple(f.name for f in fields(Step) if f.name != "calls")


class Trace:
    """The trace file of a run."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        connection.row_factory = sqlite3.Row
        self._connection = connection
        self.path = path

    @classmethod
    def create(cls, path: Path) -> "Trace":
        """Open the trace at ``path`` for writing, made if it is not there; one writer at a time.

        Raises ``UsageError`` if the file is no trace of this format, ``sqlite3.Error`` if it cannot be written.
        """
        trace = cls(sqlite3.connect(path), path)
        with ExitStack() as on_error:
            on_error.callback(trace.close)
            if not trace._value("SELECT count(*) FROM sqlite_schema"):
                trace._connection.execute("PRAGMA journal_mode = WAL")
                trace._connection.executescript(SCHEMA)
            trace._connection.execute("PRAGMA synchronous = NORMAL")  # durable against a killed process
            trace._check_format()
            on_error.pop_all()
        return trace

    @classmethod
    def read(cls, path: Path) -> "Trace":
        """Open the trace at ``path`` for reading, also while it is written; raises ``UsageError`` if it is none."""
        try:
            is_file = path.is_file()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
        if not is_file:
            raise UsageError(f"There is no trace at {path}: name the directory of a run.")
        trace = cls(sqlite3.connect(f"{path.resolve().as_uri()}?{_reading(path)}", uri=True), path)
        with ExitStack() as on_error:
            on_error.callback(trace.close)
            trace._check_format()
            on_error.pop_all()
        return trace

    def append(self, item: dict[str, Any], steps: Sequence[Step], cleaner: Cleaner) -> None:
        """Write an item, keyed by the columns of ``items``, and its steps in one transaction: all or nothing."""
        rows = [_step_row(item["item"], number, step, cleaner) for number, step in enumerate(steps)]
        item = {**item, **told_by(steps)}
        with self._connection:
            self._connection.execute(_insert("items", list(item)), list(cleaner.value(item).values()))
            self._connection.executemany(_insert("steps", ["item", "step", *_STEP_COLUMNS]), rows)
            for number, step in enumerate(steps):
                self._keep(item["item"], number, step.calls, cleaner)

    def keep_opening(self, first: int, calls: Sequence[Call], cleaner: Cleaner) -> None:
        """Write what was asked before item ``first``, of it and those after it."""
        with self._connection:
            self._connection.execute("DELETE FROM calls WHERE item = ?", (-1 - first,))
            self._keep(-1 - first, 0, calls, cleaner)

    def opening(self, item: int) -> list[Call]:
        """Return what was last asked before an item, of it and those after it."""
        row = next(self.query("SELECT min(item) AS item FROM calls WHERE item BETWEEN ? AND -1", (-1 - item,)))
        return [call for calls in self.calls(row["item"]) for call in calls] if row["item"] is not None else []

    def calls(self, item: int) -> list[list[Call]]:
        """Return the calls of each step of an item."""
        found: list[list[Call]] = []
        for row in self.query(_CALLS, (item,)):
            found += [[] for _ in range(row["step"] + 1 - len(found))]
            answer = zlib.decompress(row["answer"]).decode() if row["answer"] else None
            found[row["step"]].append(Call(row["kind"], row["request"], answer))
        return found

    def _keep(self, item: int, step: int, calls: Sequence[Call], cleaner: Cleaner) -> None:
        for number, call in enumerate(calls):
            text = None if call.answer is None else cleaner.text(call.answer)
            name = None if text is None else hashlib.sha256(text.encode()).hexdigest()[:24]
            if text is not None and not self._has_answer(name):
                stored = (name, zlib.compress(text.encode(), level=1))
                self._connection.execute("INSERT INTO answers VALUES (?, ?)", stored)
            row = (item, step, number, call.kind, call.request, name)
            self._connection.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)", row)

    def delete_from(self, item: int) -> None:
        """Forget ``item`` and every one after it."""
        with self._connection:
            self._connection.execute("DELETE FROM calls WHERE item >= ?", (item,))
            self._connection.execute("DELETE FROM steps WHERE item >= ?", (item,))
            self._connection.execute("DELETE FROM items WHERE item >= ?", (item,))

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
        """Yield the rows of a query over ``items``, ``steps`` and ``item_summary`` by column name.

        Raises ``UsageError`` if the file is damaged or cannot be read.
        """
        try:
            for row in self._connection.execute(sql, parameters):
                yield dict(row)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"Cannot read {self.path}: {error}.") from error

    def _has_answer(self, name: str | None) -> bool:
        return self._connection.execute("SELECT 1 FROM answers WHERE digest = ?", (name,)).fetchone() is not None

    def steps(self, item: int) -> list[Step]:
        """Return the steps of an item in order; empty if the trace has no such item."""
        rows = self.query("SELECT * FROM steps WHERE item = ? ORDER BY step", (item,))
        return [Step(**{c: _decoded(c, row[c]) for c in _STEP_COLUMNS}) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _value(self, sql: str) -> int:
        return int(next(iter(next(self.query(sql)).values())))

    def _check_format(self) -> None:
        if self._value("PRAGMA user_version") != FORMAT:
            raise UsageError(f"{self.path} is not a trace that this version of Isogloss can read.")


def _reading(path: Path) -> str:
    """Return how SQLite is to open a trace for reading.

    Where it can make no ``-shm`` file, it reads the trace of a finished run only if told that nobody writes to it.
    """
    log, shared = (path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))
    logged = log.exists() and log.stat().st_size > 0
    closed_off = not (logged or shared.exists() or os.access(path.parent, os.W_OK))
    return "mode=ro&immutable=1" if closed_off else "mode=ro"


def told_by(steps: Sequence[Step]) -> dict[str, Any]:
    """Return the columns of ``items`` that its steps tell."""
    return {
        "started": next((step.started for step in steps), None),
        "steps": len(steps),
        "outcome": _last(steps, "outcome"),
        "error_class": _last(steps, "error_class"),
        "model": _last(steps, "model"),
        "tokens_in": sum(step.tokens_in for step in steps),
        "tokens_out": sum(step.tokens_out for step in steps),
        "cost": None if any(step.cost is None for step in steps) else sum(step.cost or 0.0 for step in steps),
    }


def _last(steps: Sequence[Step], name: str) -> Any:
    return next((value for step in reversed(steps) if (value := getattr(step, name)) is not None), None)


def _insert(table: str, columns: list[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _step_row(item: int, number: int, step: Step, cleaner: Cleaner) -> list[Any]:
    values = {name: cleaner.value(getattr(step, name)) for name in _STEP_COLUMNS}
    for name in _JSON:
        if values[name] is not None:
            values[name] = json.dumps(values[name], ensure_ascii=False)
    return [item, number, *values.values()]


def _decoded(column: str, stored: Any) -> Any:
    return json.loads(stored) if column in _JSON and stored is not None else stored
