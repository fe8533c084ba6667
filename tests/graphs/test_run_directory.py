"""What is committed is never lost or doubled: killed, full, locked, damaged, resumed."""

import json
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.run_directory import ItemResult, RunDirectory
from isogloss.graphs.tracing.trace import Step
from isogloss.tools.errors import UsageError

CONFIG = {"dialect": "sqlite", "seed": 0}

# A child that commits items for ever, from where the run stands.
COMMITTER = """
import sys
from pathlib import Path
from isogloss.graphs.run_directory import RunDirectory
sys.path.insert(0, {tests!r})
from test_run_directory import CONFIG, item
run = RunDirectory.open(Path(sys.argv[1]), CONFIG)
print("open", flush=True)
while run.next_item < {last}:
    run.commit(item(run.next_item))
run.close()
"""


def item(index: int) -> ItemResult:
    """Return a result that depends on its index alone: two of three are kept, one of six repaired."""
    kept, repaired = index % 3 != 0, index % 6 == 1
    question, sql = f"How many flights left gate {index}?", f"SELECT count(*) FROM flights WHERE gate = {index}"
    attempts = [{"item": index, "number": n, "sql": sql, "question": question} for n in range(1 + repaired)]
    steps = [Step("fill", 0.01, {"sql": sql}), Step("execute", 0.02, {}, sql=sql, outcome="runs", rows=[[index]])]
    pair = {"id": f"sqlite-{index}", "question": question, "sql": sql} if kept else None
    return ItemResult(
        index, "kept" if kept else "rejected", None if kept else "vacuous", repaired, pair, attempts, steps, 0.03
    )


def run_to(path: Path, last: int) -> None:
    run = RunDirectory.open(path, CONFIG)
    while run.next_item < last:
        run.commit(item(run.next_item))
    run.close()


def contents(path: Path) -> dict[str, Any]:
    """Return all that a run's data files hold."""
    with sqlite3.connect(path / "trace.sqlite") as trace:
        tables = {t: trace.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in ("items", "steps")}
    trace.close()
    return {**tables, **{name: (path / name).read_bytes() for name in ("pairs.jsonl", "attempts.jsonl")}}


