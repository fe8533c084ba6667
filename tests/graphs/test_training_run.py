"""The training graph from a recipe to its report, with a small model that really learns: killed, resumed, refused."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from isogloss.graphs.run_directory import ItemResult, RunDirectory

from ..tools.processes import command_of, descendants

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

from ..agents.tiny_model import PLAIN
from ..training.tiny_checkpoints import weights_of

ONE_THREAD = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
SCHOOL = """
CREATE TABLE pupil (id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
INSERT INTO pupil VALUES (1, 'Ann', 9), (2, 'Bob', 11), (3, 'Cyd', 12), (4, 'Dan', 12), (5, 'Eve', 15);
"""
AGES = (8, 10, 11, 12)
OWN = {"sqlite": "GLOB 'A*'", "duckdb": "ILIKE 'a%'"}
ANSWERED = {"set": "questions.jsonl", "databases": "database", "reply-tokens": 48}
SFT = {"steps": 40, "learning-rate": 5e-3, "batch": 4, "held-out": 0, "precision": "float32", "save-every": 5}
SMALL: dict[str, Any] = {"model": "model", "seed": 3, "sft": SFT, "prepare": {"schema-tokens": 100}}


def pairs(dialect: str, source: Path) -> Iterator[dict[str, Any]]:
    """Yield the pairs of a run: what every dialect says alike, and what it says in its own words."""
    older = [(f"Who is older than {age}?", f"SELECT name FROM pupil WHERE age > {age}") for age in AGES]
    named = [
        (f"Who is {age} and has an A?", f"SELECT name FROM pupil WHERE age = {age} AND name {OWN[dialect]}")
        for age in range(8)
    ]
    for number, (asked, sql) in enumerate(older + named):
        yield {
            "id": f"q{number}", "question": asked, "sql": sql, "dialect": dialect, "database": "school",
            "source": str(source), "rows": 1, "repaired": False, "features": [], "keywords": [], "tables": ["pupil"],
            "template": f"t{number}", "skeleton": sql,
        }  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a database, questions, a run in each of two dialects, and a model that knows nothing."""
    source = tmp_path / "database" / "school" / "school.sqlite"
    source.parent.mkdir(parents=True)
    with closing(sqlite3.connect(source)) as connection:
        connection.executescript(SCHOOL)
    for dialect in OWN:
        write_run(tmp_path / "runs" / dialect, dialect, list(pairs(dialect, source)))
    write_run(tmp_path / "runs" / "older", "sqlite", list(pairs("sqlite", source))[: len(AGES)])
    asked = [{name: pair[name] for name in ("id", "question", "sql", "database")} for pair in pairs("sqlite", source)]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(each) + "\n" for each in asked[: len(AGES)]))
    save_model(tmp_path / "model")
    return tmp_path


def write_run(folder: Path, dialect: str, kept: list[dict[str, Any]]) -> None:
    with closing(RunDirectory.open(folder, {"dialect": dialect})) as run:
        for number, pair in enumerate(kept):
            run.commit(ItemResult(number, "kept", None, False, pair, [], [], 0.0))


