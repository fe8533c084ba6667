"""Items and their forks: how they are named, where they are, and who descends from whom."""

import json
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ..run_catalog import find_run
from .trace import Trace

FORKS = "forks.sqlite"
_RELATIVES = "SELECT item, status, reason, repaired, attempts, parent, forked_at, change FROM items"


@dataclass(slots=True)
class Relative:
    """An item by its name, how it ended, at which step (from 1) and how it left its parent, and its own forks."""

    name: str
    status: str
    reason: str | None
    repaired: bool
    step: int | None = None
    change: dict[str, Any] = field(default_factory=dict)
    forks: list["Relative"] = field(default_factory=list)


def trace_of(run: Path, item: str) -> Path:
    """Return the file that has an item: that of the run's forks for ``f3``."""
    return run / (FORKS if item.startswith("f") else "trace.sqlite")


def number_of(item: str) -> int:
    """Return an item's number in its file; raises ``UsageError`` if it names none."""
    digits = item.removeprefix("f")
    if not digits.isdecimal():
        raise UsageError(f"'{item}' names no item: give a number, or f and a number for a fork.")
    return int(digits)


def families(run: Path, item: str | None = None) -> list[Relative]:
    """Return the items that were forked, each with all that descend from it; or that of ``item`` alone.

    Raises ``UsageError`` if the run has no such item.
    """
    forks = _relatives(run / FORKS, "f") if (run / FORKS).exists() else {}
    children: dict[str, list[Relative]] = defaultdict(list)
    for name, (relative, parent) in forks.items():
        children[parent].append(relative)
        relative.forks = children[name]
    elders = [parent for parent in children if not parent.startswith("f")] if item is None else [_eldest(forks, item)]
    return [_elder(run, elder, children[elder]) for elder in sorted(elders, key=number_of)]


def _eldest(forks: dict[str, tuple[Relative, str]], item: str) -> str:
    while item in forks:
        item = forks[item][1]
    return item


def _elder(run: Path, item: str, forks: list[Relative]) -> Relative:
    found = _relatives(trace_of(run, item), "f" if item.startswith("f") else "", number_of(item))
    if item not in found:
        raise UsageError(f"{run} has no item {item}: see 'isogloss trace list {run}'.")
    relative, _ = found[item]
    relative.forks = forks
    return relative


def _relatives(path: Path, prefix: str, item: int | None = None) -> dict[str, tuple[Relative, str]]:
    """Return the items of a file by name, each with its parent's."""
    where = "" if item is None else " WHERE item = ?"
    with closing(Trace.read(path)) as trace:
        rows = trace.query(f"{_RELATIVES}{where} ORDER BY item", () if item is None else (item,))
        return {f"{prefix}{row['item']}": (_relative(prefix, row), row["parent"] or "") for row in rows}


def _relative(prefix: str, row: dict[str, Any]) -> Relative:
    step = None if row["forked_at"] is None else row["forked_at"] + 1
    change = json.loads(row["change"] or "{}")
    return Relative(f"{prefix}{row['item']}", row["status"], row["reason"], bool(row["repaired"]), step, change)


def named_items(words: list[str]) -> tuple[Path, list[str]]:
    """Return the run and the items named by ``[RUN] ITEM…``; without a run, the latest.

    Raises ``UsageError`` if these are none.
    """
    is_item = [word.removeprefix("f").isdecimal() and not Path(word).exists() for word in words]
    named = None if not words or is_item[0] else Path(words[0])
    items = words if named is None else words[1:]
    for item in items:
        number_of(item)
    return find_run(named), items
