"""``isogloss train sft``, ``dpo`` and ``tune``: models trained on what was built."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Json, show
from .training_options import trains, trains_smollm2

if TYPE_CHECKING:
    from ...training.finetuning.config import TrainingConfig

Examples = Annotated[
    list[Path], typer.Argument(metavar="DATA", help="Files of examples, made by isogloss train prepare.")
]
Preferences = Annotated[
    list[Path], typer.Argument(metavar="DATA", help="Runs of isogloss sample, or their preferences.jsonl.")
]


@trains_smollm2
def sft(
    data: Examples,
    settings: dict[str, Any],
    learning_rate: Annotated[
        float | None, typer.Option(metavar="RATE", help="The highest: by default 1e-4, with --lora 2e-4.")
    ] = None,
    packing: Annotated[
        bool, typer.Option("--packing", help="Fill sequences with examples; --batch counts sequences.")
    ] = False,
    json: Json = False,
) -> None:
    """Fine-tune a model on examples; the same command goes on where a stopped training was left."""
    from ...training.sft import SftConfig, train_sft

    config = SftConfig(data=tuple(data), learning_rate=learning_rate, packing=packing, **settings)
    _train("train sft", train_sft, config, json)


@trains
def dpo(
    data: Preferences,
    settings: dict[str, Any],
    learning_rate: Annotated[
        float | None, typer.Option(metavar="RATE", help="The highest: by default 5e-6, with --lora 1e-4.")
    ] = None,
    beta: Annotated[float, typer.Option(metavar="B", help="How much it costs to part from the model as it is.")] = 0.1,
    loss: Annotated[str, typer.Option(metavar="NAME", help="sigmoid, ipo or hinge.")] = "sigmoid",
    sft: Annotated[float, typer.Option(metavar="W", help="Add W times the loss of sft on the right queries.")] = 0.0,
    json: Json = False,
) -> None:
    """Train a model to prefer right queries to wrong ones of its own."""
    from ...training.dpo import train_dpo
    from ...training.finetuning.dpo_config import DpoConfig

    config = DpoConfig(data=tuple(data), learning_rate=learning_rate, beta=beta, loss=loss, sft=sft, **settings)
    _train("train dpo", train_dpo, config, json)


@trains
def tune(
    data: Examples,
    settings: dict[str, Any],
    weights: Annotated[str, typer.Option(metavar="WHICH", help="gates, experts (with their gates), or all.")] = "all",
    learning_rate: Annotated[
        float | None, typer.Option(metavar="RATE", help="The highest: 1e-4, with --lora 2e-4, of gates alone 1e-3.")
    ] = None,
    balance: Annotated[
        float | None, typer.Option(metavar="C", help="Of the load-balancing loss; by default as the model says.")
    ] = None,
    json: Json = False,
) -> None:
    """Tune a mixture, or part of it, with the load-balancing loss; or any other model as long as one."""
    from ...training.finetuning.tune_config import TuneConfig
    from ...training.tuning import train_tune

    config = TuneConfig(data=tuple(data), learning_rate=learning_rate, weights=weights, balance=balance, **settings)
    _train("train tune", train_tune, config, json)


def _train(name: str, train: Any, config: "TrainingConfig", json: bool) -> None:
    from ..training.view import show_training, watched_training

    with watched_training(name, config.out) as watch:
        summary = train(config, watch)
    show(json, summary, lambda console: show_training(console, summary))
