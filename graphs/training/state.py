"""The state of a training: what is done. All else, such as who the experts are by now, follows from that."""

import operator
from typing import Annotated, Any, TypedDict


class Done(TypedDict):
    """A stage that is done: its ``kind``, and where it has them its ``dialect``, ``round`` and model (``subject``).

    ``words`` are the command after ``isogloss``, ``out`` is what it made, ``result`` what it printed as JSON.
    """

    name: str
    kind: str
    dialect: str | None
    round: int
    subject: str
    words: list[str]
    out: str
    seconds: float
    result: dict[str, Any]


class TrainingState(TypedDict):
    """The stages that are done, in order."""

    done: Annotated[list[Done], operator.add]


def of_kind(state: TrainingState, *kinds: str) -> list[Done]:
    """Return the stages of these kinds that are done."""
    return [each for each in state["done"] if each["kind"] in kinds]


def rounds_sampled(state: TrainingState) -> int:
    """Return how many rounds of sampling are done."""
    return max((each["round"] for each in of_kind(state, "sample")), default=0)


def sampled(state: TrainingState, dialect: str, what: str) -> bool:
    """Return whether the last round gave a dialect any ``valid`` query, or any ``preferences``."""
    last = [each for each in of_kind(state, "sample") if each["dialect"] == dialect]
    return bool(last and last[-1]["result"]["data"][what])


def latest(state: TrainingState, dialect: str | None, *kinds: str) -> str | None:
    """Return what the last of these kinds of stages made for a dialect, or for all; None if there was none."""
    made = [each["out"] for each in of_kind(state, *kinds) if each["dialect"] == dialect]
    return made[-1] if made else None
