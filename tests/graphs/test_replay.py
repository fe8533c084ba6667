"""Recorded items run again: as they were, another way, and side by side; and runs killed between any two nodes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.run_models import ModelSettings
from isogloss.graphs.tracing.family import families
from isogloss.graphs.tracing.fork import Fork, fork_item
from isogloss.graphs.tracing.query import read_story
from isogloss.graphs.tracing.replay import replay
from isogloss.graphs.tracing.tagged_json import dump, load
from isogloss.knowledge.corpus import add_corpus
from isogloss.tools.errors import UsageError

from ..command_line import isogloss
from .observers import Nobody

PAIRS = 100
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda moment: moment.replace(fold=0))
    | st.times().map(lambda moment: moment.replace(fold=0))
    | st.timedeltas()
    | st.uuids(),
    lambda inner: (
        st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers() | st.just("$"), inner)
    ),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("replay") / "run"
    build(BuildConfig("sqlite", "shop", PAIRS, out=out), Nobody())
    return out


@pytest.fixture
def own(run: Path, tmp_path: Path) -> Path:
    return Path(copytree(run, tmp_path / "run"))


@given(VALUES)
def test_a_value_comes_back_as_what_it_was(value: object) -> None:
    again = load(dump(value))
    assert (again, repr(again)) == (value, repr(value))


@pytest.mark.parametrize("value", [object(), {1, 2}, [date(2026, 1, 1), print]])
def test_what_would_come_back_otherwise_is_not_kept(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be kept"):
        dump(value)


def test_kept_values_have_examples_of_each_kind() -> None:
    row = (Decimal("1.50"), datetime(2026, 1, 2, tzinfo=UTC), time(3, 4), timedelta(days=-1), b"\x00", UUID(int=7))
    assert load(dump([row])) == [row]


def test_recorded_items_replay_without_divergence(run: Path) -> None:
    replays = replay(run)
    assert len(replays) >= PAIRS
    assert not [each for each in replays if each.divergence]
    assert sum(each.steps for each in replays) > 6 * PAIRS


def test_a_replay_asks_nobody(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("something was asked")

    monkeypatch.setattr("isogloss.agents.grammar.model.GrammarModel._generate", refused)
    monkeypatch.setattr("isogloss.tools.engines.pooled.PooledEngine.execute", refused)
    monkeypatch.setattr("isogloss.knowledge.index.Index.search", refused)
    assert not replay(own, ["0"])[0].divergence


def test_another_prompt_diverges_where_it_is_first_used(
    own: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "expand.md").write_text("Work the construct in, in other words.")
    [found] = replay(own, ["0"])
    assert found.divergence is not None
    assert (found.divergence.node, found.divergence.part, found.steps) == ("expand", "request", 1)


def test_another_answer_of_the_engine_is_told(own: Path) -> None:
    item, step = first_step(own, "execute")
    with sqlite3.connect(own / "trace.sqlite") as trace:
        where = "digest IN (SELECT answer FROM calls WHERE item = ? AND step = ? AND number = 0)"
        ((answer,),) = trace.execute(f"SELECT answer FROM answers WHERE {where}", (item, step))
        changed = zlib.decompress(answer).decode().replace('"runs"', '"timeout"')
        trace.execute(f"UPDATE answers SET answer = ? WHERE {where}", (zlib.compress(changed.encode()), item, step))
    [found] = replay(own, [str(item)])
    assert found.divergence is not None
    assert (found.divergence.step, found.divergence.part) == (step, "outcome")
    ended = isogloss("trace", "replay", str(own), str(item), cwd=own.parent)
    assert ended.returncode == 1
    assert f"item {item} diverges at step {step + 1}, execute: outcome" in ended.stdout
    assert "-runs" in ended.stdout
    assert "+timeout" in ended.stdout


def test_a_replay_from_the_command_line_says_so(run: Path) -> None:
    ended = isogloss("trace", "replay", str(run), "--json", cwd=run.parent)
    assert ended.returncode == 0
    assert not [each for each in json.loads(ended.stdout) if each["divergence"]]


def test_a_fork_is_a_child_beside_its_parent(own: Path) -> None:
    before = (own / "trace.sqlite").read_bytes()
    item, step = first_step(own, "execute")
    first = fork_item(own, str(item), Fork(step, {"sql": "SELECT nothing_at_all FROM customers"}))
    second = fork_item(own, f"f{first}", Fork(step, {"sql": "SELECT name FROM customers"}))
    assert (first, second) == (0, 1)
    stories = [read_story(own, name) for name in (str(item), "f0", "f1")]
    nodes = [[each.node for each in story.steps[: step + 1]] for story in stories]
    assert nodes[0] == nodes[1] == nodes[2]
    executed = [story.steps[step] for story in stories]
    assert [each.outcome for each in executed] == ["runs", "error", "runs"]
    assert (executed[1].error_class, executed[1].sql) == ("unknown_column", "SELECT nothing_at_all FROM customers")
    later = fork_item(own, "f1", Fork(step + 1, {"question": "What are the names of the customers?"}))
    assert read_story(own, f"f{later}").steps[step].sql == "SELECT name FROM customers"
    [elder] = families(own)
    assert (elder.name, elder.forks[0].name, elder.forks[0].forks[0].name) == (str(item), "f0", "f1")
    assert elder.forks[0].step == step + 1
    assert not [each for each in replay(own, ["f0", "f1", "f2"]) if each.divergence]
    assert (own / "trace.sqlite").read_bytes() == before


def test_sql_in_the_place_of_a_proposal_is_executed(own: Path) -> None:
    item, step = first_step(own, "execute")
    proposal = step - 1
    number = fork_item(own, str(item), Fork(proposal, {"sql": "SELECT 1", "question": "What is one?"}))
    story = read_story(own, f"f{number}")
    assert story.steps[proposal].delta["by hand"]["sql"] == "SELECT 1"
    assert (story.steps[step].node, story.steps[step].sql) == ("execute", "SELECT 1")


def test_another_corpus_teaches_from_the_fork_on(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path))
    lesson = tmp_path / "upper.md"
    lesson.write_text("# Upper case\n\n`UPPER` makes capitals.\n\n```sql\nSELECT upper(name) FROM customers;\n```\n")
    add_corpus("sqlite", "mine", [lesson], lambda done, whole: None)
    fork_item(own, "0", Fork(0, corpus="mine"))
    snippets = read_story(own, "f0").steps[0].snippets
    assert snippets
    assert {each["source"] for each in snippets} == {"upper.md"}


@pytest.mark.parametrize(
    ("item", "fork", "said"),
    [
        ("0", Fork(0), "Nothing is to be done otherwise"),
        ("0", Fork(0, {"rows": "1"}), "rows cannot be set"),
        ("0", Fork(99, {"sql": "SELECT 1"}), "has steps 1 to"),
        ("100000", Fork(0, {"sql": "SELECT 1"}), "no item 100000"),
        ("x", Fork(0, {"sql": "SELECT 1"}), "names no item"),
        ("0", Fork(2, {"sql": "SELECT 1"}), "no question yet at step 3"),
        ("0", Fork(0, {"sql": "SELECT 1"}, models=ModelSettings(), generator="nobody:x"), "nobody"),
    ],
)
def test_what_cannot_be_forked_is_told(own: Path, item: str, fork: Fork, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        fork_item(own, item, fork)


def test_fork_tree_and_compare_on_the_command_line(own: Path) -> None:
    item, step = first_step(own, "execute")
    forked = isogloss(
        "trace", "fork", str(own), str(item), "--at", str(step + 1), "--set", "sql=SELECT nope", cwd=own.parent
    )
    assert forked.returncode == 0, forked.stderr
    assert "f0 rejected" in forked.stdout
    tree = isogloss("trace", "tree", str(own), cwd=own.parent)
    assert "└── f0 rejected" in tree.stdout
    compared = isogloss("trace", "compare", str(own), str(item), "f0", cwd=own.parent)
    assert "≠" in compared.stdout
    assert "execute error" in compared.stdout
    wrong = isogloss("trace", "compare", str(own), str(item), cwd=own.parent)
    assert (wrong.returncode, wrong.stderr.startswith("error: Two items are compared")) == (2, True)


def first_step(run: Path, node: str) -> tuple[int, int]:
    with sqlite3.connect(run / "trace.sqlite") as trace:
        (found,) = trace.execute(
            "SELECT item, step FROM steps WHERE node = ? AND item > 0 ORDER BY item LIMIT 1", (node,)
        )
    return int(found[0]), int(found[1])


_KILLED = """
import os, signal, sys
from pathlib import Path
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.tracing.tape import PLAYER, Recording

