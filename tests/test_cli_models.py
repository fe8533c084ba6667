"""Models, prompts and critics from the command line: what is printed, and the exit code a script gets."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .command_line import isogloss
from .openai_server import ChatServer, failure

BUILD = ("build", "--dialect", "sqlite", "--db", "shop", "--n", "3", "--out", "run", "--json")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer().running() as running:
        yield running


def test_models_are_listed_with_what_they_lack(tmp_path: Path) -> None:
    done = isogloss("models", "--json", cwd=tmp_path, OPENAI_API_KEY="")
    found = {model["spec"]: model for model in json.loads(done.stdout)}
    assert found["grammar"]["ready"]
    assert not found["smollm2"]["ready"]
    assert found["openai:NAME"]["remedy"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("models", "add", "gpt"), "nothing to add for 'gpt'"),
        (("prompt", "show", "none"), "There is no prompt 'none'"),
        ((*BUILD, "--generator", "gpt"), "Unknown model 'gpt'"),
        ((*BUILD, "--generator", "hf:nowhere"), "nowhere"),
        ((*BUILD, "--generator", "openai:x"), "need a key"),
        ((*BUILD, "--generator", "openai:x", "--base-url", "http://127.0.0.1:9/v1"), "cannot be reached"),
        ((*BUILD, "--paraphrase", "grammar"), "takes a language model"),
        (("critic", "bench"), "runs"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = isogloss(*words, cwd=tmp_path, OPENAI_API_KEY="", HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert said in last


def test_a_build_tells_scripts_what_its_model_took(tmp_path: Path, server: ChatServer) -> None:
    options = ("--generator", "openai:x", "--critic", "openai:x", "--base-url", server.url)
    done = isogloss(*BUILD, *options, cwd=tmp_path)
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["totals"]["kept"]) == (0, 3)
    assert {node["node"]: node["calls"] for node in summary["spending"]["nodes"]} == dict.fromkeys(
        ("expand", "fill", "critic"), 3
    )
    assert "INFO" not in done.stderr


def test_a_model_that_fails_later_ends_with_1_and_what_there_is(tmp_path: Path, server: ChatServer) -> None:
    options = ("--generator", "openai:x", "--critic", "openai:x", "--base-url", server.url, "--in-flight", "1")
    isogloss(*BUILD, *options, cwd=tmp_path)
    server.answer = lambda _: failure(429, retry_after="9999")
    done = isogloss(*(("6" if word == "3" else word) for word in BUILD), *options, cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["totals"]["kept"] == 3
    assert "asks to wait 9,999 s" in done.stderr.splitlines()[-1]


def test_prompts_are_shown_copied_and_used(tmp_path: Path) -> None:
    copied = isogloss("prompt", "copy", "fill", cwd=tmp_path)
    own = tmp_path / "home/prompts/fill.md"
    assert str(own) in copied.stdout
    own.write_text("Be brief.\n", encoding="utf-8")
    assert isogloss("prompt", "show", "fill", cwd=tmp_path).stdout == "Be brief.\n"
    rows = json.loads(isogloss("prompt", "list", "--json", cwd=tmp_path).stdout)
    assert {row["name"] for row in rows if row["own"]} == {"fill"}


def test_a_critic_is_measured_on_a_run(tmp_path: Path) -> None:
    isogloss("build", "--dialect", "sqlite", "--db", "shop", "--n", "12", "--out", "run", cwd=tmp_path)
    done = isogloss("critic", "bench", "--pairs", "run", "--n", "8", "--json", cwd=tmp_path)
    report = json.loads(done.stdout)
    assert report["right"] + report["wrong"] == 8
    assert report["wrong"] == 4
    assert len(list(tmp_path.glob("run/critic-grammar-8-0-??????.json"))) == 1
