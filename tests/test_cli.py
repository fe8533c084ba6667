"""The command line as a person and a script meet it."""

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from isogloss.graphs.cleaning import strip_escapes
from isogloss.graphs.run_directory import ItemResult, RunDirectory
from isogloss.graphs.tracing.trace import Step

from .command_line import isogloss

BROKEN, MENDED = "SELECT nam FROM airlines WHERE carrier = 'AA'", "SELECT name FROM airlines WHERE carrier = 'AA'"
HEAVY = (
    "torch",
    "transformers",
    "chromadb",
    "langgraph",
    "langchain_core",
    "duckdb",
    "sqlglot",
    "sqlalchemy",
    "psycopg",
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with one run: item 0 repaired and kept, item 1 rejected."""
    run = RunDirectory.open(tmp_path / "runs" / "sqlite-flights-0", {"dialect": "sqlite", "seed": 0})
    steps = [
        Step("fill", 0.01, {"sql": BROKEN}, prompt="Fill the template.", reply="Filled."),
        Step(
            "execute", 0.01, {}, sql=BROKEN, outcome="error", error_class="unknown_column", error="no such column: nam"
        ),
        Step("repair", 0.01, {"sql": MENDED}, snippets=[{"title": "Names", "score": 0.5, "source": "names.md"}]),
        Step("execute", 0.01, {}, sql=MENDED, outcome="runs", rows=[["American"]]),
        Step("accept", 0.0, {"status": "kept"}),
    ]
    pair = {
        "id": "sqlite-flights-0-0", "question": "What is the name of the airline AA?", "sql": MENDED, "rows": 1,
        "repaired": True, "dialect": "sqlite", "features": [], "template": "t", "skeleton": "s", "tables": ["airlines"],
        "keywords": ["WHERE"],
    }  # fmt: skip
    run.commit(ItemResult(0, "kept", None, True, pair, [{"sql": BROKEN}, {"sql": MENDED}], steps, 0.04))
    run.commit(ItemResult(1, "rejected", "vacuous", False, None, [], [Step("reject", 0.0, {})], 0.0))
    run.close()
    return tmp_path


def test_starting_loads_nothing_heavy() -> None:
    code = f"import sys, isogloss.cli; print([m for m in {HEAVY} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("trace list nowhere", "nowhere is not a run"),
        ("trace show 7", "has no item 7"),
        ("trace show seven", "'seven' names no item"),
        ("trace step a b c", "'a b c' names no item"),
        ("dataset stats nowhere", "nowhere is not a run"),
        ("corpus list klingon", "unknown dialect 'klingon'"),
        ("corpus use sqlite nowhere", "There is no corpus 'nowhere'"),
        ("corpus search sqlite words --corpus ../../etc", "is no name for a corpus"),
        ("build --dialect klingon", "unknown dialect 'klingon'"),
        ("build --dialect sqlite --generator nobody", "nobody"),
        ("build --dialect sqlite --db nowhere.sqlite", "nowhere.sqlite"),
        ("build --dialect sqlite --seeds nowhere.sql", "nowhere.sql"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(place: Path, words: str, sentence: str) -> None:
    done = isogloss(*words.split(), cwd=place)
    said = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert (done.returncode, done.stdout, len(said)) == (2, "", 1)
    assert sentence in said[0]
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in (place / "runs").iterdir()) == ["sqlite-flights-0"]


@pytest.mark.parametrize("words", ["", "nonsense", "build", "build --dialect sqlite -n 0", "trace list --status maybe"])
def test_a_line_that_does_not_parse_exits_with_2(place: Path, words: str) -> None:
    assert isogloss(*words.split(), cwd=place).returncode == 2


@pytest.mark.parametrize(
    "words",
    ["--help", "trace list", "trace show 0", "trace step 0", "dataset show", "dataset stats", "doctor", "corpus list"],
)
def test_without_a_terminal_output_is_plain(place: Path, words: str) -> None:
    done = isogloss(*words.split(), cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout


def test_a_story_tells_what_was_tried_and_what_mended_it(place: Path) -> None:
    story = isogloss("trace", "show", "0", cwd=place).stdout
    for said in (
        "2 attempts",
        "no such column: nam",
        "- SELECT nam",
        "+ SELECT name",
        "changed nam to name",
        "American",
    ):
        assert said in story


def test_lists_are_filtered(place: Path) -> None:
    def items(*words: str) -> list[int]:
        return [row["item"] for row in json.loads(isogloss("trace", "list", *words, "--json", cwd=place).stdout)]

    assert items() == [0, 1]
    assert items("--status", "kept") == items("--repaired") == [0]
    assert items("--reason", "VACU") == [1]
    assert items("--limit", "1") == [1]
    assert items("sqlite-flights-0", "--reason", "%") == []


def test_json_is_for_scripts(place: Path) -> None:
    assert json.loads(isogloss("dataset", "stats", "--json", cwd=place).stdout)["repaired"] == 1
    assert json.loads(isogloss("dataset", "show", "--json", cwd=place).stdout)[0]["sql"] == MENDED
    assert json.loads(isogloss("trace", "show", "0", "--json", cwd=place).stdout)["steps"][1]["outcome"] == "error"
    assert {check["area"] for check in json.loads(isogloss("doctor", "--json", cwd=place).stdout)} >= {
        "engine",
        "model",
    }


def test_the_latest_run_is_meant_where_none_is_named(place: Path) -> None:
    time.sleep(0.02)
    RunDirectory.open(place / "runs" / "newer", {"dialect": "sqlite"}).close()
    assert isogloss("trace", "list", "--json", cwd=place).stdout == "[]\n"


def test_what_a_model_wrote_cannot_drive_the_terminal(place: Path) -> None:
    pairs = place / "runs" / "sqlite-flights-0" / "pairs.jsonl"
    pair = json.loads(pairs.read_text()) | {
        "question": "\x1b]0;owned\x07\x1b[2Jhello [red]you[/red]",
        "sql": "SELECT '\x1b[2J'",
    }
    pairs.write_text(json.dumps(pair) + "\n")
    shown = isogloss("dataset", "show", cwd=place, FORCE_COLOR="1", TERM="xterm").stdout
    assert "hello [red]you[/red]" in shown
    assert not [bad for bad in ("\x1b]", "\x07", "\x1b[2J") if bad in shown]


def press(place: Path, keys: list[str], **environment: str) -> list[str]:
    """Return the screens that ``trace step 0`` shows in a terminal of 80 by 24: the first, and one after each key."""
    settings = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", **environment}
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(place)
        os.execve(sys.executable, [sys.executable, "-m", "isogloss", "trace", "step", "0"], settings)
    screens = [_read(terminal, b"quit")]
    for key in keys:
        os.write(terminal, key.encode())
        screens.append(_read(terminal, b"quit"))
    os.write(terminal, b"q")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    return screens


def _read(terminal: int, until: bytes) -> str:
    """Read what the terminal is sent, up to ``until`` at its end and a pause."""
    text, end = b"", time.monotonic() + 30
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.15)[0]:
            text += os.read(terminal, 65536)
        elif until in text:
            return text.decode()
    raise AssertionError(f"no {until!r} in {text!r}")


def test_keys_step_through_a_story(place: Path) -> None:
    screens = map(strip_escapes, press(place, ["n", "G", "p", "g", "?", "n"], NO_COLOR="1"))
    first, second, last, before, begin, help_, step = screens
    assert "1/5 fill" in first
    assert "no such column: nam" in second
    assert "5/5 accept" in last
    assert "4/5 execute" in before
    assert "1/5 fill" in begin
    assert "this help" in help_
    assert "2/5 execute" in step


def test_d_shows_what_the_repair_changed(place: Path) -> None:
    screens = [strip_escapes(screen) for screen in press(place, ["G", "d", "d"], NO_COLOR="1")]
    assert "+ SELECT name" in screens[2]
    assert "changed nam to name" in screens[2]
    assert "5/5 accept" in screens[3]


def test_no_color_is_respected(place: Path) -> None:
    assert "\x1b[3" not in press(place, ["n"], NO_COLOR="1")[1]
    assert "\x1b[3" in press(place, ["n"], NO_COLOR="")[1]
