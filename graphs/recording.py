"""What a node did, as a step for the trace, and retrieved snippets as plain values of an item's state."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from langchain_core.messages import BaseMessage

from ..agents.asking import Answer, spoken
from ..knowledge.snippet import Hit, Snippet
from .state import ItemState

Update = dict[str, Any]


def step(
    node: str,
    delta: Update,
    messages: Sequence[BaseMessage] | None = None,
    answer: Answer | None = None,
    **more: Any,
) -> Update:
    """Return the update that adds one step: what ``node`` changed, what it asked and what it was answered."""
    recorded: Update = {"node": node, "seconds": 0.0, "delta": delta, **more}
    if messages:
        recorded["prompt"] = str(messages[-1].content)
    if answer is not None:
        recorded |= {
            "model": answer.model,
            "reply": spoken(answer.message),
            "tool_calls": [{"name": c["name"], "args": c["args"]} for c in answer.message.tool_calls],
        }
        recorded |= asdict(answer.usage)
    return {"steps": [recorded]}


def hit_record(hit: Hit) -> dict[str, Any]:
    """Return a retrieved snippet with its score as plain values."""
    s = hit.snippet
    return {
        "id": s.id,
        "title": s.title,
        "score": round(hit.score, 4),
        "source": s.source,
        "text": s.text,
        "keywords": list(s.keywords),
    }


def hits_of(state: ItemState) -> list[Hit]:
    """Return the snippets that were retrieved for an item."""
    return [
        Hit(Snippet(h["id"], "", h["title"], h["text"], h["source"], tuple(h["keywords"])), h["score"])
        for h in state["snippets"]
    ]
