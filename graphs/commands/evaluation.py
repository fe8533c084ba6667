"""``isogloss eval``: how well answers do on a benchmark, by executing them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...agents.defaults import SCHEMA_VALUES
from .model_options import SchemaValues, asks_models
from .options import DIALECT_NAMES, MODELS, Json, On, Workers, show

if TYPE_CHECKING:
    from ..run_models import ModelSettings


@asks_models
def evaluate(
    *,
    settings: "ModelSettings",
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
    generator: Annotated[str | None, typer.Option(metavar="MODEL", help=f"Or a model's answers. {MODELS}")] = None,
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=1, help="Samples of it, for pass@k.")] = 1,
    temperature: Annotated[
        float | None, typer.Option(metavar="T", min=0.0, help="By default 0 for one sample, 0.8 for several.")
    ] = None,
    top_p: Annotated[float, typer.Option(metavar="P", min=0.01, max=1.0, help="1 leaves it to the model.")] = 0.95,
    databases: Annotated[Path | None, typer.Option(metavar="DIR", help="The databases, if not beside SET.")] = None,
    source_dialect: Annotated[str, typer.Option("--from", metavar="NAME", help="The dialect of gold.")] = "sqlite",
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only so many questions.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Which they are; and that of samples.")] = 0,
    workers: Workers = 2,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default evals/SET-DIALECT-SYSTEM.")] = None,
    against: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Compare with this evaluation, question by question.")
    ] = None,
    schema_values: SchemaValues = SCHEMA_VALUES,
    on: On = None,
    json: Json = False,
) -> None:
    """Judge answers on a benchmark by executing them; the same command goes on where it was stopped."""
    from ...agents.sampler import SamplingSettings
    from ..crew import cluster_of
    from ..evaluation import run
    from ..evaluation.models import ModelConfig
    from ..evaluation.progress import watched_evaluation
    from ..evaluation.view import show_evaluation

    heat = temperature if temperature is not None else 0.8 if n > 1 else 0.0
    drawn = SamplingSettings(n, heat, top_p, seed)
    model = ModelConfig(generator, drawn, settings, schema_values) if generator else None
    named = (predictions, baseline, databases, limit, seed, workers, out, against, model, source_dialect)
    config = run.EvalConfig(questions, dialect, *named, cluster_of(on, None))
    with watched_evaluation() as watcher:
        report = run.evaluate(config, watcher)
    show(json, report, lambda console: show_evaluation(console, report))
