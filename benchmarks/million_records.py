"""What the commands that look at a run take when it is large: `python benchmarks/million_records.py [PAIRS] [FOLDER]`.

By default a million pairs. A run of 300 is built and multiplied, with other ids and other queries, in a temporary
folder in FOLDER. Prompts and replies are cut to 100 characters, calls of tools, texts of snippets and what serves
replays alone are left out, or a million would take 60 GB. Then each command runs as a process of its own. Printed are
its seconds, those that a processor worked, its peak memory as the system counts it, and how much it printed.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

_BASE = 300
_TEXT = 100  # characters
_CHUNK = 1 << 20  # bytes
_SHORTENED = ("prompt", "reply")
_SNIPPET = ("id", "title", "source", "score")
_COMMANDS = (
    "--help",
    "runs list {folder}",
    "runs show {run}",
    "trace list {run}",
    "trace list {run} --status rejected",
    "trace list {run} --where attempts>1 --sort -seconds",
    "trace show {run} 17",
    "trace stats {run}",
    "trace export {run} --format jsonl",
    "dataset show {run}",
    "dataset show {run} --random",
    "dataset stats {run}",
    "dataset export {run} --out {out}/pairs.jsonl",
    "dataset export {run} --out {out}/pairs.parquet",
    "dataset export {run} --out {out}/dataset",
)


def make_run(run: Path, pairs: int) -> int:
    """Write a run of about that many pairs; return how many items it has."""
    build = ("build", "--dialect", "sqlite", "--db", "shop", "--n", str(_BASE), "--out", str(run))
    subprocess.run([sys.executable, "-m", "isogloss", *build], check=True, capture_output=True)
    with closing(sqlite3.connect(run / "trace.sqlite", isolation_level=None)) as trace:
        _shrink(trace)
        items = trace.execute("SELECT count(*) FROM items").fetchone()[0]
        copies = max(1, pairs // _BASE)
        trace.execute("PRAGMA journal_mode = OFF")  # a log would take as much room again
        trace.execute("BEGIN")
        for name in ("items", "steps"):
            _multiply(trace, name, items, copies)
        _multiply_lines(trace, run, items, copies)
        trace.execute("COMMIT")
        trace.execute("PRAGMA journal_mode = WAL")
    _multiply_totals(run, copies)
    return int(items * copies)


def _shrink(trace: sqlite3.Connection) -> None:
    for column in _SHORTENED:
        trace.execute(f"UPDATE steps SET {column} = substr({column}, 1, {_TEXT})")
    trace.execute("UPDATE steps SET tool_calls = '[]'")
    trace.execute("DELETE FROM calls")
    trace.execute("DELETE FROM answers")
    trace.execute("UPDATE items SET beginning = NULL")
    rows = trace.execute("SELECT item, step, snippets FROM steps WHERE snippets <> '[]'").fetchall()
    for item, step, snippets in rows:
        short = [{name: each[name] for name in _SNIPPET} for each in json.loads(snippets)]
        trace.execute("UPDATE steps SET snippets = ? WHERE item = ? AND step = ?", (json.dumps(short), item, step))
    trace.execute("VACUUM")


def _multiply(trace: sqlite3.Connection, table: str, items: int, copies: int) -> None:
    """Append the rows of the first ``items`` again and again, shifted."""
    columns = [row[1] for row in trace.execute(f"PRAGMA table_info({table})")]
    values = ["item + ?" if name == "item" else name for name in columns]
    sql = f"INSERT INTO {table} SELECT {', '.join(values)} FROM {table} WHERE item < {items}"
    for copy in range(1, copies):
        trace.execute(sql, (copy * items,))


def _multiply_lines(trace: sqlite3.Connection, run: Path, items: int, copies: int) -> None:
    """Write the lines of all copies, and into each item's row how long both files are with its own."""
    pairs = {int(pair["id"].rsplit("-", 1)[1]): pair for pair in _lines(run / "pairs.jsonl")}
    attempts: dict[int, list[dict[str, Any]]] = {}
    for attempt in _lines(run / "attempts.jsonl"):
        attempts.setdefault(attempt["item"], []).append(attempt)
    ends = [0, 0]
    with (run / "pairs.jsonl").open("wb") as pair_file, (run / "attempts.jsonl").open("wb") as attempt_file:
        for index in range(items * copies):
            copy, item = divmod(index, items)
            if item in pairs:
                ends[0] += pair_file.write(_line(_other(pairs[item], index, copy)))
            for attempt in attempts.get(item, ()):
                ends[1] += attempt_file.write(_line({**attempt, "item": index}))
            trace.execute("UPDATE items SET pairs_end = ?, attempts_end = ? WHERE item = ?", (*ends, index))


def _other(pair: dict[str, Any], index: int, copy: int) -> dict[str, Any]:
    """Return a pair as another that no copy equals."""
    stem = pair["id"].rsplit("-", 1)[0]
    changed = {name: f"{pair[name]} /* {copy} */" for name in ("sql", "skeleton", "template")}
    return {**pair, "id": f"{stem}-{index}", **changed}


def _multiply_totals(run: Path, copies: int) -> None:
    record = json.loads((run / "run.json").read_text())
    totals = record["totals"]
    rejected = {reason: count * copies for reason, count in totals["rejected"].items()}
    counts = {name: totals[name] * copies for name in ("items", "kept", "repaired")}
    record |= {"totals": {**counts, "rejected": rejected}, "goal": counts["kept"]}
    (run / "run.json").write_text(json.dumps(record))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def measured(words: list[str]) -> tuple[float, float, float, float]:
    """Return the seconds of a command, those of a processor, its peak memory and what it printed, both in megabytes."""
    begun, printed = time.perf_counter(), 0
    with subprocess.Popen([sys.executable, "-m", "isogloss", *words], stdout=subprocess.PIPE) as child:
        while child.stdout and (chunk := child.stdout.read(_CHUNK)):
            printed += len(chunk)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"isogloss {' '.join(words)} failed")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000, printed / 1e6


def main(pairs: int, folder: str | None) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        run, out = Path(made) / "runs" / "large", Path(made) / "out"
        begun = time.perf_counter()
        items = make_run(run, pairs)
        sizes = ", ".join(f"{file.name} {file.stat().st_size / 1e6:,.0f} MB" for file in sorted(run.iterdir()))
        print(f"{items:,} items made in {time.perf_counter() - begun:.0f} s: {sizes}", flush=True)
        print(f"{'seconds':>8}{'processor s':>13}{'peak MB':>9}{'printed MB':>12}", flush=True)
        for command in _COMMANDS:
            words = [word.format(folder=run.parent, run=run, out=out) for word in command.split()]
            seconds, processor, memory, printed = measured(words)
            shutil.rmtree(out, ignore_errors=True)
            print(f"{seconds:8.1f}{processor:13.1f}{memory:9.0f}{printed:12.1f}  isogloss {command}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, sys.argv[2] if len(sys.argv) > 2 else None)
