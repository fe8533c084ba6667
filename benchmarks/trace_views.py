"""How long the views of a trace take: `python benchmarks/trace_views.py [ITEMS]`, by default 100,000.

A run of that many items is made up in a temporary folder. Printed are the seconds of `isogloss trace list` as a process
of its own, start-up included, beside those of `isogloss --help`; then the milliseconds in which one step is drawn on a
terminal of 80 by 24, with a prompt as builds have it and with one a hundred times as long.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

from isogloss.graphs.cleaning import Cleaner
from isogloss.graphs.tracing.bindings import press
from isogloss.graphs.tracing.query import read_story
from isogloss.graphs.tracing.screen import frame
from isogloss.graphs.tracing.stepper import Stepper
from isogloss.graphs.tracing.trace import Step, Trace
from rich.console import Console, Group

_SQL = "SELECT p.name, sum(l.quantity) FROM products AS p JOIN order_lines AS l USING (product_id) WHERE p.price > {0}"
_PROMPT = "CREATE TABLE products (product_id INTEGER NOT NULL, -- key of the product e.g. [1, 2, 3]\n" * 100
_ERRORS = (None, None, None, "unknown_column", "type_mismatch", "grouping")
_LISTS = {
    "list": [],
    "status": ["--status", "rejected"],
    "filter": ["--where", "error == 'unknown_column' and attempts > 2"],
    "search": ["--where", "'PRODUCTS as p' in sql or '77,777' in question"],
    "sort": ["--sort", "-seconds"],
    "all": ["--limit", "1000000"],
}
_REPEATS = 3


def items(number: int) -> Iterator[dict[str, Any]]:
    """Yield made-up rows of the table ``items``."""
    for n in range(number):
        kept, error = n % 5 > 0, _ERRORS[n % len(_ERRORS)]
        yield {
            "item": n,
            "status": "kept" if kept else "rejected",
            "reason": None if kept else f"error: {error or 'syntax'}",
            "repaired": int(kept and error is not None),
            "attempts": 1 + n % 4,
            "question": f"For the products whose price is above {n:,}, give me the name and the sum of the quantities.",
            "sql": _SQL.format(n),
            "seconds": n % 977 / 100,
            "pairs_end": n,
            "attempts_end": n,
            "started": 1.7e9 + n,
            "steps": 8,
            "outcome": "runs" if kept else "error",
            "error_class": error,
            "model": "openai:gpt-4.1-nano",
            "tokens_in": 4000 + n % 100,
            "tokens_out": 300,
            "cost": 0.0005,
        }


def make_run(run: Path, number: int) -> None:
    """Write a run whose items have no steps, but for two at the end, the second with a very long prompt."""
    (run / "run.json").write_text(json.dumps({"config": {"dialect": "sqlite"}}))
    rows = list(items(number))
    with closing(Trace.create(run / "trace.sqlite")) as trace:
        for n, longer in ((0, 1), (1, 100)):
            prompt = _PROMPT * longer
            steps = [Step("fill", 0.1, {"sql": _SQL}, prompt, [], _SQL), Step("execute", 0.1, {}, sql=_SQL, rows=[[1]])]
            trace.append({**rows[0], "item": number + n}, steps, Cleaner())
    columns = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    with closing(sqlite3.connect(run / "trace.sqlite")) as connection, connection:
        connection.executemany(f"INSERT INTO items ({columns}) VALUES ({places})", rows)


def seconds(action: Callable[[], object]) -> float:
    """Return the least time that ``action`` takes of a few."""
    times = []
    for _ in range(_REPEATS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)


def command(*words: str) -> float:
    """Return the seconds of a command as a process of its own."""
    words = (sys.executable, "-m", "isogloss", *words)
    return seconds(lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL))


def drawn(run: Path, item: int, *keys: str) -> float:
    """Return the milliseconds in which an item's first step is drawn after some keys, read from disk before that."""
    story, console = read_story(run, item), Console(file=StringIO(), force_terminal=True, width=80)

    def draw() -> None:
        stepper = Stepper(story)
        for key in keys:
            press(stepper, key)
        console.print(Group(*frame(stepper)))

    return 1000 * seconds(draw)


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        make_run(run, number)
        start_up = command("--help")
        print(f"{'isogloss --help':<32}{start_up:6.2f} s")
        for name, options in _LISTS.items():
            took = command("trace", "list", folder, *options)
            print(f"{f'trace list of {number:,}, {name}':<32}{took:6.2f} s  {took / start_up:4.1f} times --help")
        for prompt, item in (("9 kB", number), ("900 kB", number + 1)):
            for what, keys in {"step": (), "prompt opened": ("up", *["down"] * 4, "s")}.items():
                print(f"{f'{what}, prompt of {prompt}':<32}{drawn(run, item, *keys):6.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
