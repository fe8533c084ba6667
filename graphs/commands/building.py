"""``isogloss build``: verified pairs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .model_options import asks_models
from .options import DATABASE, DIALECT_NAMES, MODELS, Corpus, Json, On, ShardsAt, Workers, show
from .versus import build_two

if TYPE_CHECKING:
    from ..run_models import ModelSettings


@asks_models
def build(
    *,
    settings: "ModelSettings",
    dialect: Annotated[str, typer.Option(metavar="NAME", help=DIALECT_NAMES)],
    db: Annotated[str, typer.Option(metavar="DB", help=DATABASE)] = "flights",
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=1, help="Pairs to keep.")] = 500,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed gives the same pairs.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="By default runs/DIALECT-DB-SEED.")] = None,
    generator: Annotated[str, typer.Option(metavar="MODEL", help=f"The model that writes. {MODELS}")] = "grammar",
    critic: Annotated[str, typer.Option(metavar="MODEL", help="The model that judges.")] = "grammar",
    paraphrase: Annotated[
        str | None, typer.Option(metavar="MODEL", help="A model to say each question in other words.")
    ] = None,
    corpus: Corpus = None,
    versus: Annotated[str | None, typer.Option(metavar="NAME", help="Build with this corpus too, and compare.")] = None,
    seeds: Annotated[Path | None, typer.Option(metavar="FILE", help="Queries on shop (.sql) or Spider JSON.")] = None,
    workers: Workers = 2,
    max_repairs: Annotated[int, typer.Option(metavar="N", min=0, help="Tries to repair a query.")] = 3,
    evaluation: Annotated[bool, typer.Option("--evaluation", help="Mark the database as one for evaluation.")] = False,
    stop_before: Annotated[
        list[str] | None, typer.Option("--break", metavar="NODE", help="Let each item wait before this node.")
    ] = None,
    stop_on: Annotated[
        list[str] | None,
        typer.Option("--break-on", metavar="OUTCOME", help="After an execution, as in error:type_mismatch."),
    ] = None,
    stop_attempt: Annotated[
        int | None, typer.Option("--break-attempt", metavar="N", min=1, help="Before its Nth attempt.")
    ] = None,
    on: On = None,
    shards: ShardsAt = None,
    json: Json = False,
) -> None:
    """Build verified pairs; the same command goes on where a stopped run was left."""
    from .. import build as building
    from ..crew import cluster_of
    from ..progress import Goal
    from ..summary_view import show_summary
    from ..tracing.break_view import ask_at_terminal
    from ..tracing.breakpoints import Breaker, breakpoints
    from ..watching import watched

    made_of = (generator, critic, corpus, seeds, workers, max_repairs, evaluation, paraphrase, settings)
    config = building.BuildConfig(dialect, db, n, seed, out, *made_of, cluster_of(on, shards))
    points = breakpoints(stop_before or [], stop_on or [], stop_attempt)
    if versus is not None:
        build_two(config, versus, json)
        return
    with watched(f"isogloss build · {dialect} · {db} · seed {seed}", Goal(n)) as watcher:
        player = Breaker(points, ask_at_terminal(dialect, watcher)) if points else None
        summary = building.build(config, watcher, player)
    show(json, summary, lambda console: show_summary(console, summary, watcher.progress.new))
    if summary.failure:
        raise summary.failure
