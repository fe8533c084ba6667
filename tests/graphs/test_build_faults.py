"""A build that is killed and disturbed in every way comes to what an undisturbed one does."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from isogloss.graphs.tracing.trace import Trace

from ..tools.processes import command_of, descendants

_SECONDS = 300
_PAIRS = {"sqlite": 300, "postgres": 150}
Runs = dict[str, Path]


class Builds:
    """Builds into directories, each in a process that can be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        command = [sys.executable, str(Path(__file__).with_name("forked_builds.py"))]
        settings = {**os.environ, "ISOGLOSS_HOME": str(home)}
        self._root = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=settings)
        self.process = 0

    def begin(self, dialect: str, out: Path, *more: str) -> int:
        """Begin or go on with a build; returns its process."""
        assert self._root.stdin is not None
        self._root.stdin.write(f"{dialect} {_PAIRS[dialect]} {out} {' '.join(more)}\n")
        self._root.stdin.flush()
        self.process = int(self._line())
        return self.process

    def kill(self) -> str:
        """Kill it, unless it has ended already; returns how it ended."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        return self.ended()

    def ended(self) -> str:
        """Wait for its end; returns ``ok``, why it ended before, or nothing if it was killed."""
        return self._line()

    def whole(self, dialect: str, out: Path) -> None:
        """Build to the end."""
        self.begin(dialect, out)
        assert self.ended() == "ok"

    def close(self) -> None:
        self._root.communicate(timeout=60)

    def _line(self) -> str:
        assert self._root.stdout is not None
        return str(self._root.stdout.readline()).strip()


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builds]:
    with closing(Builds(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def undisturbed(builds: Builds, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    runs = {dialect: tmp_path_factory.mktemp("undisturbed") / dialect for dialect in _PAIRS}
    for dialect, run in runs.items():
        builds.whole(dialect, run)
    return runs


def assert_same(run: Path, undisturbed: Path) -> None:
    """Hold the pairs, what came of every item, and the counts of two runs against each other."""
    assert (run / "pairs.jsonl").read_bytes() == (undisturbed / "pairs.jsonl").read_bytes()
    assert items(run) == items(undisturbed)
    totals = [json.loads((each / "run.json").read_text(encoding="utf-8"))["totals"] for each in (run, undisturbed)]
    assert totals[0] == totals[1]


def items(run: Path) -> list[tuple[object, ...]]:
    with closing(Trace.read(run / "trace.sqlite")) as trace:
        rows = trace.query("SELECT item, status, reason, attempts, steps, sql, question FROM items ORDER BY item")
        return [tuple(row.values()) for row in rows]


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kept(run: Path) -> int:
    with suppress(FileNotFoundError):
        return (run / "pairs.jsonl").read_bytes().count(b"\n")
    return 0


def test_killed_at_fifty_moments_it_loses_and_doubles_nothing(
    builds: Builds, undisturbed: Runs, tmp_path: Path
) -> None:
    run, chance, ends = tmp_path / "run", random.Random(8), []
    for _ in range(50):
        builds.begin("sqlite", run)
        before = kept(run)
        if before < _PAIRS["sqlite"] and chance.random() < 0.8:  # else while it begins
            more = before + chance.randrange(4)
            wait_until(lambda more=more: kept(run) > more or kept(run) == _PAIRS["sqlite"])  # type: ignore[misc]
        time.sleep(chance.random() / 20)
        ends.append(builds.kill())
    assert ends.count("") > 25
    builds.whole("sqlite", run)
    assert_same(run, undisturbed["sqlite"])


@pytest.mark.parametrize("dialect", _PAIRS)
def test_it_makes_good_whatever_child_is_killed(
    dialect: str, builds: Builds, undisturbed: Runs, tmp_path: Path
) -> None:
    run, killed = tmp_path / "run", 0
    process = builds.begin(dialect, run)
    for wanted in range(20, _PAIRS[dialect], 20):
        wait_until(lambda wanted=wanted: kept(run) >= wanted)  # type: ignore[misc]
        for worker in [each for each in descendants(process) if f"worker {dialect}" in command_of(each)][:1]:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                killed += 1
    assert builds.ended() == "ok"
    assert killed > 2
    assert_same(run, undisturbed[dialect])


def test_where_the_server_is_killed_it_stops_and_goes_on(builds: Builds, undisturbed: Runs, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = builds.begin("postgres", run)
    wait_until(lambda: kept(run) > 20)
    for server in [each for each in descendants(process) if "bin/postgres " in command_of(each)]:
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)
    assert "The postgres engine is lost" in builds.ended()
    builds.whole("postgres", run)
    assert_same(run, undisturbed["postgres"])


def test_an_index_deleted_in_mid_run_is_made_anew(builds: Builds, undisturbed: Runs, tmp_path: Path) -> None:
    run = tmp_path / "run"
    builds.begin("sqlite", run)
    wait_until(lambda: kept(run) > 20)
    shutil.rmtree(builds.home / "index")
    wait_until(lambda: kept(run) > 40)
    assert builds.kill() == ""
    builds.whole("sqlite", run)
    assert (builds.home / "index").is_dir()
    assert_same(run, undisturbed["sqlite"])


def test_a_clock_that_is_set_back_changes_no_pair(builds: Builds, undisturbed: Runs, tmp_path: Path) -> None:
    builds.begin("sqlite", tmp_path / "run", "backwards")
    assert builds.ended() == "ok"
    assert_same(tmp_path / "run", undisturbed["sqlite"])
    with closing(Trace.read(tmp_path / "run" / "trace.sqlite")) as trace:
        assert all(row["seconds"] >= 0 for row in trace.query("SELECT seconds FROM steps"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Return how to change a disk at ``tmp_path/disk``, which begins with 2 MB, by options of ``mount``."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("needs the right to mount a disk")

    def change(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)

    yield change
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_stops_it_and_room_lets_it_go_on(
    builds: Builds, undisturbed: Runs, tmp_path: Path, disk: Callable[[str], None]
) -> None:
    run = tmp_path / "disk" / "run"
    for _ in range(2):
        builds.begin("sqlite", run)
        assert "make room or choose another --out" in builds.ended()
    disk("size=100m")
    builds.whole("sqlite", run)
    assert_same(run, undisturbed["sqlite"])


def test_a_disk_made_read_only_stops_it_and_can_be_written_again(
    builds: Builds, undisturbed: Runs, tmp_path: Path, disk: Callable[[str], None]
) -> None:
    run = tmp_path / "disk" / "run"
    disk("size=100m")
    builds.begin("sqlite", run)
    wait_until(lambda: kept(run) > 20)
    assert builds.kill() == ""  # no disk that is written to becomes read-only
    disk("ro")
    builds.begin("sqlite", run)
    assert "Cannot write to" in builds.ended()
    disk("rw")
    builds.whole("sqlite", run)
    assert_same(run, undisturbed["sqlite"])
