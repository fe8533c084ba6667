"""From an item's final state to what a run keeps of it."""

from typing import Any, Literal

from ..tools.skeleton import skeleton
from .duplicates import sql_digest, tables_of
from .run_directory import ItemResult
from .state import ItemState
from .statistics import features
from .tracing.tape import BY_HAND
from .tracing.trace import Step

BEGINNING: tuple[Literal["index", "seed", "seed_template", "focus"], ...] = ("index", "seed", "seed_template", "focus")


def item_result(state: ItemState, lineage: dict[str, Any]) -> ItemResult:
    """Return the result of an item: its pair if it is kept, every attempt, and the steps for the trace."""
    status: Literal["kept", "rejected"] = "kept" if state["status"] == "kept" else "rejected"
    reason = None if status == "kept" else state["reason"]
    attempts = [{"item": state["index"], **a} for a in state["attempts"]]
    steps = [Step(**step) for step in state["steps"]]
    pair = _pair(state, lineage) if status == "kept" else None
    seconds = sum(s.seconds for s in steps)
    beginning: dict[str, Any] = {key: state[key] for key in BEGINNING}
    return ItemResult(state["index"], status, reason, len(attempts) > 1, pair, attempts, steps, seconds, beginning)


def _pair(state: ItemState, lineage: dict[str, Any]) -> dict[str, Any]:
    sql, dialect = state["sql"], lineage["dialect"]
    return {
        "id": f"{lineage['dialect']}-{lineage['database']}-{lineage['seed']}-{state['index']}",
        "question": state["question"],
        **({"original_question": state["original_question"]} if "original_question" in state else {}),
        "sql": sql,
        "paraphrases": state["paraphrases"],
        "rows": state["row_count"],
        "tables": list(tables_of(sql, dialect)),
        "keywords": state["keywords"],
        "features": sorted(features(sql, dialect)),
        "skeleton": skeleton(sql, dialect),
        "sql_digest": sql_digest(sql, dialect),
        "template": state["template"],
        "seed_query": state["seed"],
        "snippets": [s["id"] for s in state["snippets"]],
        "taught_by": state["taught_by"],
        **({"by_hand": by_hand} if (by_hand := _by_hand(state)) else {}),
        "attempts": len(state["attempts"]),
        "repaired": len(state["attempts"]) > 1,
        **lineage,
    }


def _by_hand(state: ItemState) -> list[str]:
    """Return what of the item a person wrote at breakpoints."""
    return sorted({name for step in state["steps"] for name in step["delta"].get(BY_HAND, ())})
