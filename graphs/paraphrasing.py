"""The paraphrase stage of the build graph: between the critic's yes and the pair's record."""

from dataclasses import asdict
from typing import Any

from langchain_core.messages import BaseMessage

from ..agents.asking import Answer, spoken
from ..agents.paraphrase import Paraphraser, Verified
from .nodes import Node, Update
from .state import ItemState
from .workbench import Workbench


def paraphrase_by(paraphraser: Paraphraser) -> Node:
    """Return the node that lets ``paraphraser`` say an item's question in other words.

    The item keeps the question it was verified with as ``original_question``; words that will not do are dropped,
    and the item goes on with its own question.
    """

    async def paraphrase(state: ItemState, bench: Workbench) -> Update:
        pair = Verified(state["question"], state["sql"], state["rows"])
        found = await paraphraser.rewrite(pair, bench.schema_text)
        change: Update = {"question": found.question, "original_question": pair.question} if found.question else {}
        told = change or {"dropped": found.reason}
        names = ("paraphrase", "paraphrase critic")
        steps = [_step(name, *asked) for name, asked in zip(names, found.asked, strict=False)]
        steps[0]["delta"] = told
        return {**change, "steps": steps}

    return paraphrase


def _step(node: str, messages: list[BaseMessage], answer: Answer) -> dict[str, Any]:
    return {
        "node": node,
        "seconds": 0.0,
        "delta": {},
        "prompt": str(messages[-1].content),
        "reply": spoken(answer.message),
        "tool_calls": [{"name": c["name"], "args": c["args"]} for c in answer.message.tool_calls],
        **asdict(answer.usage),
    }
