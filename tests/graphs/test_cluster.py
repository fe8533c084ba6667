"""Runs shared out on Ray: the same pairs as one process makes, whatever is killed meanwhile."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import fsspec
import pytest
from isogloss.agents.prompting import copy_prompt, prompt_hash
from isogloss.graphs import work
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.build_work import BuildWork
from isogloss.graphs.cluster.shards import Shards
from isogloss.graphs.cluster.site import Site, Unwatched
from isogloss.graphs.cluster.sources import carried, here
from isogloss.graphs.stream import Items
from isogloss.graphs.totals import ItemResult
from isogloss.graphs.tracing.tape import Call, Player
from isogloss.graphs.tracing.trace import Step
from isogloss.graphs.work import Opened
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.errors import UsageError

from ..s3_server import s3 as s3

pytestmark = pytest.mark.skipif(not find_spec("ray"), reason="needs Ray: pip install 'isogloss[cluster]'")
_SECONDS = 240


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.getbasetemp() / "home"))


def isogloss(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "isogloss", *map(str, arguments)]


def done(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(isogloss(*arguments), capture_output=True, text=True, timeout=_SECONDS)


def pairs(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "pairs.jsonl").read_text(encoding="utf-8").splitlines()]


def items(run: Path) -> list[dict[str, Any]]:
    listed = json.loads(done("trace", "list", run, "--json", "--limit", 100_000).stdout)
    return [{"item": each["item"], "status": each["status"], "reason": each["reason"]} for each in listed]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a build by one process."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.getbasetemp() / "home"))
        done("load", "shop", "--into", folder / "shop.sqlite").check_returncode()
        done("build", *BUILD, "--db", folder / "shop.sqlite", "--out", folder / "run").check_returncode()
    return folder


BUILD = ("--dialect", "duckdb", "--n", 450, "--seed", 3, "--workers", 1)


def on_cluster(alone: Path, out: Path, cluster: str, *more: object) -> list[str]:
    return isogloss("build", *BUILD, "--db", alone / "shop.sqlite", "--out", out, "--on", cluster, *more)


def when(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something has happened, which the process must live to see."""
    deadline = time.monotonic() + _SECONDS
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Nodes:
    """A Ray cluster of three nodes, in a process of its own."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("ray_nodes.py")
        self._process = subprocess.Popen(
            [sys.executable, script, "3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = self._line()

    def kill_one(self) -> None:
        """End a node and all its processes, without a word to the others."""
        assert self._process.stdin is not None
        self._process.stdin.write("kill\n")
        self._process.stdin.flush()
        assert self._line() == "killed"

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return next(line for line in map(str.strip, self._process.stdout) if line.startswith(("ray://", "killed")))


@pytest.fixture
def nodes(home: None) -> Iterator[Nodes]:
    opened = Nodes()
    yield opened
    opened.close()


def test_a_node_killed_in_mid_run_costs_nothing(alone: Path, nodes: Nodes, tmp_path: Path) -> None:
    shards = tmp_path / "shards"
    command = on_cluster(alone, tmp_path / "run", nodes.address, "--shards", f"file://{shards}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        when(lambda: any(shards.rglob("items-*")), process)
        nodes.kill_one()
        said = process.communicate(timeout=_SECONDS)[0]
    assert process.returncode == 0, said
    assert pairs(tmp_path / "run") == pairs(alone / "run")
    assert items(tmp_path / "run") == items(alone / "run")
    assert here(carried(str(alone / "shop.sqlite")).place).is_file()


def test_a_driver_and_a_worker_killed_lose_and_double_nothing(alone: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = on_cluster(alone, run, "ray")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        when(lambda: any(run.rglob("items-*")), process)
        process.kill()
    finished = {file.name: file.stat().st_mtime_ns for file in run.rglob("items-*")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        when(lambda: len(workers_of(process.pid)) > 0, process)
        os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        when(lambda: {file.name for file in run.rglob("items-*")} > finished.keys(), process)
        assert finished.items() <= {file.name: file.stat().st_mtime_ns for file in run.rglob("items-*")}.items()
        said = process.communicate(timeout=_SECONDS)[0]
    assert process.returncode == 0, said
    assert pairs(run) == pairs(alone / "run")
    assert items(run) == items(alone / "run")
    assert not (run / "shards").exists()
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # with nothing left to do


def test_database_and_shards_may_be_on_s3(alone: Path, s3: str, tmp_path: Path) -> None:
    files = fsspec.filesystem("s3")
    files.put(str(alone / "shop.sqlite"), f"{s3}/shop.sqlite")
    options = ("--dialect", "duckdb", "--n", 120, "--seed", 3, "--workers", 1, "--on", "ray")
    done("build", *options, "--db", f"{s3}/shop.sqlite", "--shards", f"{s3}/shards", "--out", tmp_path / "run")
    expected = [{**pair, "source": f"{s3}/shop.sqlite"} for pair in pairs(alone / "run")[:120]]
    assert pairs(tmp_path / "run") == expected
    assert [name for folder in files.ls(f"{s3}/shards") for name in files.ls(folder) if "/items-" in name]


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a question set on two databases."""
    folder = tmp_path_factory.mktemp("set")
    entries = []
    for name in ("school", "choir"):
        with closing(sqlite3.connect(folder / f"{name}.sqlite")) as connection, connection:
            connection.execute("CREATE TABLE pupil (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)")
            connection.executemany("INSERT INTO pupil (name, age) VALUES (?, ?)", [("Ann", 9), ("Bob", 10)])
        for number, what in enumerate(("COUNT(*)", "name", "nobody", "age")):
            entries.append({"question": f"{what}?", "query": f"SELECT {what} FROM pupil WHERE age > 8", "db_id": name})
            entries[-1]["id"] = f"{name}-{number}"
    (folder / "dev.json").write_text(json.dumps(entries), encoding="utf-8")
    return folder


