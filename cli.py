"""The command line: its commands together, and how it ends. What a command needs it imports itself."""

import logging
import os
import sys
from typing import Annotated

import typer
from isogloss import __version__
from isogloss.graphs.commands.building import build
from isogloss.graphs.commands.corpora import corpus_app
from isogloss.graphs.commands.datasets import dataset_app
from isogloss.graphs.commands.dialects import dialect_app
from isogloss.graphs.commands.evaluation import evaluate
from isogloss.graphs.commands.model_options import BaseUrl
from isogloss.graphs.commands.models import critic_app, models_app, prompt_app
from isogloss.graphs.commands.options import Json, show
from isogloss.graphs.commands.preparing import keywords
from isogloss.graphs.commands.queries import compare, execute, load
from isogloss.graphs.commands.runs import runs_app
from isogloss.graphs.commands.sampling import sample
from isogloss.graphs.commands.tracing import trace_app
from isogloss.graphs.commands.training import train_app
from isogloss.graphs.commands.translation import translate
from isogloss.graphs.invocation import started_with
from isogloss.tools.errors import IsoglossError, UsageError

app = typer.Typer(
    name="isogloss",
    help="Build execution-verified text-to-SQL data for any SQL dialect.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models_app, name="models")
app.add_typer(critic_app, name="critic")
app.add_typer(prompt_app, name="prompt")
app.add_typer(corpus_app, name="corpus")
app.add_typer(dialect_app, name="dialect")
app.add_typer(trace_app, name="trace")
app.add_typer(train_app, name="train")
app.add_typer(dataset_app, name="dataset")
app.add_typer(runs_app, name="runs")
app.command("exec")(execute)
app.command()(compare)
app.command()(load)
app.command("eval")(evaluate)
app.command()(translate)
app.command()(sample)
app.command()(keywords)
app.command()(build)


@app.command()
def doctor(
    model: Annotated[list[str] | None, typer.Option(metavar="MODEL", help="Ask this model too.")] = None,
    base_url: BaseUrl = None,
    json: Json = False,
) -> None:
    """Check what works on this machine, and say how to mend the rest."""
    from isogloss.graphs.doctor import diagnose
    from isogloss.graphs.doctor_view import show_checks

    checks = diagnose(model or [], base_url, lambda step: print(step, "…", file=sys.stderr, flush=True))
    show(json, checks, lambda console: show_checks(console, checks))


@app.command()
def version() -> None:
    """Print the version."""
    print(f"isogloss {__version__}")


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Build execution-verified text-to-SQL data for any SQL dialect."""


def main() -> None:
    """Run the command line: bad input ends it with one sentence and exit code 2, what fails on our side with 1."""
    logging.basicConfig(level=logging.WARNING)  # before a library chooses to tell more
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # torch's threads spin otherwise, on others' cores
    started_with(sys.argv[1:])
    try:
        app()
    except IsoglossError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)


if __name__ == "__main__":
    main()
