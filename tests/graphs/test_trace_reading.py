"""Reading a trace wherever it is, and while a run writes it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from isogloss.graphs.cleaning import Cleaner
from isogloss.graphs.tracing.statistics import read_statistics
from isogloss.graphs.tracing.trace import Step, Trace

ITEM = {
    "item": 0, "status": "kept", "reason": None, "repaired": 0, "attempts": 1, "question": "How many?",
    "sql": "SELECT 1", "seconds": 0.5, "pairs_end": 10, "attempts_end": 20,
}  # fmt: skip
NOBODY = 65534
READER = f"""
import os, sys
from pathlib import Path
from isogloss.graphs.tracing.trace import Trace
if not os.getuid():
    os.setgid({NOBODY}), os.setuid({NOBODY})
print([row["item"] for row in Trace.read(Path(sys.argv[1])).query("SELECT item FROM items")])
"""
HALF_ITEMS = """
SELECT (SELECT count(*) FROM items) AS items,
  (SELECT count(*) FROM items AS i WHERE steps <> (SELECT count(*) FROM steps AS s WHERE s.item = i.item)) AS half,
  (SELECT count(*) FROM steps WHERE item NOT IN (SELECT item FROM items)) AS astray,
  (SELECT ifnull(max(item) + 1, 0) FROM items) AS next
"""


def read_by_another(trace: Path) -> "subprocess.CompletedProcess[str]":
    """Read a trace in a process that may not write where it is; as nobody, if we are root, who may everywhere."""
    return subprocess.run([sys.executable, "-c", READER, trace], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that others can get to."""
    for above in (tmp_path, *(each for each in tmp_path.parents if each.name.startswith(("pytest-", "popen-")))):
        above.chmod(0o755)
    made = tmp_path / "run"
    made.mkdir()
    yield made
    made.chmod(0o755)


def test_a_trace_that_may_not_be_looked_for_is_told(folder: Path) -> None:
    (folder / "trace.sqlite").touch()
    folder.chmod(0o600)
    done = read_by_another(folder / "trace.sqlite")
    assert f"UsageError: {folder / 'trace.sqlite'} cannot be read: Permission denied." in done.stderr


def closed_off(folder: Path) -> Path:
    """Make the folder and its files read-only, and return the trace in it."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    return folder / "trace.sqlite"


def test_a_finished_trace_is_read_in_a_folder_that_is_read_only(folder: Path) -> None:
    with closing(Trace.create(folder / "trace.sqlite")) as writer:
        writer.append(ITEM, [Step("fill", 0.1, {})], Cleaner())
    assert [file.name for file in folder.iterdir()] == ["trace.sqlite"], "SQLite takes the log away at the end"
    done = read_by_another(closed_off(folder))
    assert (done.stdout.strip(), done.returncode) == ("[0]", 0), done.stderr


def test_a_copy_with_its_log_is_read_in_a_folder_that_is_read_only(tmp_path: Path, folder: Path) -> None:
    with closing(Trace.create(tmp_path / "trace.sqlite")) as writer:
        writer.append(ITEM, [Step("fill", 0.1, {})], Cleaner())
        for file in tmp_path.glob("trace.sqlite*"):
            shutil.copy(file, folder)
    done = read_by_another(closed_off(folder))
    assert (done.stdout.strip(), done.returncode) == ("[0]", 0), done.stderr


def test_readers_of_a_run_under_way_see_whole_items_only(tmp_path: Path) -> None:
    run = tmp_path / "run"
    seen: set[int] = set()
    words = ["build", "--dialect", "sqlite", "--db", "shop", "--n", "30", "--out", str(run)]
    settings = {**os.environ, "ISOGLOSS_HOME": str(tmp_path / "home")}
    building = subprocess.Popen([sys.executable, "-m", "isogloss", *words], env=settings, stdout=subprocess.DEVNULL)
    try:
        while building.poll() is None:
            time.sleep(0.02)
            if not _begun(run / "trace.sqlite"):
                continue
            with closing(Trace.read(run / "trace.sqlite")) as trace:
                [found] = trace.query(HALF_ITEMS)
            assert (found["half"], found["astray"]) == (0, 0)
            assert found["next"] == found["items"] >= max(seen, default=0)
            seen.add(found["items"])
            assert read_statistics(run).items >= found["items"]
    finally:
        building.kill()
        ended = building.wait()
    assert ended == 0
    assert len(seen) > 3, "it was read while it was written"


def _begun(trace: Path) -> bool:
    """Say whether the first item is in: a new trace has no tables for a moment."""
    if not trace.is_file():
        return False
    with closing(sqlite3.connect(f"file:{trace}?mode=ro", uri=True)) as plain:
        tables = plain.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'node_totals'").fetchone()[0]
        return bool(tables and plain.execute("SELECT count(*) FROM items").fetchone()[0])
