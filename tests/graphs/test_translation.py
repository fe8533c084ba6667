"""Translating question sets: the graph's turns, what is kept of them, bad input, and a process killed in mid-run."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.scripted import ScriptedModel
from isogloss.graphs.arena import open_arena
from isogloss.graphs.run_models import Voice
from isogloss.graphs.tracing.replay import replay
from isogloss.graphs.translation.bench import TranslationBench, open_bench
from isogloss.graphs.translation.graph import translation_graph
from isogloss.graphs.translation.report import translation_report
from isogloss.graphs.translation.state import beginning
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.outcome import Limits
from isogloss.tools.question_sets import Question

from ..command_line import isogloss

MIXED = """
CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT, price INTEGER);
INSERT INTO rooms VALUES (1, 'Blue', 10), (2, 'blue', 25), (3, 'Green', 'on request'), (4, 'Red', NULL);
"""
BY_SQLGLOT = "SELECT id FROM rooms WHERE id > 2"
BY_RULES = 'SELECT id FROM rooms WHERE name = "Blue"'
BY_NOBODY = "SELECT price FROM rooms WHERE id < 3"  # a column of numbers and text is text elsewhere
CURE = "SELECT CAST(price AS INTEGER) FROM rooms WHERE id < 3"


def database(folder: Path, name: str, script: str = MIXED) -> Path:
    path = folder / name / f"{name}.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


@pytest.fixture(scope="module")
def generator() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, generator: ScriptedModel) -> Iterator[TranslationBench]:
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(folder / "home"))
        path = str(database(folder, "hotel"))
        index = open_index(load_corpus("duckdb", "builtin"))
        with open_arena(path, "sqlite", "duckdb", 1, Limits()) as arena:
            yield open_bench(arena, index, Voice(generator), 2, None)


def translated(bench: TranslationBench, sql: str) -> dict[str, Any]:
    question = Question("q", "Which?", sql, "hotel", "hotel.sqlite")
    result: dict[str, Any] = asyncio.run(translation_graph(bench).ainvoke(beginning(0, question)))
    return result


@pytest.mark.parametrize(
    ("sql", "outcomes"),
    [
        (BY_SQLGLOT, ["sqlglot: match"]),
        (BY_RULES, ["sqlglot: error", "rules: match"]),
        ("SELECT avg(price) FROM rooms", ["sqlglot: error", "rules: mismatch", "exact rules: match"]),
        ("SELECT id FROM rooms WHERE name = 'blue' ORDER BY 1", ["sqlglot: match"]),
    ],
)
def test_sqlglot_comes_first_then_the_rules(bench: TranslationBench, sql: str, outcomes: list[str]) -> None:
    result = translated(bench, sql)
    assert [f"{a['by']}: {a['outcome']}" for a in result["attempts"]] == outcomes
    assert result["status"] == ("kept" if outcomes[-1].endswith(" match") else "rejected")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT nothing FROM rooms", "gold does not run"),
        ("SELECT id FROM rooms LIMIT 2", "gold hangs on chance"),
        ("SELECT id FROM rooms WHERE id > 9", "vacuous"),
    ],
)
def test_unsound_gold_is_never_translated(bench: TranslationBench, sql: str, reason: str) -> None:
    result = translated(bench, sql)
    assert (result["status"], result["reason"], result["attempts"]) == ("rejected", reason, [])


def test_the_model_is_told_the_difference_and_may_use_its_tools(
    bench: TranslationBench, generator: ScriptedModel
) -> None:
    generator.enqueue(("describe_table", {"table": "rooms"}))
    generator.enqueue(("ProposeTranslation", {"sql": CURE, "change": "cast the price"}))
    result = translated(bench, BY_NOBODY)
    assert result["status"] == "kept"
    assert [a["by"] for a in result["attempts"]] == ["sqlglot", "model"]
    asked = generator.seen[-2][-1].text
    assert f"<original>\n{BY_NOBODY}\n</original>" in asked
    assert "<rows_missing>\n[[10], [25]]\n</rows_missing>" in asked
    assert '<rows_not_wanted>\n[["10"], ["25"]]\n</rows_not_wanted>' in asked
    repair = next(step for step in result["steps"] if step["node"] == "repair")
    assert repair["snippets"]


def test_the_model_is_asked_so_often_and_not_again_for_what_it_said(
    bench: TranslationBench, generator: ScriptedModel
) -> None:
    for sql in ("SELECT id FROM rooms", "SELECT name FROM rooms"):
        generator.enqueue(("ProposeTranslation", {"sql": sql, "change": "another"}))
    result = translated(bench, BY_NOBODY)
    assert [a["by"] for a in result["attempts"]][-2:] == ["model", "model"]
    assert result["reason"] == "runs but differs"
    for _ in range(2):
        generator.enqueue(("ProposeTranslation", {"sql": "SELECT nothing FROM rooms", "change": "the same"}))
    result = translated(bench, BY_NOBODY)
    assert result["reason"] == "error(unknown_column)"


def test_a_model_that_gives_up_leaves_the_last_grade(bench: TranslationBench, generator: ScriptedModel) -> None:
    generator.enqueue(("GiveUp", {"reason": "it cannot be said"}))
    assert translated(bench, BY_NOBODY)["reason"] == "runs but differs"


@pytest.fixture
def spider(tmp_path: Path) -> Path:
    """A set in Spider's format: three databases, one not there and one that is no database, and much that is bad."""
    for name in ("hotel", "motel"):
        database(tmp_path / "database", name)
    (tmp_path / "database" / "broken").mkdir()
    (tmp_path / "database" / "broken" / "broken.sqlite").write_text("no database")
    entries = [
        {"db_id": "hotel", "question": "Which rooms?", "query": BY_SQLGLOT},
        {"db_id": "motel", "question": "Which rooms?", "query": BY_RULES},
        {"db_id": "hotel", "question": "Which prices?", "query": BY_NOBODY},
        {"db_id": "gone", "question": "Which?", "query": "SELECT 1"},
        {"db_id": "broken", "question": "Which?", "query": "SELECT 1"},
        {"db_id": "hotel", "question": "Which?", "query": "SELECT nothing FROM rooms"},
        {"db_id": "hotel", "question": "Which?"},
        {"db_id": "motel", "question": "How many?", "query": "SELECT count(*) FROM rooms"},
    ]
    (tmp_path / "dev.json").write_text(json.dumps(entries))
    return tmp_path


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_what_is_bad_is_reported_and_the_rest_goes_on(spider: Path) -> None:
    done = isogloss("translate", "dev.json", "--dialect", "duckdb", "--out", "run", cwd=spider)
    assert done.returncode == 0, done.stderr
    for told in ("There is no database 'gone'", "database not loaded", "gold does not run", "runs but differs"):
        assert told in " ".join(done.stdout.split())
    pairs = records(spider / "run" / "pairs.jsonl")
    assert [(p["source_id"], p["translated_by"]) for p in pairs] == [
        ("dev-0", "sqlglot"),
        ("dev-1", "rules"),
        ("dev-7", "sqlglot"),
    ]
    assert {p["engine"] for p in pairs} == {pairs[0]["engine"]}
    assert not any(p["stand_in"] or p["evaluation_database"] for p in pairs)
    report = translation_report(spider / "run")
    assert (report.questions, report.matched, report.provable) == (6, 3, 5)
    assert report.unmatched == {"database not loaded": 1, "gold does not run": 1, "runs but differs": 1}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["gone.json"], "gone.json"),
        (["dev.json", "--from", "klingon"], "klingon"),
        (["dev.json", "--generator", "smollm3"], "smollm3"),
    ],
)
def test_bad_input_is_one_sentence(spider: Path, words: list[str], told: str) -> None:
    done = isogloss("translate", *words, "--dialect", "duckdb", cwd=spider)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert told in done.stderr
    assert not (spider / "runs").exists()


