"""``isogloss trace`` and ``isogloss dataset``: what a run did, and what it kept."""

from typing import Annotated, Literal

import typer

from .options import Json, Run, RunItem, show

trace_app = typer.Typer(help="See what happened to each item of a run.", no_args_is_help=True)
dataset_app = typer.Typer(help="Look at the pairs of a run.", no_args_is_help=True)


@trace_app.command("list")
def trace_list(
    run: Run = None,
    status: Annotated[Literal["kept", "rejected"] | None, typer.Option(help="Only items that ended so.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only items with this in their reason.")] = None,
    repaired: Annotated[bool, typer.Option("--repaired", help="Only repaired items.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many, counted from the latest.")] = 20,
    json: Json = False,
) -> None:
    """List the items of a run."""
    from ..run_catalog import find_run
    from ..trace_query import list_items
    from ..trace_view import show_items

    items = list_items(find_run(run), status, reason, repaired, limit)
    show(json, items, lambda console: show_items(console, items))


@trace_app.command("show")
def trace_show(item: RunItem, json: Json = False) -> None:
    """Print all that happened to an item."""
    from ..run_catalog import find_item
    from ..trace_query import read_story
    from ..trace_view import show_story

    story = read_story(*find_item(item))
    show(json, story, lambda console: show_story(console, story))


@trace_app.command("step")
def trace_step(item: RunItem) -> None:
    """Step through what happened to an item, key by key; ? shows the keys."""
    from ..console import console
    from ..run_catalog import find_item
    from ..stepper import step_through
    from ..trace_query import read_story

    step_through(console(), read_story(*find_item(item)))


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
