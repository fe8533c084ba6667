"""Breakpoints: where items wait, what a person's word does to them, and that the others go on."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.build import BuildConfig, build
from isogloss.graphs.tracing.breakpoints import Breaker, Breakpoints, Decision, breakpoints
from isogloss.graphs.tracing.query import Story, read_story
from isogloss.graphs.tracing.replay import replay
from isogloss.graphs.tracing.trace import Trace
from isogloss.tools.errors import UsageError

from ..command_line import isogloss
from .observers import Nobody
from .terminals import seen, terminal

GO_ON = Decision("go on")
FAILED = {"steps": [{"node": "execute"}], "attempts": [{"outcome": "error", "error_class": "type_mismatch"}]}


class Asked:
    """A person who follows a script, and remembers what the questions were."""

    def __init__(self, decide: Callable[[str, Mapping[str, Any]], Decision]) -> None:
        self.decide = decide
        self.questions: list[tuple[int, str, str]] = []

    def __call__(self, why: str, node: str, state: Mapping[str, Any]) -> Decision:
        self.questions.append((state["index"], node, why))
        return self.decide(node, state)


def built(out: Path, points: Breakpoints, asked: Asked) -> list[Story]:
    summary = build(BuildConfig("sqlite", "shop", 6, out=out), Nobody(), Breaker(points, asked))
    return [read_story(out, item) for item in range(summary.totals.items)]


@pytest.mark.parametrize(
    ("points", "node", "state", "why"),
    [
        (Breakpoints(frozenset({"repair"})), "repair", FAILED, "before repair"),
        (Breakpoints(frozenset({"repair"})), "critic", FAILED, None),
        (Breakpoints(outcomes=frozenset({"error"})), "repair", FAILED, "after error"),
        (Breakpoints(outcomes=frozenset({"error:type_mismatch"})), "reject", FAILED, "after error:type_mismatch"),
        (Breakpoints(outcomes=frozenset({"error:syntax", "vacuous"})), "repair", FAILED, None),
        (Breakpoints(attempt=2), "execute", FAILED | {"steps": [{"node": "repair"}]}, "before attempt 2"),
        (Breakpoints(attempt=3), "execute", FAILED | {"steps": [{"node": "repair"}]}, None),
        (Breakpoints(attempt=1), "execute", {"steps": []}, "before attempt 1"),
    ],
)
def test_where_an_item_waits(points: Breakpoints, node: str, state: dict[str, Any], why: str | None) -> None:
    assert points.why(node, state) == why


@pytest.mark.parametrize(
    ("nodes", "outcomes", "said"),
    [(["mend"], [], "mend is no node: choose one of retrieve"), ([], ["error:odd"], "error:odd is no outcome")],
)
def test_unknown_places_are_told(nodes: list[str], outcomes: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        breakpoints(nodes, outcomes, None)


def test_no_breakpoints_are_none() -> None:
    assert breakpoints([], [], None) is None


def test_sql_written_at_a_breakpoint_is_what_is_executed(tmp_path: Path) -> None:
    written = Decision("go on", {"sql": "SELECT oops FROM customers"})
    asked = Asked(lambda *_: written if len(asked.questions) == 1 else GO_ON)
    stories = built(tmp_path / "run", Breakpoints(frozenset({"execute"})), asked)
    executed = next(step for step in stories[asked.questions[0][0]].steps if step.node == "execute")
    assert (executed.sql, executed.error_class) == ("SELECT oops FROM customers", "unknown_column")
    assert executed.delta == {"by hand": {"sql": "SELECT oops FROM customers"}}
    assert not [each for each in replay(tmp_path / "run") if each.divergence]


def test_a_dropped_item_ends_there_and_replays(tmp_path: Path) -> None:
    asked = Asked(lambda _, state: Decision("drop") if state["index"] % 2 else GO_ON)
    stories = built(tmp_path / "run", Breakpoints(frozenset({"critic"})), asked)
    dropped = [story for story in stories if story.summary["reason"] == "dropped by hand"]
    assert dropped
    assert {story.summary["item"] % 2 for story in dropped} == {1}
    assert {story.steps[-1].node for story in dropped} == {"drop"}
    assert not [each for each in replay(tmp_path / "run") if each.divergence]


def test_an_item_let_go_is_not_asked_about_again(tmp_path: Path) -> None:
    asked = Asked(lambda *_: Decision("let go"))
    built(tmp_path / "run", Breakpoints(frozenset({"execute", "critic"})), asked)
    items = [item for item, _, _ in asked.questions]
    assert items
    assert len(items) == len(set(items))


def test_all_let_go_are_asked_about_no_more(tmp_path: Path) -> None:
    asked = Asked(lambda *_: Decision("let all go"))
    built(tmp_path / "run", Breakpoints(frozenset({"expand"})), asked)
    assert len(asked.questions) == 1


def test_others_go_on_while_an_item_waits(tmp_path: Path) -> None:
    steps_of_others = 0

    class OfTheFirst(Breakpoints):
        def why(self, node: str, state: Mapping[str, Any]) -> str | None:
            return "the first" if node == "fill" and not state["index"] else None

    class Counting(Breaker):
        async def before(self, step: int, node: str, state: Mapping[str, Any]) -> dict[str, Any]:
            nonlocal steps_of_others
            steps_of_others += state["index"] != 0
            return await super().before(step, node, state)

    def wait_for_others(*_: object) -> Decision:
        before, until = steps_of_others, time.monotonic() + 30
        while steps_of_others < before + 5 and time.monotonic() < until:
            time.sleep(0.01)
        return GO_ON if steps_of_others >= before + 5 else Decision("drop")

    player = Counting(OfTheFirst(), wait_for_others)
    build(BuildConfig("sqlite", "shop", 6, out=tmp_path / "run"), Nobody(), player)
    assert read_story(tmp_path / "run", 0).summary["reason"] != "dropped by hand"


def test_breakpoints_are_driven_by_keys_in_a_terminal(tmp_path: Path) -> None:
    words = ("build", "--dialect", "sqlite", "--db", "shop", "--n", "3", "--out", "run", "--break", "execute")
    with terminal(tmp_path, *words, EDITOR="sed -i s/SELECT/SELECT\\ oops,/", last="O") as screen:
        assert "waits before execute" in seen(screen, "q stop")
        os.write(screen, b"w")
        assert "sql written by hand" in seen(screen, "q stop")
        os.write(screen, b"c")
        seen(screen, "q stop")
        os.write(screen, b"x")
        seen(screen, "q stop")
    with closing(Trace.read(tmp_path / "run" / "trace.sqlite")) as trace:
        changed = list(trace.query("SELECT error_class FROM steps WHERE delta LIKE '%by hand%' AND node = 'execute'"))
        dropped = list(trace.query("SELECT item FROM items WHERE reason = 'dropped by hand'"))
    assert changed == [{"error_class": "unknown_column"}]
    assert len(dropped) == 1


def test_breakpoints_need_a_terminal(tmp_path: Path) -> None:
    ended = isogloss("build", "--dialect", "sqlite", "--db", "shop", "--break", "execute", cwd=tmp_path)
    assert (ended.returncode, "error: Breakpoints need a terminal" in ended.stderr) == (2, True)
    assert not (tmp_path / "runs").exists()
