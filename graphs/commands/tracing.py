"""``isogloss trace``: what happened to each item of a run."""

from typing import Annotated, Literal

import typer

from .options import Json, Run, RunItem, show
from .trace_again import compare_items, fork, replay, tree
from .trace_reports import export, stats

trace_app = typer.Typer(help="See what happened to each item of a run.", no_args_is_help=True)


@trace_app.command("list")
def trace_list(
    run: Run = None,
    status: Annotated[Literal["kept", "rejected"] | None, typer.Option(help="Only items that ended so.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only items with this in their reason.")] = None,
    repaired: Annotated[bool, typer.Option("--repaired", help="Only repaired items.")] = False,
    where: Annotated[
        str | None, typer.Option(metavar="EXPR", help="As in \"error == 'timeout' or 'UNION' in sql\".")
    ] = None,
    sort: Annotated[str | None, typer.Option(metavar="FIELD", help="The least first; -FIELD: the largest.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, counted from the latest.")] = 20,
    json: Json = False,
) -> None:
    """List the items of a run."""
    from ..run_catalog import find_run
    from ..tracing.list_view import show_items
    from ..tracing.query import Selection, list_items

    listing = list_items(find_run(run), Selection(status, reason, repaired, where, sort, limit))
    show(json, listing.items, lambda console: show_items(console, listing))


@trace_app.command("show")
def trace_show(item: RunItem, json: Json = False) -> None:
    """Print all that happened to an item."""
    from ..run_catalog import find_item
    from ..tracing.query import read_story
    from ..tracing.view import show_story

    story = read_story(*find_item(item))
    show(json, story, lambda console: show_story(console, story))


@trace_app.command("step")
def trace_step(item: RunItem) -> None:
    """Step through what happened to an item, key by key; ? shows the keys."""
    from ..console import console
    from ..run_catalog import find_item
    from ..tracing.query import read_story
    from ..tracing.screen import step_through

    step_through(console(), read_story(*find_item(item)))


trace_app.command("stats")(stats)
trace_app.command("export")(export)
trace_app.command("replay")(replay)
trace_app.command("fork")(fork)
trace_app.command("tree")(tree)
trace_app.command("compare")(compare_items)
