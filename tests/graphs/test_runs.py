"""Runs of any kind: what they are, and going on with one by its command."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from contextvars import ContextVar
from pathlib import Path

import pytest
from isogloss.graphs import invocation
from isogloss.graphs.evaluation.directory import open_directory as open_evaluation
from isogloss.graphs.run_directory import RunDirectory
from isogloss.graphs.runs.details import run_details
from isogloss.graphs.runs.finding import all_runs, named_run
from isogloss.graphs.runs.overview import overview
from isogloss.graphs.runs.resuming import resumption
from isogloss.graphs.training.directory import open_directory as open_training
from isogloss.graphs.training.recipe import Recipe
from isogloss.tools.errors import UsageError

from ..command_line import isogloss
from .some_runs import build_run, evaluation, killed

PAIRS = 40
BUILD = ("build", "--dialect", "sqlite", "--db", "shop", "--n", str(PAIRS))
RECIPE = {"model": "smollm2", "out": "trained", "dialects": {"sqlite": ["a"], "duckdb": ["b"]}, "sft": {"epochs": 2}}
HUSH = "postgresql://me:hush@nowhere/shop"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def commanded(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what makes this process one that was started by a command."""
    monkeypatch.setattr(invocation, "_WORDS", ContextVar[tuple[str, ...] | None]("words", default=None))
    return lambda *words: invocation.started_with(words)


def wait_for_pairs(run: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while not ((run / "pairs.jsonl").is_file() and (run / "pairs.jsonl").read_bytes().count(b"\n") >= count):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_build_is_resumed_to_what_an_undisturbed_one_ends_with(tmp_path: Path) -> None:
    begun, elsewhere, home = (tmp_path / name for name in ("begun", "elsewhere", "home"))
    run = begun / "runs" / "sqlite-shop-0"
    begun.mkdir()
    elsewhere.mkdir()

    def called(*words: str, cwd: Path = elsewhere) -> subprocess.CompletedProcess[str]:
        return isogloss(*words, cwd=cwd, ISOGLOSS_HOME=str(home))

    settings = {**os.environ, "ISOGLOSS_HOME": str(home)}
    with subprocess.Popen(
        [sys.executable, "-m", "isogloss", *BUILD], cwd=begun, env=settings, stderr=subprocess.DEVNULL
    ) as child:
        wait_for_pairs(run, 4)
        refused = called("runs", "resume", str(run))
        [told] = json.loads(called("runs", "list", "--json", cwd=begun).stdout)
        os.kill(child.pid, signal.SIGKILL)
    assert (refused.returncode, f"Process {child.pid} is writing" in refused.stderr) == (2, True)
    assert (told["status"], told["goal"], told["kind"]) == ("running", PAIRS, "build")
    assert overview(run).status == "stopped"
    assert 4 <= (overview(run).done or 0) < PAIRS
    moved = run.rename(tmp_path / "moved")
    ended = called("runs", "resume", str(moved))
    assert ended.returncode == 0, ended.stderr
    assert overview(moved).done == PAIRS
    assert called(*BUILD, "--out", "whole", cwd=begun).returncode == 0
    assert (moved / "pairs.jsonl").read_bytes() == (begun / "whole" / "pairs.jsonl").read_bytes()
    again = called("runs", "resume", str(moved))
    assert again.stdout == f"{moved} is finished; 'isogloss runs resume {moved} -n N' asks for more.\n"
    assert (again.returncode, again.stderr) == (0, "")


def test_the_command_of_a_run_is_kept_without_its_secrets(here: Path, commanded: Callable[..., None]) -> None:
    commanded("build", "--dialect", "postgres", "--db", HUSH, "--base-url=http://key-of-mine@host/v1", "-n", "2")
    run = build_run(here / "runs" / "it", finished=False)
    assert not [secret for secret in ("hush", "key-of-mine") if secret in (run / "run.json").read_text()]
    with pytest.raises(UsageError, match="--db had a secret, which is not kept: give it again by running in") as caught:
        resumption(run)
    assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match="--base-url had a secret"):
        resumption(run, ["--db", HUSH])
    words = resumption(run, ["--db", HUSH, "--base-url=http://host/v1"]).words
    assert words[-5:] == ["--db", HUSH, "--base-url=http://host/v1", "--out", "runs/it"]


def test_a_run_goes_on_where_it_is_whatever_out_was(here: Path, commanded: Callable[..., None]) -> None:
    commanded("translate", "a b.json", "--out", "old", "--dialect", "sqlite", "--", "-set")
    run = build_run(here / "new", finished=False)
    expected = ["translate", "a b.json", "--dialect", "sqlite", "--limit", "2", "--out", "new", "--", "-set"]
    assert resumption(run, ["--limit", "2"]).words == expected
    assert resumption(run).folder == here


def test_each_of_two_builds_to_compare_goes_on_alone(here: Path, commanded: Callable[..., None]) -> None:
    commanded("build", "--dialect", "sqlite", "--corpus", "builtin", "--versus", "mine", "--out", "both", "-n", "9")
    directory = RunDirectory.open(here / "both" / "mine", {})
    directory.note(lineage={"corpus": "mine"})
    directory.close()
    words = resumption(here / "both" / "mine").words
    assert words == ["build", "--dialect", "sqlite", "-n", "9", "--corpus", "mine", "--out", "both/mine"]


def test_a_note_survives_the_death_of_the_process(here: Path) -> None:
    with closing(RunDirectory.open(here / "run", {})) as directory:
        directory.note(lineage={"corpus": "mine"})
        kept = json.loads((here / "run" / "run.json").read_text(encoding="utf-8"))
    assert kept["notes"] == {"lineage": {"corpus": "mine"}}


