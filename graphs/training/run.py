"""A training from its recipe to its report; the same recipe goes on where it was stopped."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from .directory import TrainingDirectory, open_directory
from .graph import training_graph
from .launching import launch
from .recipe import Recipe
from .report import TrainingReport, training_report
from .report_files import write_report
from .stages import Stage
from .state import Done, TrainingState

_STEPS = 10_000  # of the graph, at most: three for each round


class Watcher(Protocol):
    """Whoever watches a training."""

    def on_kept(self, done: Done) -> None:
        """A stage was done before."""

    def on_start(self, stage: Stage) -> None:
        """A stage begins."""

    def on_end(self, done: Done) -> None:
        """A stage is done."""


def planned_stages(recipe: Recipe, known: Callable[[Stage], Done | None] = lambda _: None) -> list[Stage]:
    """Return all stages of a recipe, in order; what is not ``known`` yet is taken to find something in its samples."""
    found: list[Stage] = []

    def imagine(stage: Stage) -> Done:
        found.append(stage)
        return known(stage) or stage.done(0.0, {"data": {"valid": 1, "preferences": 1}})

    _run_graph(recipe, imagine)
    return found


def train(recipe: Recipe, folder: Path, watcher: Watcher) -> TrainingReport:
    """Run all stages of a recipe that are not done yet, in the recipe's ``folder``, and report.

    Raises ``UsageError`` if its directory will not do, or holds a stage that the recipe would do otherwise, and
    ``StageFailed`` when a stage fails.
    """
    with open_directory(recipe, folder) as directory:
        planned = planned_stages(recipe, directory.done)  # so that no stage runs before another is refused
        directory.note(goal=len(planned))
        final = _run_graph(recipe, lambda stage: _run_stage(stage, recipe, folder, directory, watcher))
        report = training_report(recipe, final)
        write_report(report, directory.path)
        directory.note(status="finished")
    return report


def _run_stage(stage: Stage, recipe: Recipe, folder: Path, directory: TrainingDirectory, watcher: Watcher) -> Done:
    done = directory.done(stage)
    if done:
        watcher.on_kept(done)
        return done
    watcher.on_start(stage)
    directory.begin(stage)
    began = time.monotonic()
    result = launch(recipe, stage, folder)
    done = stage.done(time.monotonic() - began, result)
    directory.add(done)
    watcher.on_end(done)
    return done


def _run_graph(recipe: Recipe, run: Callable[[Stage], Done]) -> TrainingState:
    return TrainingState(done=training_graph(recipe, run).invoke({"done": []}, {"recursion_limit": _STEPS})["done"])