def save_model(folder: Path) -> None:
    """Save a model of some thousand weights, whose tokenizer has words for what is said here: prompts are short."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    said = [SCHOOL, "You answer questions about a database with queries in SQLite SQL. DuckDB SQL.", "PRIMARY KEY (id)"]
    said += [f"Question: {pair['question']}\n\n{pair['sql']}" for dialect in OWN for pair in pairs(dialect, folder)]
    said += [
        "Reply with one SQLite SQL query that answers it, and nothing else.",
        "CREATE TABLE pupil (\n  id NOT NULL,",
    ]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet, show_progress=False)
    words.train_from_iterator(said, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<|end|>", chat_template=PLAIN)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|turn|>"]})
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=1024,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def write_recipe(folder: Path, name: str, **sections: Any) -> str:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(SMALL | {"out": name} | sections, sort_keys=False))
    return f"{name}.yaml"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return called(folder, "train", "run", *words)


def called(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "isogloss", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(folder),
        timeout=500,
        check=False,
    )


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, **ONE_THREAD, "ISOGLOSS_HOME": str(folder / "home")}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def done(folder: Path) -> list[str]:
    return [line["name"] for line in lines(folder / "stages.jsonl") if "result" in line]


def kill_in(folder: Path, recipe: str, log: Path) -> None:
    """Start a training, and kill it with all its might once a log has a few lines; wait until nothing is left of it."""
    command = [sys.executable, "-m", "isogloss", "train", "run", recipe]
    with subprocess.Popen(command, cwd=folder, env=environment(folder), stderr=subprocess.DEVNULL) as training:
        wait_until(lambda: len(lines(log)) > 7 or training.poll() is not None)
        assert training.poll() is None
        below = descendants(training.pid)
        assert any("train sft" in command_of(process) for process in below)
        training.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(map(command_of, below)))


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 200
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_killed_in_a_stage_it_goes_on_there(place: Path) -> None:
    recipe = write_recipe(
        place,
        "mixed",
        dialects={dialect: [f"runs/{dialect}"] for dialect in OWN},
        merge={"method": "slerp"},
        mixture={"gate": "last"},
        tune={"weights": "gates", "steps": 2, "held-out": 0, "precision": "float32"},
    )
    kill_in(place, recipe, place / "mixed" / "duckdb" / ".sft.training" / "losses.jsonl")
    assert done(place / "mixed") == ["prepare sqlite", "prepare duckdb", "sft sqlite"]
    ended = called(place, "runs", "resume", "mixed")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("done before") == 3
    assert done(place / "mixed") == [
        *("prepare sqlite", "prepare duckdb", "sft sqlite", "sft duckdb", "merge", "keywords", "mixture", "tune"),
    ]
    assert "next: isogloss doctor --model hf:mixed/tune" in ended.stdout
    assert [line["name"] for line in lines(place / "mixed" / "stages.jsonl")].count("sft duckdb") == 3  # begun twice
    by_hand = [sys.executable, "-m", "isogloss", *undisturbed(place / "mixed", "sft duckdb")]
    subprocess.run(by_hand, cwd=place, env=environment(place), check=True, capture_output=True)
    assert furthest(place / "mixed/duckdb/sft", place / "by-hand") <= 1e-6


def undisturbed(folder: Path, name: str) -> list[str]:
    """Return the command of a stage, with another place for what it makes."""
    words: list[str] = next(line["words"] for line in lines(folder / "stages.jsonl") if line["name"] == name)
    return ["by-hand" if before == "--out" else word for before, word in zip(["", *words], words, strict=False)]


def furthest(one: Path, other: Path) -> float:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def test_an_expert_learns_in_rounds(place: Path) -> None:
    recipe = write_recipe(
        place,
        "rounds",
        dialects={"sqlite": ["runs/older"]},
        sft=SFT | {"steps": 60},
        sample={**ANSWERED, "n": 8},
        dpo={"steps": 2, "held-out": 0, "precision": "float32"},
        evaluate={**ANSWERED, "stages": ["base", "dpo"]},
    )
    ended = run(place, recipe, "--json")
    assert ended.returncode == 0, ended.stderr
    report = json.loads(ended.stdout)
    assert report == json.loads((place / "rounds" / "report.json").read_text())
    assert [stage["name"] for stage in report["stages"]] == [
        *("prepare sqlite", "sft sqlite", "sample sqlite · round 1", "prepare sqlite · round 1"),
        *("sft sqlite · round 1", "dpo sqlite", "evaluate base sqlite", "evaluate dpo sqlite"),
    ]
    [best, base] = report["scores"]
    assert (best["model"], base["model"]) == ("dpo", "base")
    assert best["accuracy"]["value"] > 0 == base["accuracy"]["value"]
    assert best["test"]["questions"] == len(AGES)
    assert "| dpo | " in (place / "rounds" / "report.md").read_text()
    (place / "rounds.yaml").write_text((place / "rounds.yaml").read_text().replace("steps: 60", "steps: 61"))
    changed = run(place, recipe)
    assert changed.returncode == 2
    assert "'sft sqlite' was done with '--steps 60' where the recipe now asks for '--steps 61'" in changed.stderr


def test_a_stage_that_fails_says_why_itself(place: Path) -> None:
    (place / "runs" / "sqlite" / "pairs.jsonl").write_text("")
    ended = run(place, write_recipe(place, "failed", dialects={"sqlite": ["runs/sqlite"]}))
    assert ended.returncode == 2
    assert "There is no pair to make an example of" in ended.stderr
    assert "The stage 'prepare sqlite' ended with exit code 2. What is done is kept" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_dry_run_writes_nothing(place: Path) -> None:
    recipe = write_recipe(place, "planned", dialects={"sqlite": ["runs/sqlite"]}, launch="accelerate launch --cpu")
    ended = run(place, recipe, "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[:2] == [
        "# prepare sqlite",
        "isogloss train prepare runs/sqlite --out planned/sqlite/examples.jsonl --schema-tokens 100",
    ]
    assert ended.stdout.splitlines()[3].startswith("accelerate launch --cpu -m isogloss train sft planned/sqlite/exam")
    planned = json.loads(run(place, recipe, "--dry-run", "--json").stdout)
    assert [each["stage"] for each in planned] == ["prepare sqlite", "sft sqlite"]
    assert not (place / "planned").exists()