def test_a_run_made_from_python_tells_no_command(here: Path) -> None:
    with pytest.raises(UsageError, match="does not tell which command made it"):
        resumption(build_run(here / "it", finished=False))


def test_a_training_goes_on_by_its_recipe_alone(here: Path, commanded: Callable[..., None]) -> None:
    commanded("train", "run", "recipe.yaml")
    (here / "recipe.yaml").write_text(json.dumps(RECIPE))
    with open_training(Recipe.model_validate(RECIPE), here) as training:
        training.note(goal=5)
    assert resumption(here / "trained", ["--json"]).words == ["train", "run", "recipe.yaml", "--json"]
    moved = (here / "trained").rename(here / "moved")
    with pytest.raises(UsageError, match=r"trains into .*/trained, not .*/moved: move it back"):
        resumption(moved)


def test_every_kind_of_run_is_found_and_what_is_inside_belongs_to_it(here: Path) -> None:
    build_run(here / "runs" / "first")
    evaluation(here / "evals" / "second")
    RunDirectory.open(here / "runs" / "deep" / "third", {"kind": "sampling", "dialect": "mysql"}).close()
    with open_training(Recipe.model_validate(RECIPE | {"out": "runs/fourth"}), here) as training:
        training.note(goal=5)
        evaluation(training.path / "evaluations" / "sqlite")
    (here / "runs" / "no-run").mkdir()
    found = {run.directory.name: run for run in map(overview, all_runs(None))}
    assert {name: (run.kind, run.dialects, run.done, run.goal) for name, run in found.items()} == {
        "first": ("build", ["sqlite"], 2, 2),
        "second": ("eval", ["duckdb"], 1, 3),
        "third": ("sample", ["mysql"], 0, None),
        "fourth": ("train", ["sqlite", "duckdb"], 0, 5),
    }
    assert found["first"].bytes == sum(file.stat().st_size for file in (here / "runs" / "first").iterdir())
    assert named_run(Path("second")) == Path("evals/second")


@pytest.mark.parametrize("dead", [False, True])
def test_a_run_is_told_by_its_record_or_where_it_was_killed_by_its_files(here: Path, dead: bool) -> None:
    run = build_run(here / "run", 3, 2, tokens=7, finished=False)
    if dead:
        killed(run)
    else:  # nor is the trace looked at where the record tells
        record = json.loads((run / "run.json").read_text())
        record["notes"] = {"spent": {"tokens_in": 35, "tokens_out": 35, "cost": 1.25}}
        (run / "run.json").write_text(json.dumps(record))
        (run / "trace.sqlite").write_bytes(b"")
    told = overview(run)
    assert (told.status, told.done, told.goal, told.items, told.kept) == ("stopped", 3, 3, 5, 3)
    assert (told.tokens, told.cost) == (70, 1.25)


def test_a_finished_evaluation_that_is_killed_when_it_goes_on_is_stopped(here: Path) -> None:
    run = evaluation(here / "it")
    (run / "report.json").write_text("{}")
    assert overview(run).status == "stopped"
    with open_evaluation(run, {"dialect": "duckdb", "system": "gold"}) as directory:
        assert overview(run).status == "running"
        directory.note(status="finished")
    assert overview(run).status == "finished"


def test_a_damaged_record_is_told_rather_than_met(here: Path) -> None:
    run = build_run(here / "runs" / "it")
    (run / "run.json").write_text("{")
    assert overview(run).status == "damaged"
    assert run_details(run).next == [f"isogloss runs prune {run}"]


def test_all_about_a_run(here: Path, commanded: Callable[..., None]) -> None:
    commanded("build", "--dialect", "sqlite", "--seeds", "my file.sql")
    details = run_details(killed(build_run(here / "run", 3, 2, tokens=7)))
    assert details.command == "isogloss build --dialect sqlite --seeds 'my file.sql'"
    assert details.rejected == {"vacuous": 2}
    assert details.spending is not None
    assert (details.spending.cost, details.spending.nodes[0].calls) == (1.25, 5)
    assert {each.name for each in details.contents} >= {"pairs.jsonl", "trace.sqlite", "run.json"}
    assert details.next[0] == f"isogloss runs resume {here / 'run'}"


def test_eighty_columns_are_enough(here: Path) -> None:
    build_run(here / "runs" / "a-run-with-quite-a-long-name-of-its-own", tokens=7)
    evaluation(here / "evals" / "gold")
    for words in (["list"], ["prune", "--keep", "0"]):
        shown = isogloss("runs", *words, cwd=here, COLUMNS="80").stdout
        assert shown
        assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["prune"], "Say which runs are to go"),
        (["prune", "runs"], "Say which runs are to go"),
        (["prune", "--older-than", "soon", "runs"], "'soon' is no age"),
        (["prune", "nowhere"], "nowhere is not a run"),
        (["prune", "linked"], "is a link"),
        (["list", "nowhere"], "There is no folder nowhere"),
        (["show", "nowhere"], "nowhere is not a run"),
        (["resume", "nowhere"], "nowhere is not a run"),
    ],
)
def test_bad_input_is_one_sentence(here: Path, words: list[str], sentence: str) -> None:
    (here / "linked").symlink_to(build_run(here / "runs" / "it"))
    done = isogloss("runs", *words, cwd=here)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert sentence in done.stderr
    assert (here / "runs" / "it" / "pairs.jsonl").exists()
