"""``isogloss runs``: what runs there are, which may go, and going on with one."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import Json, show

runs_app = typer.Typer(help="See, continue and delete runs of any kind.", no_args_is_help=True)
_Run = Annotated[Path | None, typer.Argument(metavar="RUN", help="Its directory; by default the latest here.")]
_ANY_OPTION = {"allow_extra_args": True, "ignore_unknown_options": True}


@runs_app.command("list")
def list_(
    folder: Annotated[Path | None, typer.Argument(metavar="FOLDER", help="By default runs/ and evals/ here.")] = None,
    json: Json = False,
) -> None:
    """List builds, translations, samples, evaluations and trainings, the latest last."""
    from ..runs.finding import all_runs
    from ..runs.overview import overview
    from ..runs.view import show_runs

    runs = sorted(map(overview, all_runs(folder)), key=lambda run: run.updated)
    show(json, runs, lambda console: show_runs(console, runs))


@runs_app.command("show")
def show_(run: _Run = None, json: Json = False) -> None:
    """Tell all about a run: how it was made, what came of it, what it holds and what to do next."""
    from ..runs.details import run_details
    from ..runs.details_view import show_details
    from ..runs.finding import named_run

    details = run_details(named_run(run))
    show(json, details, lambda console: show_details(console, details))


@runs_app.command()
def prune(
    named: Annotated[
        list[Path] | None,
        typer.Argument(metavar="RUN", help="Runs, or folders with runs; by default runs/ and evals/ here."),
    ] = None,
    older_than: Annotated[
        str | None, typer.Option(metavar="AGE", help="Only those not written to for so long: 12h, 30d, 8w.")
    ] = None,
    status: Annotated[
        Literal["stopped", "finished", "damaged"] | None, typer.Option(help="Only those that stand so.")
    ] = None,
    keep: Annotated[int | None, typer.Option(metavar="N", min=0, help="Not the latest N of each kind.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete them, without asking.")] = False,
    json: Json = False,
) -> None:
    """Say which runs would go, and delete them if you agree; never one that a process writes to."""
    from ..runs.finding import named_run, record_name
    from ..runs.pruning import Wish, prunable, seconds_of
    from ..runs.pruning import prune as prune_runs
    from ..runs.view import show_pruning

    places = [place if place.is_dir() and not record_name(place) else named_run(place) for place in named or []]
    found = prunable(places, Wish(None if older_than is None else seconds_of(older_than), status, keep))
    if found and not yes and not json and sys.stdin.isatty():
        planned = prune_runs(found, delete=False)
        show(json, planned, lambda console: show_pruning(console, planned))
        yes = typer.confirm("Delete them?")
        if not yes:
            return
    done = prune_runs(found, delete=yes)
    show(json, done, lambda console: show_pruning(console, done))
    if found and not done.deleted and not json:
        print("Add --yes to delete.")


@runs_app.command(context_settings=_ANY_OPTION)
def resume(
    context: typer.Context,
    run: _Run = None,
    json: Json = False,
) -> None:
    """Start a stopped run's command again, where it was given; other options of that command may follow."""
    from ..invocation import started_with
    from ..runs.finding import named_run
    from ..runs.overview import overview
    from ..runs.resuming import finished, resumption

    there = named_run(run)
    options = [*context.args, *["--json"] * json]
    found = overview(there)
    if found.status == "finished" and not context.args:
        show(json, found, lambda console: console.print(finished(found), soft_wrap=True))
        return
    again = resumption(there, options)
    print(f"isogloss {shlex.join(again.words)}", file=sys.stderr)
    os.chdir(again.folder)
    started_with(again.words)
    context.find_root().command.main(again.words, prog_name="isogloss")
