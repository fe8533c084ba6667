"""``isogloss train mixture``: a mixture of dialect experts."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...tools.errors import UsageError
from .model_options import model_folder
from .options import Json, show

if TYPE_CHECKING:
    from ...training.mixture.config import Keywords, MixtureConfig


def mixture(
    experts: Annotated[
        list[str], typer.Argument(metavar="DIALECT=MODEL", help="Two experts or more: folders of safetensors.")
    ],
    base: Annotated[str, typer.Option(metavar="MODEL", help="What is not an MLP is from it: a merge of the experts.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to be made.")],
    gate: Annotated[str, typer.Option(metavar="NAME", help="last, mean, router, random or uniform.")] = "last",
    keywords: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What gates are made of, as isogloss keywords writes it.")
    ] = None,
    negatives: Annotated[
        str, typer.Option(metavar="WHICH", help="What is taken off: others, for the others' keywords, none, or a file.")
    ] = "others",
    top_k: Annotated[int, typer.Option("--top-k", metavar="K", help="Experts at work on each token.")] = 2,
    aux_loss: Annotated[
        float | None,
        typer.Option(metavar="W", help="The weight, when tuned, of the loss that balances the load: 0.001."),
    ] = None,
    dtype: Annotated[
        str | None, typer.Option(metavar="TYPE", help="float32, bfloat16 or float16; by default the base's.")
    ] = None,
    shard_size: Annotated[str, typer.Option(metavar="SIZE", help="Of a weight file, at most.")] = "2GB",
    seed: Annotated[int, typer.Option(metavar="N", help="For random and uniform: draws the gates.")] = 0,
    json: Json = False,
) -> None:
    """Mix models of dialects into one whose router chooses among their MLPs, token by token."""
    if not all(find_spec(module) for module in ("torch", "transformers", "safetensors")):
        raise UsageError("Mixing needs torch, transformers and safetensors: pip install 'isogloss[train]'.")
    from ...training.keywords import read_keywords
    from ...training.mixture.mixing import mix
    from ..mixture_view import show_mixture
    from ..training.watching import watched

    words = read_keywords(keywords) if keywords else {}
    config = mixture_config(experts, base, out, gate, words, negatives, top_k, aux_loss, dtype, shard_size, seed)
    with watched("mixture", "mixed") as progress:
        summary = mix(config, progress)
    show(json, summary, lambda console: show_mixture(console, summary))


def mixture_config(
    experts: list[str],
    base: str,
    out: Path,
    gate: str,
    keywords: "Keywords",
    negatives: str,
    top_k: int,
    aux_loss: float | None,
    dtype: str | None,
    shard_size: str,
    seed: int,
) -> "MixtureConfig":
    """Return the mixture that the options ask for; raises ``UsageError`` for what none of them can mean."""
    from ...training.checkpoints.shards import parse_size
    from ...training.keywords import read_keywords
    from ...training.mixture.config import AUX_LOSS, MixtureConfig

    return MixtureConfig(
        experts=_experts(experts),
        base=model_folder(base),
        gate=gate,
        out=out,
        keywords=keywords,
        negatives=None if negatives == "others" else {} if negatives == "none" else read_keywords(Path(negatives)),
        top_k=top_k,
        aux_loss=AUX_LOSS if aux_loss is None else aux_loss,
        dtype=dtype,
        shard_bytes=parse_size(shard_size),
        seed=seed,
    )


def _experts(named: list[str]) -> dict[str, Path]:
    """Return the folder of each dialect's expert, in the order in which they were named."""
    from ...tools.dialects import get_dialect

    found: dict[str, Path] = {}
    for each in named:
        dialect, equals, model = each.partition("=")
        if not (equals and model):
            raise UsageError(f"'{each}' names no expert: write a dialect and its model, like postgres=checkpoints/pg.")
        if get_dialect(dialect).name in found:
            raise UsageError(f"There are two experts for {dialect}: name one.")
        found[dialect] = model_folder(model)
    return found
