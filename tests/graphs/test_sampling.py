"""Sampling a question set: what is kept and written, a process killed in mid-run, databases and gold that fail."""

import itertools
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.sampler import SamplingSettings
from isogloss.graphs.run_models import ModelSettings
from isogloss.graphs.sampling.config import SampleConfig, SampleSummary, questions_to_sample
from isogloss.graphs.sampling.run import sample
from isogloss.graphs.tracing.replay import replay
from isogloss.training.preference_data import read_preferences
from isogloss.training.preferences import DIFFERS

from ..command_line import isogloss
from ..openai_server import ChatServer, Reply, Request, failure, text
from ..tools.engines_here import skip_if_missing
from .observers import Nobody
from .school_database import school

REPLIES = (
    "SELECT name FROM pupil WHERE age > {age}",
    "Here it is:\n```sql\nSELECT p.name FROM pupil AS p WHERE NOT p.age <= {age};\n```",
    "SELECT name FROM pupil WHERE age < {age}",
    "SELECT nickname FROM pupil WHERE age > {age}",
    "SELECT name FROM pupil WHERE (age > {age}",
    "I do not know.",
)
DATA = ("valid.jsonl", "negative.jsonl", "preferences.jsonl")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def replied(request: Request) -> Reply:
    """Answer a question about an age as its sample's seed will have it."""
    asked = re.search(r"older than (\d+)", request["messages"][-1]["content"])
    assert asked
    return text(REPLIES[request["seed"] % len(REPLIES)].format(age=asked[1]))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(replied).running() as running:
        yield running


def question(number: int, database: str = "school", **more: str) -> dict[str, str]:
    age = 8 + number % 6
    asked = f"Who is older than {age}?"
    return {
        "id": f"q{number}",
        "question": asked,
        "sql": f"SELECT name FROM pupil WHERE age > {age}",
        "database": database,
        **more,
    }


def question_set(folder: Path, *entries: dict[str, str]) -> Path:
    path = folder / "set.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def config(folder: Path, server: ChatServer, **more: Any) -> SampleConfig:
    models = ModelSettings(base_url=server.url, **more.pop("models", {}))
    wanted = {"dialect": "sqlite", "sampling": SamplingSettings(n=8), "out": folder / "run", **more}
    return SampleConfig(folder / "set.jsonl", generator="openai:x", models=models, **wanted)


def run(made: SampleConfig) -> SampleSummary:
    return sample(made, questions_to_sample(made), Nobody())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres"])
def test_samples_become_training_data(dialect: str, tmp_path: Path, server: ChatServer) -> None:
    skip_if_missing(dialect)
    school(tmp_path)
    question_set(tmp_path, *map(question, range(3)))
    summary = run(config(tmp_path, server, dialect=dialect, sampling=SamplingSettings(n=16)))
    assert summary.grades.total() == 3 * 16 == len(server.requests)
    assert set(summary.grades) == {"match", DIFFERS, "error(unknown_column)", "error(syntax)", "missing"}
    assert summary.totals.kept == 3
    valid, negative, preferences = (lines(tmp_path / "run" / name) for name in DATA)
    assert {v["sql"] for v in valid if v["question_id"] == "q2"} == {
        "SELECT name FROM pupil WHERE age > 10",
        "SELECT p.name FROM pupil AS p WHERE NOT p.age <= 10",
    }
    assert len(valid) == 6 == summary.data.valid
    assert all(v["engine"] and v["source"] and v["generator"] == "openai:x" and v["dialect"] == dialect for v in valid)
    attempts = lines(tmp_path / "run" / "attempts.jsonl")
    wrong = {(a["id"], a["grade"]) for a in attempts if a["grade"] not in ("match", "missing")}
    assert Counter((n["question_id"], n["grade"]) for n in negative) == dict.fromkeys(wrong, 1)
    assert {n["error_class"] for n in negative} == {None, "unknown_column", "syntax"}
    assert Counter(p["grade"] for p in preferences) == Counter(n["grade"] for n in negative)
    assert len(read_preferences([tmp_path / "run"])) == len(preferences)
    for each in preferences:
        assert [turn["role"] for turn in each["prompt"]] == ["system", "user"]
        assert "CREATE TABLE pupil" in each["prompt"][1]["content"]
        assert each["plain"].startswith("-- Database (")
        assert "CREATE TABLE pupil" in each["plain"]
        assert each["evaluation_database"] is False
        assert [turn["role"] for turn in each["chosen"] + each["rejected"]] == ["assistant"] * 2
        assert each["chosen"] != each["rejected"]
        assert 0 < each["similarity"] < 1


