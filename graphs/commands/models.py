"""``isogloss models``, ``critic`` and ``prompt``: what the agents run on, and what they are told."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .model_options import asks_models
from .options import MODELS, Json, Workers, show

if TYPE_CHECKING:
    from ..run_models import ModelSettings

models_app = typer.Typer(help="The models that agents run on.", invoke_without_command=True)
critic_app = typer.Typer(help="Choose a judge by a number.", no_args_is_help=True)
prompt_app = typer.Typer(help="What the agents are told; put your own words in its place.", no_args_is_help=True)


@models_app.callback()
def models(context: typer.Context, json: Json = False) -> None:
    """List which models are ready, and how to get the others."""
    if context.invoked_subcommand:
        return
    from ...agents.models_status import model_status
    from ..models_view import show_models

    found = model_status()
    show(json, found, lambda console: show_models(console, found))


@models_app.command("add")
def models_add(name: Annotated[str, typer.Argument(help="smollm2: a small model that needs no hub.")]) -> None:
    """Make a local model ready."""
    from ...agents.models_status import add_model

    origin = add_model(name, lambda step: print(step, file=sys.stderr, flush=True))
    print(f"{name} is ready ({origin}): isogloss build --generator {name} …")


@critic_app.command("bench")
@asks_models
def critic_bench(
    *,
    settings: "ModelSettings",
    critic: Annotated[str, typer.Option(metavar="MODEL", help=f"The judge. {MODELS}")] = "grammar",
    pairs: Annotated[
        Path | None, typer.Option(metavar="RUN", help="The run whose pairs to use; by default the latest.")
    ] = None,
    db: Annotated[str | None, typer.Option(metavar="DB", help="Its database, if it is none of the bundled.")] = None,
    n: Annotated[int, typer.Option("-n", "--n", metavar="N", min=2, help="Pairs; half are changed.")] = 300,
    seed: Annotated[int, typer.Option(metavar="N", help="Which pairs, and what is changed.")] = 0,
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Measure how well a model tells right pairs from wrong ones."""
    from ..critic_bench import CriticBench, bench_critic
    from ..critic_bench_view import BenchProgress, show_bench

    report = bench_critic(CriticBench(critic, pairs, db, n, seed, workers, settings), BenchProgress(sys.stderr))
    show(json, report, lambda console: show_bench(console, report))


@prompt_app.command("list")
def prompt_list(json: Json = False) -> None:
    """List the prompts with their versions, and where your own would be."""
    from ..prompts_view import prompt_rows, show_prompts

    rows = prompt_rows()
    show(json, rows, lambda console: show_prompts(console, rows))


@prompt_app.command("show")
def prompt_show(name: Annotated[str, typer.Argument(help="A prompt of 'isogloss prompt list'.")]) -> None:
    """Print a prompt as it is."""
    from ...agents.prompting import prompt_text

    print(prompt_text(name), end="")


@prompt_app.command("copy")
def prompt_copy(name: Annotated[str, typer.Argument(help="A prompt of 'isogloss prompt list'.")]) -> None:
    """Copy a prompt to a file of your own, which is used in its place from then on."""
    from ...agents.prompting import copy_prompt

    print(f"Edit {copy_prompt(name)}, or delete it to use the built-in prompt.")
