"""Runs made without engines, to be found, told and deleted."""

import json
import os
import time
from contextlib import closing
from pathlib import Path

from isogloss.graphs.evaluation.directory import open_directory as open_evaluation
from isogloss.graphs.run_directory import ItemResult, RunDirectory
from isogloss.graphs.tracing.trace import Step
from isogloss.training.graded import GradedAnswer

DAY = 86_400


def build_run(path: Path, kept: int = 2, rejected: int = 1, tokens: int = 0, finished: bool = True) -> Path:
    with closing(RunDirectory.open(path, {"dialect": "sqlite"}, goal=kept)) as run:
        for index in range(kept + rejected):
            status, reason, pair = (
                ("kept", None, {"sql": "SELECT 1"}) if index < kept else ("rejected", "vacuous", None)
            )
            steps = [Step("fill", 0.1, {}, reply="It.", tokens_in=tokens, tokens_out=tokens, cost=0.25)]
            run.commit(ItemResult(index, status, reason, False, pair, [], steps, 0.1))  # type: ignore[arg-type]
        if finished:
            run.finish({})
    return path


def killed(run: Path) -> Path:
    """Take from a record what only a process that ends by itself writes."""
    record = json.loads((run / "run.json").read_text())
    record.pop("totals")
    (run / "run.json").write_text(json.dumps(record | {"status": "running"}))
    return run


def aged(run: Path, days: float) -> Path:
    then = time.time() - days * DAY
    for file in run.iterdir():
        os.utime(file, (then, then))
    return run


def evaluation(path: Path) -> Path:
    with open_evaluation(path, {"dialect": "duckdb", "system": "gold"}) as directory:
        directory.note(goal=3)
        directory.add(
            GradedAnswer("a", "school", "One?", "SELECT 1", "sqlite", "duckdb", "easy", 0, "SELECT 1", "match")
        )
    return path