def test_pass_at_k_is_the_unbiased_one(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    question_set(tmp_path, question(1))
    summary = run(config(tmp_path, server))
    right = summary.grades["match"]
    assert 0 < right < 8
    curve = {point.k: point.estimate.value for point in summary.pass_at_k}
    assert list(curve) == [1, 2, 4, 8]
    assert curve[1] == pytest.approx(right / 8)
    assert curve[2] == pytest.approx(1 - (8 - right) * (7 - right) / (8 * 7))
    assert curve[8] == 1


def test_a_second_run_is_free_and_other_caps_ask_nothing(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    question_set(tmp_path, *map(question, range(2)))
    first = run(config(tmp_path, server))
    files = [(tmp_path / "run" / name).read_bytes() for name in DATA]
    elsewhere = run(config(tmp_path, server, out=tmp_path / "again"))
    assert [(tmp_path / "again" / name).read_bytes() for name in DATA] == files
    assert elsewhere.spending.tokens == 0 < first.spending.tokens
    fewer = run(config(tmp_path, server, per_question=1, per_class=1))
    assert fewer.data.valid == 2
    assert all(count == 1 for count in Counter(p["grade"] for p in lines(tmp_path / "run" / DATA[2])).values())
    assert len(server.requests) == 16


def test_a_killed_run_goes_on_without_loss(tmp_path: Path, server: ChatServer) -> None:
    for name in ("school", "other"):
        school(tmp_path, name)
    entries = [question(number, "school" if number % 2 else "other") for number in range(40)]
    path = question_set(tmp_path, *entries)
    command = ["sample", str(path), "--dialect", "sqlite", "--generator", "openai:x", "-n", "4"]
    command += ["--base-url", server.url, "--in-flight", "3", "--no-cache"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    server.answer = lambda request: Reply(replied(request).body, delay=0.05)
    for committed in (5, 25):
        child = subprocess.Popen(
            [sys.executable, "-m", "isogloss", *command, "--out", str(killed)], stderr=subprocess.DEVNULL
        )
        wait_for_items(killed, committed)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    server.answer = replied
    for out in (killed, whole):
        assert isogloss(*command, "--out", str(out), cwd=tmp_path).returncode == 0
    for name in (*DATA, "attempts.jsonl", "pairs.jsonl"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    asked = [(attempt["id"], attempt["sample"]) for attempt in lines(killed / "attempts.jsonl")]
    assert len(asked) == len(set(asked)) == 160
    asked_before = len(server.requests)
    replays = replay(killed)
    assert len(replays) == 40
    assert not [each for each in replays if each.divergence]
    assert len(server.requests) == asked_before


def wait_for_items(out: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (out / "attempts.jsonl").is_file() and (out / "attempts.jsonl").read_bytes().count(b"\n") >= 4 * count:
            return
        time.sleep(0.02)
    raise AssertionError("the run committed nothing")


def test_a_database_or_gold_that_fails_costs_its_questions_alone(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    broken = tmp_path / "database" / "broken" / "broken.sqlite"
    broken.parent.mkdir()
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    wrong = question(1, sql="SELECT nothing FROM pupil")
    question_set(tmp_path, question(0, "broken"), wrong, question(2), question(3, "nowhere"))
    summary = run(config(tmp_path, server))
    assert summary.totals.rejected == {"the database does not load": 1, "bad_gold": 1}
    assert summary.totals.kept == 1
    assert summary.grades["bad_gold"] == 16
    assert [problem.id for problem in summary.problems] == ["q3"]
    assert len(server.requests) == 8  # nobody is asked what cannot be graded
    assert summary.pass_at_k[0].estimate.value == summary.grades["match"] / 8
    assert {v["question_id"] for v in lines(tmp_path / "run" / "valid.jsonl")} == {"q2"}


def test_a_stopped_run_leaves_its_data(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    question_set(tmp_path, *map(question, range(6)))
    server.answer = lambda request: replied(request) if len(server.requests) < 30 else failure(401)
    summary = run(config(tmp_path, server, models={"in_flight": 1}))
    assert summary.failure is not None
    assert 0 < summary.totals.items < 6
    asked = {attempt["id"] for attempt in lines(tmp_path / "run" / "attempts.jsonl")}
    assert {v["question_id"] for v in lines(tmp_path / "run" / "valid.jsonl")} <= asked
    server.answer = replied
    assert run(config(tmp_path, server, models={"in_flight": 1})).totals.items == 6


def test_another_set_or_temperature_is_another_run(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    question_set(tmp_path, question(0))
    out = str(tmp_path / "run")
    command = ("sample", "set.jsonl", "--dialect", "sqlite", "--generator", "openai:x", "--base-url", server.url)
    assert isogloss(*command, "--out", out, "-n", "2", cwd=tmp_path).returncode == 0
    done = isogloss(*command, "--out", out, "-n", "2", "--temperature", "0.5", cwd=tmp_path)
    assert done.returncode == 2
    assert "differs in temperature" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--generator", "grammar"), "takes a language model"),
        (("--generator", "gpt"), "Unknown model"),
        (("--generator", "openai:x", "--dialect", "klingon"), "unknown dialect"),
        (("--generator", "openai:x", "--base-url", "http://127.0.0.1:9/v1"), "cannot be reached"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    school(tmp_path)
    question_set(tmp_path, question(0))
    done = isogloss("sample", "set.jsonl", "--dialect", "sqlite", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_scripts_get_the_counts(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    question_set(tmp_path, question(0))
    words = ("sample", "set.jsonl", "--dialect", "sqlite", "--generator", "openai:x", "--base-url", server.url)
    done = isogloss(*words, "--json", cwd=tmp_path)
    summary = json.loads(done.stdout)
    assert summary["directory"] == "runs/sample-set-sqlite-0"
    assert sum(summary["grades"].values()) == 8
    assert [point["k"] for point in summary["pass_at_k"]] == [1, 2, 4, 8]
    assert summary["data"].keys() == {"valid", "negative", "preferences"}
    shown = isogloss(*words, cwd=tmp_path).stdout
    assert "pass@8" in shown
    assert "runs/sample-set-sqlite-0/preferences.jsonl" in shown


def test_a_query_that_was_cut_off_is_doubted(tmp_path: Path, server: ChatServer) -> None:
    school(tmp_path)
    question_set(tmp_path, question(0))
    replies = itertools.cycle(["SELECT name FROM pupil WHERE (age >", "SELECT name FROM pupils; and so"])

    def cut(request: Request) -> Reply:
        body = json.loads(text(next(replies)).body)
        body["choices"][0]["finish_reason"] = "length"
        return Reply(json.dumps(body).encode())

    server.answer = cut
    run(config(tmp_path, server, sampling=SamplingSettings(n=2), models={"in_flight": 1}))
    doubts = {each["error_class"]: each["doubt"] for each in lines(tmp_path / "run" / "negative.jsonl")}
    assert doubts == {"syntax": "the reply was cut off in the query", "unknown_table": None}
