"""``isogloss train run``: a whole training, from a recipe."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .model_options import model_folder
from .options import Json, show


def run(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="A YAML file; its paths begin in its folder.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the commands that it comes to; run none.")] = False,
    json: Json = False,
) -> None:
    """Train experts, merge and mix them, tune and evaluate, as a recipe says; the same command goes on when stopped."""
    from ..training.checks import check_recipe
    from ..training.launching import StageFailed, shown_command
    from ..training.recipe import read_recipe
    from ..training.report_view import StageLines, show_plan, show_report
    from ..training.run import planned_stages, train

    wanted, folder = read_recipe(recipe), recipe.parent
    planned = planned_stages(wanted)
    check_recipe(wanted, planned, folder, context.find_root().command)
    if dry_run:
        commands = [{"stage": stage.name, "command": shown_command(wanted, stage)} for stage in planned]
        show(json, commands, lambda console: show_plan(console, wanted, planned))
        return
    model_folder(wanted.model)
    try:
        report = train(wanted, folder, StageLines(wanted))
    except StageFailed as failure:
        print(f"error: {failure}", file=sys.stderr)
        raise typer.Exit(failure.code) from failure
    except KeyboardInterrupt:
        print("Stopped. What is done is kept: the same command goes on from there.", file=sys.stderr)
        raise
    show(json, report, lambda console: show_report(console, report, folder))
