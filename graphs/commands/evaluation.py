"""``isogloss eval``: how well answers do on a benchmark, by executing them."""

from pathlib import Path
from typing import Annotated

import typer

from .options import DIALECT_NAMES, Json, Workers, show


def evaluate(
    questions: Annotated[
        Path, typer.Argument(metavar="SET", help="A folder as Spider, BIRD … come, or a file of questions.")
    ],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=f"That of the answers: {DIALECT_NAMES}")],
    predictions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Answers: JSON with id and sql, or one query per line.")
    ] = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Or answers made of gold: gold, sqlglot or rules.")
    ] = None,
    databases: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The databases, if they are not beside SET.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only so many questions.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Which they are.")] = 0,
    workers: Workers = 2,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default evals/SET-DIALECT-SYSTEM.")] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Compare with this evaluation, question by question.")
    ] = None,
    json: Json = False,
) -> None:
    """Judge answers on a benchmark by executing them; the same command goes on where it was stopped."""
    from ..evaluation import run
    from ..evaluation.progress import watched_evaluation
    from ..evaluation.view import show_evaluation

    named = (predictions, baseline, databases, limit, seed, workers, out, against)
    config = run.EvalConfig(questions, dialect, *named)
    with watched_evaluation() as watcher:
        report = run.evaluate(config, watcher)
    show(json, report, lambda console: show_evaluation(console, report))