def test_translations_are_those_of_one_process(questions: Path, tmp_path: Path) -> None:
    command = ("translate", questions / "dev.json", "--databases", questions, "--dialect", "duckdb", "--out")
    done(*command, tmp_path / "alone").check_returncode()
    done(*command, tmp_path / "shared", "--on", "ray").check_returncode()
    assert len(pairs(tmp_path / "shared")) == 6
    assert pairs(tmp_path / "shared") == pairs(tmp_path / "alone")
    assert items(tmp_path / "shared") == items(tmp_path / "alone")


def test_an_evaluation_grades_as_one_process_does(questions: Path, tmp_path: Path) -> None:
    command = ("eval", questions / "dev.json", "--databases", questions, "--dialect", "duckdb", "--baseline", "rules")
    done(*command, "--out", tmp_path / "alone").check_returncode()
    done(*command, "--out", tmp_path / "shared", "--on", "ray").check_returncode()
    alone, shared = ((tmp_path / name / "answers.jsonl").read_text().splitlines() for name in ("alone", "shared"))
    assert len(shared) == 8
    assert sorted(shared) == sorted(alone)


def workers_of(driver: int) -> list[int]:
    """Return the processes of a local cluster that are finishing shards."""
    listed = subprocess.run(["ps", "-eo", "pid,sid,args"], capture_output=True, text=True, check=True).stdout
    found = [line.split(None, 2) for line in listed.splitlines() if "ray::_finish" in line]
    sessions = {os.getsid(driver)}
    return [int(pid) for pid, sid, _ in found if int(sid) in sessions]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--on", "spark"), "'spark' is no cluster"),
        (("--shards", "x"), "name the cluster with --on"),
        (("--on", "ray", "--max-tokens", "9"), "hold in one process"),
        (("--on", "ray", "--shards", "nowhere://x"), "nowhere://x"),
        (("--on", "ray", "--shards", "/proc/here"), "Cannot write to /proc/here"),
        (("--on", "ray://127.0.0.1:1"), "There is no Ray cluster at ray://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    ended = done("build", "--dialect", "sqlite", "--db", "shop", "--out", tmp_path / "run", *options)
    assert ended.returncode in (1, 2)
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("wanted", "had", "items", "expected"),
    [(400, 0, 0, 400), (200, 200, 300, 300), (7, 7, 7, 7), (3, 0, 4, 12), (3, 0, 500, 30), (5, 1, 300, 50)],
)
def test_as_many_items_are_begun_as_are_likely_to_do(wanted: int, had: int, items: int, expected: int) -> None:
    from isogloss.graphs.cluster.ray_crew import items_for  # needs Ray

    assert items_for(wanted, had, items) == expected


def test_breakpoints_are_for_one_process() -> None:
    config = BuildConfig("sqlite", "shop", cluster=work.Cluster())
    with pytest.raises(UsageError, match="do not wait at breakpoints"):
        build(config, Unwatched(), cast(Player, object()))


def test_a_machine_with_another_prompt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))
    copy_prompt("fill").write_text("Say something else.", encoding="utf-8")
    lineage = {"prompts": {"expand": prompt_hash("expand"), "fill": "the version elsewhere"}}
    index = open_index(load_corpus("sqlite", "builtin"))
    with pytest.raises(UsageError, match="The prompt 'fill' on "):
        Site(BuildWork(BuildConfig("sqlite", "shop"), index, Items([], [], 0), lineage))


def result(index: int) -> ItemResult:
    step = Step("fill", 0.5, {"sql": "SELECT '\u2028'"}, calls=[Call("model", "digest", '"s3cret-password"')])
    return ItemResult(index, "kept", None, False, {"sql": f"SELECT {index}"}, [{"n": 1}], [step], 0.5, {"seed": "x"})


@pytest.mark.parametrize("place", ["memory://bucket/shards", "{}/shards"])
def test_shards_come_back_as_they_were_but_for_secrets(place: str, tmp_path: Path) -> None:
    shards = Shards(place.format(tmp_path), ["s3cret-password"])
    assert shards.finished() == []
    written: list[Opened | ItemResult] = [
        Opened([Call("engine", "digest", "[1]")], {"engine": "SQLite 3"}),
        result(5),
        result(6),
    ]
    shards.write(range(5, 7), written)
    opened, *results = shards.read(range(5, 7))
    assert shards.finished() == [range(5, 7)]
    assert opened == written[0]
    for read, item in zip(results, (result(5), result(6)), strict=True):
        item.steps[0].calls = [Call("model", "digest", '"[redacted]"')]
        assert read == item
    shards.remove()
    assert shards.finished() == []


def test_a_shard_that_is_not_seen_from_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name one that all machines reach with --shards"):
        list(Shards(str(tmp_path)).read(range(3)))
