"""One item's way through the graph, with scripted replies and a real engine."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.scripted import ScriptedModel
from isogloss.graphs.item_graph import item_graph
from isogloss.graphs.run_models import Voice
from isogloss.graphs.state import item_beginning
from isogloss.graphs.workbench import Workbench, open_workbench
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import Index, open_index
from isogloss.tools.engines import Engine, open_engine

GOOD = {"sql": "SELECT name FROM products WHERE price > 20", "question": "Which products cost more than 20 euros?"}
EMPTY = {"sql": "SELECT name FROM products WHERE price > 99999", "question": "Which cost more than 99999?"}
WRONG = {"sql": "SELECT nam FROM products WHERE price > 20", "question": "Which products cost more than 20?"}
AGREE = {"agree": True, "reason": "fine", "problem": "none"}
TEMPLATE = {"template": "SELECT t1.text_1 FROM table_1 AS t1", "keywords": [], "snippet": ""}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("sqlite", "shop", workers=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.mktemp("home")))
        opened = open_index(load_corpus("sqlite", "builtin"))
        yield opened


class Item:
    """Runs one item with the replies enqueued on its models."""

    def __init__(self, engine: Engine, index: Index) -> None:
        self.generator, self.critic = ScriptedModel(), ScriptedModel()
        self.bench: Workbench = open_workbench(engine, index, Voice(self.generator), Voice(self.critic), max_repairs=2)

    def run(self, template: dict[str, Any] | None = None) -> dict[str, Any]:
        self.generator._replies.appendleft(_message("ProposeTemplate", template or TEMPLATE))
        state = item_beginning(0, "s", "SELECT 1", "IIF")
        result: dict[str, Any] = asyncio.run(item_graph(self.bench).ainvoke(state))
        return result


def _message(name: str, arguments: dict[str, Any]) -> Any:
    model = ScriptedModel()
    model.enqueue((name, arguments))
    return model._replies[0]


@pytest.fixture
def item(engine: Engine, index: Index) -> Item:
    return Item(engine, index)


def nodes(state: dict[str, Any]) -> list[str]:
    return [step["node"] for step in state["steps"]]


def test_the_straight_way(item: Item) -> None:
    item.generator.enqueue(("sample_values", {"table": "products", "column": "price"}))
    item.generator.enqueue(("ProposeCandidate", GOOD))
    item.critic.enqueue(("GiveVerdict", AGREE))
    state = item.run()
    assert nodes(state) == ["retrieve", "expand", "fill", "tools", "fill", "execute", "critic", "accept"]
    assert (state["status"], len(state["attempts"])) == ("kept", 1)


def test_a_failing_query_is_repaired(item: Item) -> None:
    item.generator.enqueue(("ProposeCandidate", WRONG))
    item.generator.enqueue(("ProposeRepair", {**GOOD, "change": "named the column rightly"}))
    item.critic.enqueue(("GiveVerdict", AGREE))
    state = item.run()
    assert nodes(state)[3:] == ["execute", "repair", "execute", "critic", "accept"]
    assert [a["error_class"] for a in state["attempts"]] == ["unknown_column", None]
    assert state["steps"][4]["snippets"]


def test_the_same_error_twice_ends_the_item(item: Item) -> None:
    item.generator.enqueue(("ProposeCandidate", WRONG))
    item.generator.enqueue(("ProposeRepair", {**WRONG, "change": "nothing"}))
    state = item.run()
    assert (state["status"], state["reason"], len(state["attempts"])) == ("rejected", "error: unknown_column", 2)


def test_repairs_are_bounded(item: Item) -> None:
    item.generator.enqueue(("ProposeCandidate", WRONG))
    for number in range(5):
        item.generator.enqueue(("ProposeRepair", {**WRONG, "sql": f"SELECT nam{number} FROM products", "change": ""}))
    state = item.run()
    assert (state["status"], len(state["attempts"])) == ("rejected", 3)


@pytest.mark.parametrize(
    ("candidate", "outcome"),
    [
        (EMPTY, "vacuous"),
        ({"sql": "SELECT NULL AS a FROM products", "question": "?"}, "vacuous"),
        (
            {"sql": "SELECT name FROM products ORDER BY category LIMIT 3", "question": "The first 3?"},
            "nondeterministic",
        ),
        ({"sql": "SELECT random() AS a", "question": "A number?"}, "nondeterministic"),
        ({"sql": "DROP TABLE products", "question": "?"}, "rejected"),
        ({"sql": "SELECT 1; SELECT 2", "question": "?"}, "rejected"),
    ],
)
def test_a_result_of_no_use_is_not_kept(item: Item, candidate: dict[str, str], outcome: str) -> None:
    item.generator.enqueue(("ProposeCandidate", candidate))
    item.generator.enqueue(("GiveUp", {"reason": "no idea"}))
    state = item.run()
    assert (state["status"], state["attempts"][0]["outcome"]) == ("rejected", outcome)


def test_the_critic_has_the_last_word(item: Item) -> None:
    item.generator.enqueue(("ProposeCandidate", GOOD))
    item.critic.enqueue(("GiveVerdict", {"agree": False, "reason": "no", "problem": "wrong_column"}))
    state = item.run()
    assert (state["status"], state["reason"]) == ("rejected", "critic: wrong_column")


@pytest.mark.parametrize(
    ("template", "candidate", "reason"),
    [
        ({**TEMPLATE, "keywords": ["GROUP_CONCAT"]}, GOOD, "construct not used"),
        (TEMPLATE, {**GOOD, "question": "Which products are dear?"}, "literal not in question"),
    ],
)
def test_what_can_be_checked_is_checked_first(
    item: Item, template: dict[str, Any], candidate: dict[str, str], reason: str
) -> None:
    item.generator.enqueue(("ProposeCandidate", candidate))
    state = item.run(template)
    assert (state["status"], state["reason"], item.critic.seen) == ("rejected", reason, [])


def test_a_malformed_reply_is_asked_for_once_more(item: Item) -> None:
    item.generator.enqueue(("ProposeCandidate", {"sql": "SELECT 1"}))
    item.generator.enqueue(("ProposeCandidate", GOOD))
    item.critic.enqueue(("GiveVerdict", AGREE))
    assert item.run()["status"] == "kept"


@pytest.mark.parametrize("reply", [("drop_everything", {}), ("ProposeCandidate", {})])
def test_two_malformed_replies_end_the_item(item: Item, reply: tuple[str, dict[str, Any]]) -> None:
    item.generator.enqueue(reply)
    item.generator.enqueue(reply)
    state = item.run()
    assert state["status"] == "rejected"
    assert state["reason"].startswith("no candidate")


def test_identical_tool_calls_end_the_turn(item: Item) -> None:
    for _ in range(3):
        item.generator.enqueue(("sample_values", {"table": "products", "column": "price"}))
    state = item.run()
    assert (state["status"], nodes(state).count("tools")) == ("rejected", 1)


def test_an_unknown_column_is_told_to_the_model(item: Item, tmp_path: Path) -> None:
    item.generator.enqueue(("sample_values", {"table": "products", "column": "absent"}))
    item.generator.enqueue(("ProposeCandidate", GOOD))
    item.critic.enqueue(("GiveVerdict", AGREE))
    state = item.run()
    assert "there is no column products.absent" in str(state["steps"][3]["delta"])