out, item, step = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

class Nobody:
    def on_stage(self, name): ...
    def on_item(self, result, totals): ...
    def on_sql(self, sql): ...

class Killer:
    def tape(self, step):
        return Recording()

    async def before(self, number, node, state):
        if (state["index"], number) == (item, step):
            os.kill(os.getpid(), signal.SIGKILL)
        return {}

PLAYER.set(Killer())
build(BuildConfig("sqlite", "shop", 12, out=Path(out)), Nobody())
"""


def test_a_run_killed_before_any_node_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    build(BuildConfig("sqlite", "shop", 12, out=whole), Nobody())
    with sqlite3.connect(whole / "trace.sqlite") as trace:
        places = trace.execute("SELECT node, item, min(step) FROM steps WHERE item > 2 GROUP BY node").fetchall()
    assert {"retrieve", "expand", "fill", "tools", "execute", "critic", "accept"} <= {node for node, _, _ in places}
    killed = tmp_path / "killed"
    for _, item, step in sorted(places, key=lambda place: place[1:]):
        command = [sys.executable, "-c", _KILLED, str(killed), str(item), str(step)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=dict(os.environ))
        assert ended.returncode == -signal.SIGKILL, ended.stderr
    build(BuildConfig("sqlite", "shop", 12, out=killed), Nobody())
    for name in ("pairs.jsonl", "attempts.jsonl"):
        assert records(killed / name) == records(whole / name)
    assert not [each for each in replay(killed) if each.divergence]


def records(path: Path) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]
