"""The options of commands that train a model."""

import sys
from importlib.util import find_spec
from inspect import Parameter
from os import devnull, environ
from pathlib import Path
from typing import Annotated, Any

import typer

from ...tools.errors import UsageError
from .model_options import model_folder
from .options import takes


def _option(kind: Any, what: str, **how: Any) -> Any:
    return Annotated[kind, typer.Option(help=what, rich_help_panel="Training", **how)]


def _number(what: str, metavar: str = "N") -> Any:
    return _option(int | None, what, metavar=metavar, min=1)


_MODEL = _option(str, "A folder of safetensors, a hub id, or smollm2.", metavar="MODEL")
_SETTINGS = {
    "out": (_option(Path, "The folder to be made.", metavar="DIR"), Parameter.empty),
    "epochs": (_option(float, "How often each example is seen; may be a fraction.", metavar="N"), 1.0),
    "steps": (_number("Optimizer steps, in the place of --epochs."), None),
    "batch": (_option(int, "Examples for each optimizer step.", metavar="N", min=1), 8),
    "micro_batch": (_number("Of them at a time in memory; by default all."), None),
    "max_tokens": (_option(int, "Longer examples are left out, and counted.", metavar="N", min=1), 2048),
    "lora": (_number("Train adapters, which are merged in at the end.", "RANK"), None),
    "held_out": (_option(float, "Of the examples: they measure and are not trained on.", metavar="SHARE"), 0.05),
    "patience": (_number("Stop after N evaluations without a better held-out loss; keep the best."), None),
    "evaluate_every": (_number("By default a fifth of all.", "STEPS"), None),
    "save_every": (_number("By default as --evaluate-every.", "STEPS"), None),
    "precision": (_option(str, "bf16, float32, or auto: bf16 where the machine has it.", metavar="NAME"), "auto"),
    "seed": (_option(int, "The same seed gives the same order and adapters.", metavar="N"), 0),
}


def _settings(model: str, **given: Any) -> dict[str, Any]:
    """Return the settings that every training has; of several processes let the first one speak.

    Raises ``UsageError`` unless what training takes is installed.
    """
    if not all(find_spec(module) for module in ("torch", "transformers", "trl", "peft", "accelerate", "datasets")):
        raise UsageError("Training needs torch, transformers, trl and peft: pip install 'isogloss[train]'.")
    if environ.get("RANK", "0") != "0":
        sys.stdout = sys.stderr = open(devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    return {"model": str(model_folder(model)), **given}


trains = takes({"model": (_MODEL, Parameter.empty), **_SETTINGS}, _settings)
trains_smollm2 = takes({"model": (_MODEL, "smollm2"), **_SETTINGS}, _settings)  # unless another model is named
