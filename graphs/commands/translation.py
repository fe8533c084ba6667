"""``isogloss translate``: questions and queries taken to another dialect."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .model_options import asks_models
from .options import DIALECT_NAMES, MODELS, Corpus, Json, On, ShardsAt, Workers, show

if TYPE_CHECKING:
    from ..run_models import ModelSettings


@asks_models
def translate(
    *,
    settings: "ModelSettings",
    questions: Annotated[Path, typer.Argument(metavar="SET", help="Spider, BIRD, WikiSQL …, a JSONL or a CSV file.")],
    dialect: Annotated[str, typer.Option(metavar="NAME", help=DIALECT_NAMES)],
    databases: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the set's databases are.")] = None,
    source_dialect: Annotated[
        str, typer.Option("--from", metavar="NAME", help="The dialect of its queries.")
    ] = "sqlite",
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="So many questions, drawn by --seed.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Draws the questions of --limit.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default runs/SET-DIALECT-SEED.")] = None,
    generator: Annotated[str, typer.Option(metavar="MODEL", help=f"The model that mends. {MODELS}")] = "grammar",
    corpus: Corpus = None,
    workers: Workers = 2,
    max_repairs: Annotated[int, typer.Option(metavar="N", min=0, help="Tries of the model.")] = 3,
    evaluation: Annotated[
        bool, typer.Option("--evaluation", help="Mark the databases as ones for evaluation.")
    ] = False,
    on: On = None,
    shards: ShardsAt = None,
    json: Json = False,
) -> None:
    """Translate a question set, verified by its rows; the same command goes on where a stopped run was left."""
    from ..crew import cluster_of
    from ..progress import Goal
    from ..translation.config import TranslationConfig, questions_to_translate
    from ..translation.report import translation_report
    from ..translation.run import translate_questions
    from ..translation.view import show_translation
    from ..watching import watched

    wanted = (questions, dialect, databases, source_dialect, limit, seed, out, generator, corpus, workers, max_repairs)
    config = TranslationConfig(*wanted, evaluation, settings, cluster_of(on, shards))
    chosen = questions_to_translate(config)
    title = f"isogloss translate · {chosen.name} · {source_dialect} to {dialect}"
    with watched(title, Goal(len(chosen.questions), of_items=True)) as watcher:
        summary = translate_questions(config, chosen, watcher)
    report = {"summary": summary, "report": translation_report(summary.directory)} if json else summary
    show(json, report, lambda console: show_translation(console, summary))
    if summary.failure:
        raise summary.failure
