"""``isogloss train``: models made from models."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...tools.errors import UsageError
from .finetuning import dpo, sft, tune
from .mixing import mixture
from .model_options import model_folder
from .options import Json, show
from .preparing import prepare
from .recipes import run
from .routing import routing

if TYPE_CHECKING:
    from ...training.merge.config import MergeConfig

train_app = typer.Typer(no_args_is_help=True, help="Train models, and merge them.")


@train_app.command()
def merge(
    models: Annotated[
        list[str], typer.Argument(metavar="MODEL", help="Two folders of safetensors, or more; or smollm2.")
    ],
    method: Annotated[str, typer.Option(metavar="NAME", help="slerp, karcher, linear, ties or dare.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to be made.")],
    t: Annotated[float | None, typer.Option(metavar="T", help="The second's share in a SLERP of two: 0.5.")] = None,
    weights: Annotated[
        str | None, typer.Option(metavar="W,W…", help="The shares in a linear merge, or DARE; by default equal.")
    ] = None,
    gradient: Annotated[
        bool, typer.Option("--gradient", help="SQL-GEN's t by depth: attention 0 to 1, MLPs 1 to 0.")
    ] = False,
    dtype: Annotated[
        str | None, typer.Option(metavar="TYPE", help="float32, bfloat16 or float16; by default the first model's.")
    ] = None,
    shard_size: Annotated[str, typer.Option(metavar="SIZE", help="Of a weight file, at most.")] = "2GB",
    base: Annotated[
        str | None, typer.Option(metavar="MODEL", help="For ties and dare: what all were trained from.")
    ] = None,
    density: Annotated[
        float | None, typer.Option(metavar="D", help="For ties and dare: the share of each change that is kept: 0.5.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="For dare: draws what is kept.")] = 0,
    json: Json = False,
) -> None:
    """Merge models of one family into one, tensor by tensor, and report how."""
    if not all(find_spec(module) for module in ("torch", "safetensors")):
        raise UsageError("Merging needs torch and safetensors: pip install 'isogloss[train]'.")
    from ...training.merge.merging import merge as merge_models
    from ..merge_view import show_merge
    from ..training.watching import watched

    config = merge_config(models, method, out, t, weights, gradient, dtype, shard_size, base, density, seed)
    with watched("merge", "merged") as progress:
        summary = merge_models(config, progress)
    show(json, summary, lambda console: show_merge(console, summary))


def merge_config(
    models: list[str],
    method: str,
    out: Path,
    t: float | None,
    weights: str | None,
    gradient: bool,
    dtype: str | None,
    shard_size: str,
    base: str | None,
    density: float | None,
    seed: int,
) -> "MergeConfig":
    """Return the merge that the options ask for; raises ``UsageError`` for what none of them can mean."""
    from ...training.checkpoints.shards import parse_size
    from ...training.merge.config import MergeConfig

    folders, shares = tuple(map(model_folder, models)), _numbers(weights) if weights else None
    numbers = (dtype, parse_size(shard_size), model_folder(base) if base else None, density, seed)
    return MergeConfig(folders, method, out, t, shares, gradient, *numbers)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError:
        raise UsageError(f"'{text}' are no --weights: write them like 2,1,1.") from None


train_app.command()(mixture)
train_app.command()(routing)
train_app.command()(sft)
train_app.command()(dpo)
train_app.command()(tune)
train_app.command()(prepare)
train_app.command()(run)
