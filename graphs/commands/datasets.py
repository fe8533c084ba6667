"""``isogloss dataset``: what a run kept."""

from typing import Annotated

import typer

from .options import Json, Run, show

dataset_app = typer.Typer(help="Look at the pairs of a run.", no_args_is_help=True)


@dataset_app.command("show")
def dataset_show(
    run: Run = None,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="How many pairs.")] = 5,
    random: Annotated[bool, typer.Option("--random", help="Any pairs, not the first.")] = False,
    seed: Annotated[int, typer.Option(help="Which random pairs.")] = 0,
    json: Json = False,
) -> None:
    """Show pairs."""
    from ..dataset import sample_pairs
    from ..dataset_view import show_pairs
    from ..run_catalog import find_run

    pairs = sample_pairs(find_run(run), n, seed if random else None)
    show(json, pairs, lambda console: show_pairs(console, pairs))


@dataset_app.command("stats")
def dataset_stats(run: Run = None, json: Json = False) -> None:
    """Count what the pairs are made of."""
    from ..dataset import dataset_statistics
    from ..dataset_view import show_statistics
    from ..run_catalog import find_run

    statistics = dataset_statistics(find_run(run))
    show(json, statistics, lambda console: show_statistics(console, statistics))
