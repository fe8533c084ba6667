"""Building a dataset: kept pairs hold, the same seed gives the same, and a killed build goes on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.build import BuildConfig, build
from isogloss.tools.engines import open_engine
from isogloss.tools.errors import UsageError
from isogloss.tools.outcome import Outcome

from .observers import Nobody


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))


def pairs(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "pairs.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
def test_kept_pairs_are_unique_and_run(dialect: str, tmp_path: Path) -> None:
    build(BuildConfig(dialect, "shop", 15, out=tmp_path / "run"), Nobody())
    kept = pairs(tmp_path / "run")
    assert len({p["sql"] for p in kept}) == len(kept) == 15
    with open_engine(dialect, "shop") as engine:
        executions = [engine.execute(p["sql"]) for p in kept]
    assert all(e.outcome is Outcome.RUNS and len(e.rows) == p["rows"] for e, p in zip(executions, kept, strict=True))
    assert {p["engine"] for p in kept} == {engine.version}
    assert all(p["corpus_hash"] and p["snippets"] and not p["stand_in"] for p in kept)


def test_an_interrupted_build_equals_an_undisturbed_one(tmp_path: Path) -> None:
    for out, sizes in (("whole", [20]), ("parts", [7, 20])):
        for n in sizes:
            build(BuildConfig("sqlite", "shop", n, out=tmp_path / out), Nobody())
    assert (tmp_path / "whole" / "pairs.jsonl").read_bytes() == (tmp_path / "parts" / "pairs.jsonl").read_bytes()


def test_a_killed_build_goes_on_without_loss(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "isogloss", "build", "--dialect", "sqlite", "--db", "shop", "--n", "40"]
    killed = tmp_path / "killed"
    for committed in (5, 20):
        with subprocess.Popen(
            [*command, "--out", str(killed)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as child:
            wait_for_pairs(killed, committed)
            os.kill(child.pid, signal.SIGKILL)
    for out in (killed, tmp_path / "whole"):
        subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    assert (killed / "pairs.jsonl").read_bytes() == (tmp_path / "whole" / "pairs.jsonl").read_bytes()


def wait_for_pairs(out: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (out / "pairs.jsonl").is_file() and (out / "pairs.jsonl").read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.05)
    raise AssertionError("the build kept no pairs")


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    for config in (
        BuildConfig("klingon", "shop"),
        BuildConfig("sqlite", "nowhere"),
        BuildConfig("sqlite", "shop", generator="oracle-of-delphi"),
        BuildConfig("sqlite", "shop", corpus="absent"),
        BuildConfig("sqlite", "shop", seeds=tmp_path / "absent.sql"),
        BuildConfig("sqlite", "shop", out=file),
        BuildConfig("postgres", "postgresql+psycopg://me:hush@127.0.0.1:1/none"),
    ):
        with pytest.raises(UsageError) as caught:
            build(config, Nobody())
        assert "\n" not in str(caught.value)
        assert "hush" not in str(caught.value)
