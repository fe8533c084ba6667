"""``isogloss dataset``: what a run kept."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import Json, Run, show

dataset_app = typer.Typer(help="Look at the pairs of a run, and give them to others.", no_args_is_help=True)


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
    from ..dataset_statistics import dataset_statistics
    from ..dataset_view import show_statistics
    from ..run_catalog import find_run

    statistics = dataset_statistics(find_run(run))
    show(json, statistics, lambda console: show_statistics(console, statistics))


@dataset_app.command("export")
def dataset_export(
    *,
    runs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="RUN", help="One or more; by default the latest under runs/."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="PATH", help="A new .jsonl or .parquet file, or a folder.")],
    form: Annotated[
        Literal["jsonl", "parquet", "huggingface"] | None,
        typer.Option("--format", help="By default what PATH ends in; a folder is for Hugging Face's datasets."),
    ] = None,
    test: Annotated[
        float | None,
        typer.Option(metavar="SHARE", min=0, max=1, help="Of the templates, for a split to test on; in a folder."),
    ] = None,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="Leave out pairs that repeat one of these runs on the same database.")
    ] = False,
    json: Json = False,
) -> None:
    """Write the pairs as JSON Lines, as Parquet, or as a Hugging Face dataset with its card."""
    from ..dataset_export import export_dataset, format_of
    from ..dataset_view import show_export
    from ..run_catalog import find_run
    from ..training.watching import watched

    found = list(dict.fromkeys(map(find_run, runs))) if runs else [find_run(None)]
    with watched("exporting", "of the pairs read and written") as tell:
        exported = export_dataset(found, out, form or format_of(out), test, distinct=distinct, tell=tell)
    show(json, exported, lambda console: show_export(console, exported))
