"""What a training comes to: how well each model answers in each dialect, and what to run next."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...training.metrics import Estimate
from ...training.paired import PairedTest
from .facts import facts
from .recipe import Recipe
from .stages import MODELS
from .state import Done, TrainingState, of_kind


@dataclass(frozen=True, slots=True)
class Score:
    """How a model answers in a dialect: its execution accuracy on so many ``questions`` that prove something.

    ``test`` compares it with the model that all experts started from, on the questions that prove something of both;
    it is None for that model itself.
    """

    dialect: str
    model: str
    folder: str
    accuracy: Estimate
    questions: int
    test: PairedTest | None
    evaluation: str


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage, how long it took and what came of it."""

    name: str
    seconds: float
    facts: str


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """A training that is done: its scores, each dialect's best model first, and where what was made is.

    ``models`` are all models in the order in which they were made, ``notes`` what a reader must know.
    """

    directory: str
    model: str
    seconds: float
    models: list[dict[str, Any]]
    scores: list[Score]
    notes: list[str]
    stages: list[StageLine]
    next: list[str]


def model_name(kind: str, number: int) -> str:
    """Return what a model is called in reports, such as ``dpo`` or ``sft of round 1``."""
    return f"{kind} of round {number}" if number else kind


def training_report(recipe: Recipe, state: TrainingState) -> TrainingReport:
    """Sum up a training from its stages."""
    made = of_kind(state, *MODELS)
    scores = sorted(
        (_score(recipe, each, made) for each in of_kind(state, "evaluate")),
        key=lambda score: (list(recipe.dialects).index(score.dialect), -(score.accuracy.value or 0.0)),
    )
    models = [
        {"model": model_name(each["kind"], each["round"]), "dialect": each["dialect"], "folder": each["out"]}
        for each in made
    ]
    return TrainingReport(
        directory=recipe.out,
        model=recipe.model,
        seconds=sum(each["seconds"] for each in state["done"]),
        models=models,
        scores=scores,
        notes=_notes(state),
        stages=[StageLine(each["name"], each["seconds"], ", ".join(facts(each))) for each in state["done"]],
        next=_next(made, scores),
    )


def _score(recipe: Recipe, done: Done, made: Sequence[Done]) -> Score:
    found, against = done["result"]["accuracy"], done["result"]["against"]
    folder = next((m["out"] for m in made if _same_model(m, done)), recipe.model)
    test = against and against["test"]
    return Score(
        dialect=done["dialect"] or "",
        model=model_name(done["subject"], done["round"]),
        folder=folder,
        accuracy=Estimate(**found["estimate"]),
        questions=found["questions"],
        test=PairedTest(**{**test, "difference": Estimate(**test["difference"])}) if test else None,
        evaluation=done["out"],
    )


def _same_model(made: Done, evaluated: Done) -> bool:
    same_dialect = made["dialect"] in (None, evaluated["dialect"])
    return same_dialect and (made["kind"], made["round"]) == (evaluated["subject"], evaluated["round"])


def _notes(state: TrainingState) -> list[str]:
    """Say which samples gave nothing to learn from, and what the stages have noted themselves."""
    notes = []
    for each in of_kind(state, "sample"):
        counts = each["result"]["data"]
        wanted = (("right query", counts["valid"]), ("preference", counts["preferences"]))
        notes += [f"{each['name']}: not one {what} was found." for what, count in wanted if not count]
    for each in of_kind(state, "sft", "dpo", "keywords", "tune"):
        notes += [f"{each['name']}: {note}" for note in each["result"].get("notes", [])]
    return notes


def _next(made: Sequence[Done], scores: Sequence[Score]) -> list[str]:
    """Return commands that show what the best models of each dialect do; else the last that was made."""
    best = {score.dialect: score.folder for score in reversed(scores) if score.model != "base"}
    folders = dict.fromkeys(best.values()) or [made[-1]["out"]]
    return [f"isogloss doctor --model {shlex.quote(f'hf:{folder}')}" for folder in folders]
