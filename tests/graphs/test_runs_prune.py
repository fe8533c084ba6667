"""Deleting runs: those that may go, and no others."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.run_files import RunLock
from isogloss.graphs.runs.finding import all_runs
from isogloss.graphs.runs.overview import RunOverview, overview
from isogloss.graphs.runs.pruning import Wish, prunable, prune, seconds_of
from isogloss.tools.errors import UsageError

from ..command_line import isogloss
from .some_runs import DAY, aged, build_run, evaluation


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(runs: list[RunOverview]) -> list[str]:
    return [run.directory.name for run in runs]


@pytest.mark.parametrize(
    ("wish", "gone"),
    [
        (Wish(older_than=30 * DAY), ["old", "older"]),
        (Wish(status="stopped"), ["old", "late"]),
        (Wish(keep=1), ["old", "older"]),
        (Wish(keep=2), ["older"]),
        (Wish(older_than=35 * DAY, status="finished"), ["older"]),
        (Wish(status="damaged"), []),
    ],
)
def test_what_may_go(here: Path, wish: Wish, gone: list[str]) -> None:
    aged(build_run(here / "runs" / "older"), 40)
    aged(build_run(here / "runs" / "old", finished=False), 31)
    build_run(here / "runs" / "new")
    aged(evaluation(here / "evals" / "late"), 1)
    assert sorted(names(prunable([], wish))) == sorted(gone)


def test_what_a_process_writes_to_stays(here: Path) -> None:
    run, other = build_run(here / "runs" / "busy"), build_run(here / "runs" / "idle")
    inside = build_run(run / "sqlite" / "sample-1")
    chosen = prunable([], Wish(keep=0))
    lock = RunLock(run / "run.lock")
    try:
        assert names(prunable([], Wish(keep=0))) == ["idle"]
        for named in (run, inside):
            with pytest.raises(UsageError, match=f"Process {os.getpid()} is writing"):
                prunable([named], Wish())
        done = prune(chosen, delete=True)
    finally:
        lock.release()
    assert names(done.runs) == ["idle"]
    assert list(done.left) == [str(run.relative_to(here))]
    assert (run.exists(), other.exists()) == (True, False)
    assert done.bytes == next(each.bytes for each in chosen if each.directory.name == "idle")


def test_a_run_inside_one_that_goes_may_be_busy_too(here: Path) -> None:
    outer = build_run(here / "runs" / "outer")
    inner = build_run(outer / "sqlite" / "sample-1")
    lock = RunLock(inner / "run.lock")
    try:
        assert prune([overview(outer)], delete=True).left
    finally:
        lock.release()
    assert (inner / "pairs.jsonl").exists()


def test_what_a_killed_deletion_left_goes_with_the_next(here: Path) -> None:
    build_run(here / "runs" / "a").rename(here / "runs" / ".isogloss-pruned-a-1")
    assert all_runs(None) == []
    prune([overview(build_run(here / "runs" / "b"))], delete=True)
    assert list((here / "runs").iterdir()) == []


def test_nothing_is_deleted_unless_one_agrees(here: Path) -> None:
    run = build_run(here / "runs" / "it")
    dry = isogloss("runs", "prune", "--keep", "0", cwd=here).stdout
    assert "1 run would go" in dry
    assert json.loads(isogloss("runs", "prune", "--keep", "0", "--json", cwd=here).stdout)["deleted"] is False
    assert "Delete them? [y/N]" in answered(here, "n")
    assert run.exists()
    assert "1 run deleted" in answered(here, "y")
    assert not run.exists()
    done: dict[str, Any] = json.loads(
        isogloss("runs", "prune", str(build_run(run)), "--yes", "--json", cwd=here).stdout
    )
    assert (done["deleted"], len(done["runs"]), run.exists()) == (True, 1, False)


def answered(here: Path, answer: str) -> str:
    """Return what ``runs prune`` says in a terminal, where its question is answered."""
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "isogloss", "runs", "prune", "--keep", "0"]
    with subprocess.Popen(command, cwd=here, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as asking:
        os.write(terminal, f"{answer}\n".encode())
        said, _ = asking.communicate(timeout=60)
    os.close(terminal)
    os.close(theirs)
    return said.decode()


def test_an_age_is_read() -> None:
    assert [seconds_of(age) for age in ("12h", "30d", "2w")] == [12 * 3600, 30 * DAY, 14 * DAY]
