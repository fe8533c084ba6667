"""``isogloss train sft``: models trained on what was built."""

import sys
from importlib.util import find_spec
from os import devnull, environ
from pathlib import Path
from typing import Annotated

import typer

from ...tools.errors import UsageError
from .model_options import model_folder
from .options import Json, show

Examples = Annotated[
    list[Path], typer.Argument(metavar="DATA", help="Files of examples, made by isogloss train prepare.")
]
Model = Annotated[str, typer.Option(metavar="MODEL", help="A folder of safetensors, a hub id, or smollm2.")]
Out = Annotated[Path, typer.Option(metavar="DIR", help="The folder to be made.")]
Epochs = Annotated[float, typer.Option(metavar="N", help="How often each example is seen; may be a fraction.")]
Steps = Annotated[int | None, typer.Option(metavar="N", min=1, help="Optimizer steps, in the place of --epochs.")]
LearningRate = Annotated[
    float | None, typer.Option(metavar="RATE", help="The highest: by default 1e-4, with --lora 2e-4.")
]
Batch = Annotated[int, typer.Option(metavar="N", min=1, help="Examples for each optimizer step.")]
MicroBatch = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Of them at a time in memory; by default all.")
]
MaxTokens = Annotated[int, typer.Option(metavar="N", min=1, help="Longer examples are left out, and counted.")]
Lora = Annotated[
    int | None, typer.Option(metavar="RANK", min=1, help="Train adapters, which are merged in at the end.")
]
HeldOut = Annotated[float, typer.Option(metavar="SHARE", help="Of the examples: they measure and are not trained on.")]
Patience = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Stop after N evaluations without a better held-out loss; keep the best."),
]
EvaluateEvery = Annotated[int | None, typer.Option(metavar="STEPS", min=1, help="By default a fifth of all.")]
SaveEvery = Annotated[int | None, typer.Option(metavar="STEPS", min=1, help="By default as --evaluate-every.")]
Precision = Annotated[str, typer.Option(metavar="NAME", help="bf16, float32, or auto: bf16 where the machine has it.")]
Seed = Annotated[int, typer.Option(metavar="N", help="The same seed gives the same order and adapters.")]


def sft(
    data: Examples,
    model: Model,
    out: Out,
    epochs: Epochs = 1.0,
    steps: Steps = None,
    learning_rate: LearningRate = None,
    batch: Batch = 8,
    micro_batch: MicroBatch = None,
    max_tokens: MaxTokens = 2048,
    lora: Lora = None,
    held_out: HeldOut = 0.1,
    patience: Patience = None,
    evaluate_every: EvaluateEvery = None,
    save_every: SaveEvery = None,
    packing: Annotated[bool, typer.Option("--packing", help="Fill sequences with several examples each.")] = False,
    precision: Precision = "auto",
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Fine-tune a model on examples; the same command goes on where a stopped training was left."""
    begin_training()
    from ...training.sft import SftConfig, train_sft
    from ..training.view import show_training, watched_training

    config = SftConfig(
        model=str(model_folder(model)),
        data=tuple(data),
        out=out,
        epochs=epochs,
        steps=steps,
        learning_rate=learning_rate,
        batch=batch,
        micro_batch=micro_batch,
        max_tokens=max_tokens,
        lora=lora,
        held_out=held_out,
        patience=patience,
        evaluate_every=evaluate_every,
        save_every=save_every,
        packing=packing,
        precision=precision,
        seed=seed,
    )
    with watched_training("train sft") as watch:
        summary = train_sft(config, watch)
    show(json, summary, lambda console: show_training(console, summary, watch))


def begin_training() -> None:
    """Raise ``UsageError`` unless what training takes is installed; of several processes let the first one speak."""
    if not all(find_spec(module) for module in ("torch", "transformers", "trl", "peft", "accelerate", "datasets")):
        raise UsageError("Training needs torch, transformers, trl and peft: pip install 'isogloss[train]'.")
    if environ.get("RANK", "0") != "0":
        sys.stdout = sys.stderr = open(devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
