"""What a stage came to, in a few words: from what its command printed as JSON."""

from collections.abc import Iterator
from typing import Any

from ...training.metrics import Estimate
from ..evaluation.tables import percent
from .state import Done


def facts(done: Done) -> list[str]:
    """Return what a reader wants to know of a stage that is done, such as how its loss fell."""
    result = done["result"]
    match done["kind"] if result else None:
        case "sft" | "dpo" | "tune":
            return list(_of_training(result))
        case "prepare":
            return [f"{result['examples']:,} examples"]
        case "sample":
            counts = result["data"]
            return [f"{counts['valid']:,} right queries", f"{counts['preferences']:,} preferences"]
        case "merge":
            return [f"{name} {100 * each['share']:.0f} %" for name, each in result["branches"].items()]
        case "keywords":
            return [f"{queries} queries of {dialect}" for dialect, queries in result["queries"].items()]
        case "mixture":
            return [f"{result['numbers'] / 1e6:,.1f} M numbers", f"{result['working'] / 1e6:,.1f} M on a token"]
        case "routing":
            return [_own_expert(each) for each in result["own"] if each["part"] == "all"]
        case "evaluate":
            return [percent(Estimate(**result["accuracy"]["estimate"]))]
        case _:
            return []


def _own_expert(found: dict[str, Any]) -> str:
    rival = ("chance", found["chance"]) if found["others"] is None else ("others send it", found["others"])
    return f"{found['dialect']} to its own expert {100 * found['share']:.0f} % ({rival[0]} {100 * rival[1]:.0f} %)"


def _of_training(result: dict[str, Any]) -> Iterator[str]:
    if result["first_loss"] is not None:
        yield f"loss {result['first_loss']:.2f} → {result['last_loss']:.2f}"
    if result["best_held_out_loss"] is not None:
        yield f"held out {result['best_held_out_loss']:.2f}"
    yield f"{result['tokens_per_second']:.0f} tok/s"
    if result["stopped_early"]:
        yield "stopped early"
