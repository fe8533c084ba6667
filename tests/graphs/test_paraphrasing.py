"""The paraphrase stage as a node: the question in other words, the original kept, or nothing changed."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from isogloss.agents.asking import Agent
from isogloss.agents.paraphrase import Paraphraser, ProposeParaphrase
from isogloss.agents.scripted import ScriptedModel
from isogloss.graphs.paraphrasing import paraphrase
from isogloss.graphs.run_models import Voice
from isogloss.graphs.state import ItemState
from isogloss.graphs.tracing.trace import Step
from isogloss.graphs.turns import traced
from isogloss.graphs.workbench import Workbench, open_workbench
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.index import open_index
from isogloss.tools.engines import open_engine

ORIGINAL = "Which products cost more than 20 euros?"
OTHER = "Which products cost over 20 euros?"
STATE: ItemState = {
    "steps": [],
    "question": ORIGINAL,
    "sql": "SELECT name FROM products WHERE price > 20",
    "rows": [["Lamp"]],
    "index": 0,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with pytest.MonkeyPatch.context() as patch, open_engine("sqlite", "shop", workers=1) as engine:
        patch.setenv("ISOGLOSS_HOME", str(tmp_path_factory.mktemp("home")))
        index = open_index(load_corpus("sqlite", "builtin"))
        yield open_workbench(engine, index, Voice(ScriptedModel()), Voice(ScriptedModel()), max_repairs=0)


def after_stage(bench: Workbench, said: str, agree: bool) -> dict[str, Any]:
    """Run the node with scripted replies; ``bench`` lends the critic's agent another model."""
    writer, judge = ScriptedModel(), ScriptedModel()
    writer.enqueue(("ProposeParaphrase", {"question": said}))
    judge.enqueue(("GiveVerdict", {"agree": agree, "reason": "", "problem": "unclear"}))
    critic = type(bench.critic)(judge, bench.critic.reply)
    paraphraser = Paraphraser(Agent(writer, ProposeParaphrase), critic, bench.dialect, bench.schema)

    async def run() -> dict[str, Any]:
        return await traced("paraphrase", paraphrase, replace(bench, paraphraser=paraphraser))(STATE)

    return asyncio.run(run())


def test_other_words_take_the_questions_place(bench: Workbench) -> None:
    update = after_stage(bench, OTHER, agree=True)
    assert (update["question"], update["original_question"]) == (OTHER, ORIGINAL)
    assert [step["node"] for step in update["steps"]] == ["paraphrase", "paraphrase critic"]
    assert Step(**update["steps"][0]).delta == {"question": OTHER, "original_question": ORIGINAL}


@pytest.mark.parametrize(
    ("said", "agree", "dropped"),
    [
        (OTHER, False, "critic: unclear"),
        ("Which products cost 20 euros?", True, "changes 'more than'"),
        ("Which products cost less than 20 euros?", True, "changes 'more than'"),
    ],
)
def test_words_that_will_not_do_change_nothing(bench: Workbench, said: str, agree: bool, dropped: str) -> None:
    update = after_stage(bench, said, agree)
    assert update.keys() == {"steps"}
    assert update["steps"][0]["delta"] == {"dropped": dropped}