def test_a_killed_run_goes_on_and_loses_and_doubles_nothing(tmp_path: Path) -> None:
    database(tmp_path / "database", "hotel")
    database(tmp_path / "database", "motel")
    entries = [
        {"db_id": db, "question": f"Question {n}?", "query": f"SELECT id, {n} FROM rooms WHERE id <= {n % 4 + 1}"}
        for db in ("hotel", "motel")
        for n in range(150)
    ]
    (tmp_path / "dev.json").write_text(json.dumps(entries))
    words = ("translate", "dev.json", "--dialect", "duckdb")
    kills = 0
    for _ in range(30):
        process = subprocess.Popen(
            [sys.executable, "-m", "isogloss", *words, "--out", "killed"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        before, attempts = _size(tmp_path / "killed"), time.monotonic() + 60
        while process.poll() is None and _size(tmp_path / "killed") < before + 60_000 and time.monotonic() < attempts:
            time.sleep(0.01)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills >= 2
    isogloss(*words, "--out", "killed", cwd=tmp_path)
    isogloss(*words, "--out", "undisturbed", cwd=tmp_path)
    for name in ("pairs.jsonl", "attempts.jsonl"):
        left, right = (
            [{k: v for k, v in record.items() if k != "seconds"} for record in records(tmp_path / run / name)]
            for run in ("killed", "undisturbed")
        )
        assert left == right
    assert Counter(p["database"] for p in left) == {"hotel": 150, "motel": 150}
    replays = replay(tmp_path / "killed")
    assert len(replays) == 300
    assert not [each for each in replays if each.divergence]


def _size(run: Path) -> int:
    return (run / "pairs.jsonl").stat().st_size if (run / "pairs.jsonl").exists() else 0
