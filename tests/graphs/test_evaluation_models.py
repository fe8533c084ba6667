"""A model on a benchmark, over real HTTP: greedily, several times for pass@k, stopped, and gone on with."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from isogloss.agents.budget import RunStopped
from isogloss.agents.sampler import SamplingSettings
from isogloss.graphs.evaluation.models import ModelConfig
from isogloss.graphs.evaluation.run import EvalConfig, evaluate
from isogloss.graphs.run_models import ModelSettings
from isogloss.tools.errors import UsageError
from isogloss.training.graded import GradedAnswer

from ..command_line import isogloss
from ..openai_server import ChatServer, Reply, Request, failure, text


class Nobody:
    """An observer that looks away."""

    def on_start(self, done: int, of: int) -> None: ...
    def on_database(self, name: str) -> None: ...
    def on_answer(self, answer: GradedAnswer) -> None: ...


def replied(request: Request) -> Reply:
    """Know the number of pupils, and the oldest by the luck of the seed."""
    if "How many" in request["messages"][-1]["content"]:
        return text("```sql\nSELECT COUNT(*) FROM pupil;\n```")
    lucky = request.get("seed", 0) % 2 == 0
    return text("SELECT MAX(age) FROM pupil" if lucky else "I do not know.")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer(replied).running() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> EvalConfig:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    with closing(sqlite3.connect(tmp_path / "school.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE pupil (name TEXT, age INTEGER)")
        connection.execute("INSERT INTO pupil VALUES ('Ann', 9), ('Bob', 10)")
    entries = [
        {"id": "many", "question": "How many pupils?", "sql": "SELECT COUNT(*) FROM pupil"},
        {"id": "age", "question": "What age is the oldest?", "sql": "SELECT MAX(age) FROM pupil"},
        {"id": "bad", "question": "How tall?", "sql": "SELECT height FROM pupil"},
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps({"database": "school.sqlite", **entry}) + "\n" for entry in entries))
    model = ModelConfig("openai:x", settings=ModelSettings(base_url=server.url))
    return EvalConfig(path, "duckdb", databases=tmp_path, out=tmp_path / "eval", model=model)


def test_a_model_is_asked_once_and_graded(config: EvalConfig, server: ChatServer) -> None:
    report = evaluate(config, Nobody())
    assert (report.accuracy.questions, report.accuracy.matched) == (2, 2.0)
    assert report.left_out == {"bad_gold": 1}
    assert len(server.requests) == 2  # nobody is asked what has no gold
    assert {request["temperature"] for request in server.requests} == {0.0}


def test_pass_at_k_is_of_samples(config: EvalConfig, server: ChatServer) -> None:
    assert config.model
    sampled = replace(config, model=replace(config.model, sampling=SamplingSettings(8, 0.8, 0.95, 0)))
    report = evaluate(sampled, Nobody())
    assert [point.k for point in report.pass_curve] == [1, 2, 4, 8]
    assert len(server.requests) == 16
    estimates = [point.estimate.value for point in report.pass_curve]
    assert 0.5 < (estimates[0] or 0.0) < (estimates[1] or 0.0) < 1.0
    assert estimates[-1] == 1.0


def test_a_model_that_stops_leaves_what_it_said(config: EvalConfig, server: ChatServer) -> None:
    assert config.model
    assert config.out
    slowly = replace(config, model=replace(config.model, settings=replace(config.model.settings, in_flight=1)))
    server.answer = lambda request: replied(request) if len(server.requests) < 2 else failure(401)
    with pytest.raises(RunStopped):
        evaluate(slowly, Nobody())
    assert len((config.out / "answers.jsonl").read_text().splitlines()) == 2  # of the first question, and of bad gold
    server.answer = replied
    before = len(server.requests)
    assert evaluate(slowly, Nobody()).accuracy.matched == 2.0
    assert len(server.requests) == before + 1


def test_from_the_command_line(config: EvalConfig, server: ChatServer, tmp_path: Path) -> None:
    words = ["eval", "set.jsonl", "--dialect", "sqlite", "--databases", ".", "--base-url", server.url]
    done = isogloss(*words, "--generator", "openai:x", "-n", "2", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["about"]["system"] == "openai:x"
    wrong = isogloss(*words, "--generator", "grammar", cwd=tmp_path)
    assert (wrong.returncode, wrong.stderr.count("error: grammar answers")) == (2, 1)
    with pytest.raises(UsageError, match="Name one of"):
        evaluate(replace(config, baseline="rules"), Nobody())
