"""The state of one item on its way through the build graph: plain JSON values and the messages in flight."""

import operator
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages


class Conversation(TypedDict, total=False):
    """What every item has: ``messages`` is the conversation of the agent whose turn it is."""

    messages: Annotated[list[AnyMessage], add_messages]
    turns: int
    reason: str
    steps: Annotated[list[dict[str, Any]], operator.add]


class ItemState(Conversation, total=False):
    """An item of a build. ``attempts`` has every execution so far."""

    index: int
    seed: str
    seed_template: str
    focus: str
    snippets: list[dict[str, Any]]
    template: str
    keywords: list[str]
    taught_by: str
    sql: str
    question: str
    original_question: str
    paraphrases: list[str]
    attempts: Annotated[list[dict[str, Any]], operator.add]
    rows: list[list[Any]]
    row_count: int
    verdict: dict[str, Any]
    status: str


def item_beginning(index: int, seed: str, template: str, focus: str) -> ItemState:
    """Return the state in which item ``index`` of a build begins: a seed query's template, and a keyword for it."""
    return {
        "index": index,
        "seed": seed,
        "seed_template": template,
        "focus": focus,
        "messages": [],
        "attempts": [],
        "steps": [],
    }
