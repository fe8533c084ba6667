"""``isogloss sample``: best of N answers to a question set, as training data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...agents.defaults import SCHEMA_VALUES
from .model_options import SchemaValues, asks_models
from .options import DIALECT_NAMES, MODELS, Json, On, ShardsAt, Workers, show

if TYPE_CHECKING:
    from ..run_models import ModelSettings


@asks_models
def sample(
    *,
    settings: "ModelSettings",
    questions: Annotated[Path, typer.Argument(metavar="SET", help="Spider, BIRD, WikiSQL …, a JSONL or a CSV file.")],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=DIALECT_NAMES)],
    generator: Annotated[str, typer.Option(metavar="MODEL", help=f"The model that answers. {MODELS}")],
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=1, help="Samples of each question.")] = 8,
    temperature: Annotated[float, typer.Option(metavar="T", min=0.0, help="0 takes one greedy sample.")] = 0.8,
    top_p: Annotated[float, typer.Option(metavar="P", min=0.01, max=1.0, help="1 leaves it to the model.")] = 0.95,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the samples, and of the questions of --limit.")] = 0,
    databases: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the set's databases are.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="So many questions, drawn by --seed.")] = None,
    per_question: Annotated[
        int, typer.Option(metavar="K", min=1, help="At most so many right queries, and pairs, of a question.")
    ] = 4,
    per_class: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="At most so many preferences of each grade.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default runs/sample-SET-DIALECT-SEED.")] = None,
    workers: Workers = 2,
    evaluation: Annotated[
        bool, typer.Option("--evaluation", help="Mark the databases as ones for evaluation.")
    ] = False,
    schema_values: SchemaValues = SCHEMA_VALUES,
    on: On = None,
    shards: ShardsAt = None,
    json: Json = False,
) -> None:
    """Sample a model's answers and grade them by execution; the same command goes on where a stopped run was left."""
    from ...agents.sampler import SamplingSettings
    from ..crew import cluster_of
    from ..progress import Goal
    from ..sampling import run
    from ..sampling.config import SampleConfig, questions_to_sample
    from ..sampling.view import show_sampling
    from ..watching import watched

    drawn = SamplingSettings(n, temperature, top_p, seed)
    kept = (limit, per_question, per_class, out, workers, evaluation, settings, schema_values, cluster_of(on, shards))
    config = SampleConfig(questions, dialect, generator, databases, drawn, *kept)
    chosen = questions_to_sample(config)
    title = f"isogloss sample · {chosen.name} · {generator} · {dialect} · {drawn.requests} a question"
    with watched(title, Goal(len(chosen.questions), of_items=True)) as watcher:
        summary = run.sample(config, chosen, watcher)
    show(json, summary, lambda console: show_sampling(console, summary))
    if summary.failure:
        raise summary.failure