def start_committer(path: Path, last: int, **how: Any) -> subprocess.Popen[str]:
    code = COMMITTER.format(tests=str(Path(__file__).parent), last=last)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def committer(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start_committer(path, 1_000_000)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_a_run_killed_at_any_moment_goes_on_as_if_undisturbed(path: Path, tmp_path: Path) -> None:
    moments = random.Random(7)
    for _ in range(8):
        with start_committer(path, 1_000_000) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            time.sleep(moments.uniform(0, 0.08))
            process.kill()
    run = RunDirectory.open(path, CONFIG)
    reached, kept = run.next_item, run.kept
    run.close()
    assert reached > 20
    assert kept == sum(i % 3 != 0 for i in range(reached))
    run_to(path, reached + 10)
    run_to(tmp_path / "undisturbed", reached + 10)
    assert contents(path) == contents(tmp_path / "undisturbed")


def test_lines_written_before_the_commit_point_are_cut(path: Path, tmp_path: Path) -> None:
    run_to(path, 10)
    before = contents(path)
    with (path / "pairs.jsonl").open("a") as pairs, (path / "attempts.jsonl").open("a") as attempts:
        pairs.write(json.dumps(item(10).pair) + "\n")
        attempts.write(json.dumps(item(10).attempts[0]) + "\n" + '{"item": 10, "numb')
    run_to(path, 10)
    assert contents(path) == before


def test_items_whose_lines_a_power_cut_took_are_made_anew(path: Path, tmp_path: Path) -> None:
    run_to(path, 10)
    whole = contents(path)
    lines = whole["pairs.jsonl"].splitlines(keepends=True)
    (path / "pairs.jsonl").write_bytes(b"".join(lines[:3]) + lines[3][:20])
    run = RunDirectory.open(path, CONFIG)
    assert run.kept == 3
    run.close()
    run_to(path, 10)
    assert contents(path) == whole


def test_an_edited_file_is_refused_rather_than_cut(path: Path) -> None:
    run_to(path, 10)
    text = (path / "pairs.jsonl").read_text()
    edited = "\n\n" + text.replace("How many", "How many of the")
    (path / "pairs.jsonl").write_text(edited)
    with pytest.raises(UsageError, match=r"pairs\.jsonl was changed"):
        RunDirectory.open(path, CONFIG)
    assert (path / "pairs.jsonl").read_text() == edited


def test_a_second_live_process_is_refused(path: Path, committer: subprocess.Popen[str]) -> None:
    with pytest.raises(UsageError, match=f"Process {committer.pid} is writing"):
        RunDirectory.open(path, CONFIG)
    committer.kill()
    committer.wait()
    RunDirectory.open(path, CONFIG).close()


def test_another_configuration_is_refused_by_the_names_of_what_differs(path: Path) -> None:
    run_to(path, 1)
    with pytest.raises(UsageError, match="differs in critic, seed:"):
        RunDirectory.open(path, CONFIG | {"seed": 1, "critic": "other"})
    run_to(path, 2)


def test_a_full_disk_loses_nothing_that_was_committed(path: Path, tmp_path: Path) -> None:
    run_to(path, 5)
    size = 100_000  # bytes: room for a few dozen items in the log of the trace

    def limit_file_size() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    with start_committer(path, 1_000_000, preexec_fn=limit_file_size) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "UsageError: Cannot write to" in errors.splitlines()[-1]
    run = RunDirectory.open(path, CONFIG)
    reached = run.next_item
    run.close()
    assert reached > 5
    run_to(tmp_path / "undisturbed", reached)
    assert contents(path) == contents(tmp_path / "undisturbed")


def test_a_failed_commit_can_be_tried_again(path: Path) -> None:
    run = RunDirectory.open(path, CONFIG)
    run.commit(item(0))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((path / "attempts.jsonl").stat().st_size + 20, limits[1]))
    try:
        with pytest.raises(UsageError, match="Cannot write"):
            run.commit(item(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert (path / "pairs.jsonl").read_bytes() == b""
    run.commit(item(1))
    assert run.kept == 1
    run.close()


@pytest.mark.parametrize("place", ["/dev/null/run", "/proc/run"])
def test_a_place_that_cannot_be_written_is_bad_input(place: str) -> None:
    with pytest.raises(UsageError, match="Cannot write to"):
        RunDirectory.open(Path(place), CONFIG)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="something other than a run"):
        RunDirectory.open(tmp_path, CONFIG)


@pytest.mark.parametrize("damage", ["", "[]", '{"config": 3}', "{", "\x00\x00"])
def test_a_damaged_record_is_said_to_be(path: Path, damage: str) -> None:
    run_to(path, 1)
    (path / "run.json").write_text(damage)
    with pytest.raises(UsageError, match="is damaged"):
        RunDirectory.open(path, CONFIG)


def test_a_damaged_trace_is_said_to_be(path: Path) -> None:
    run_to(path, 1)
    (path / "trace.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(UsageError, match="Cannot read"):
        RunDirectory.open(path, CONFIG)


def test_totals_come_back_on_resume(path: Path) -> None:
    run_to(path, 12)
    run = RunDirectory.open(path, CONFIG)
    assert (run.next_item, run.kept, run.totals.repaired, run.totals.rejected) == (12, 8, 2, {"vacuous": 4})
    run.close()


def test_an_item_out_of_turn_is_our_mistake(path: Path) -> None:
    run = RunDirectory.open(path, CONFIG)
    with pytest.raises(ValueError, match="out of turn"):
        run.commit(item(1))
    run.close()


def test_the_record_tells_how_the_run_stands(path: Path) -> None:
    def status() -> str:
        return str(json.loads((path / "run.json").read_text())["status"])

    run = RunDirectory.open(path, CONFIG)
    assert status() == "running"
    run.close()
    assert status() == "stopped"
    run = RunDirectory.open(path, CONFIG)
    run.finish({"seconds": 1.5})
    run.close()
    assert status() == "finished"
    assert json.loads((path / "run.json").read_text())["summary"] == {"seconds": 1.5}


def test_secrets_reach_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-environment")
    canaries = ("sk-canary-environment", "given-canary-secret", "url-canary")
    text = "key sk-canary-environment, given-canary-secret, postgresql://me:url-canary@host/db"
    run = RunDirectory.open(path, CONFIG | {"database": text}, secrets=["given-canary-secret"])
    step = Step("fill", 0.0, {text: text}, prompt=text, reply=text, error=text, rows=[[text]])
    pair = {"question": text, "sql": text}
    run.commit(ItemResult(0, "kept", None, False, pair, [{"error": text, **pair}], [step], 0.0))
    run.finish({"said": text})
    run.close()
    written = b"".join(file.read_bytes() for file in path.iterdir())
    assert b"[redacted]" in written
    assert not [canary for canary in canaries if canary.encode() in written]
