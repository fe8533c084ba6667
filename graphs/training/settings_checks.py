"""Whether the commands take the settings that a recipe gives them, as they themselves would say."""

from collections.abc import Callable, Set
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from ...training.checkpoints.checkpoint import open_checkpoint
from ...training.checkpoints.experts import answers_teach_gates
from ...training.finetuning.config import TrainingConfig
from ...training.finetuning.dpo_config import DpoConfig
from ...training.finetuning.tune_config import TuneConfig
from ...training.keywords import read_keywords
from ..commands.mixing import mixture_config
from ..commands.preparing import prepare_config
from ..commands.training import merge_config

Given = dict[str, Any]  # the values of a command's options, by their names in Python


def check_settings(section: str, given: Given, made: Set[str]) -> None:
    """Raise ``UsageError`` for settings that a command would refuse; ``made`` is what the stages make, not there yet.

    Paths are as seen from the current directory.
    """
    if check := _CHECKS.get(section):
        try:
            check({name: value for name, value in given.items() if name != "json"}, made)
        except UsageError as error:
            raise UsageError(f"{section}: {error}") from error


def check_model(name: str) -> None:
    """Raise ``UsageError`` unless a model is one that is here, or may be one of the hub, whose ids have one slash."""
    folder = Path(name.removeprefix("hf:")).expanduser()
    of_the_hub = name.count("/") == 1 and not name.startswith((".", "~", "/", "hf:"))
    if name == "smollm2" or (of_the_hub and not folder.exists()):
        return
    try:
        open_checkpoint(folder)
    except UsageError as error:
        raise UsageError(f"model: {error}") from error


def check_tuning(mixture: Given, tune: Given) -> None:
    """Raise ``UsageError`` if the gates of the mixture are to learn what answers cannot teach them."""
    ours = {"model_type": "mixtral", "num_experts_per_tok": mixture["top_k"]}  # as in it, the weights add up to 1
    if tune["weights"] == "gates" and not answers_teach_gates(ours):
        raise UsageError(
            "tune: with one expert for each token gates learn nothing from answers: "
            "let mixture have top-k: 2, or tune have weights: experts."
        )


def _check_training(kind: type[TrainingConfig], given: Given, made: Set[str]) -> None:
    kind(**{each.name: given[each.name] for each in fields(kind) if each.name in given}).check()


def _check_prepare(given: Given, made: Set[str]) -> None:
    prepare_config(**given).check()


def _check_merge(given: Given, made: Set[str]) -> None:
    config = merge_config(**given)
    config.check()
    if config.base:
        open_checkpoint(config.base)


def _check_mixture(given: Given, made: Set[str]) -> None:
    """Check what is known before the experts are trained and, unless there is a file of them, the keywords mined."""
    file, dialects = given["keywords"], (each.partition("=")[0] for each in given["experts"])
    mined = {dialect: ["mined"] for dialect in dialects}
    keywords = {} if file is None else mined if str(file) in made else read_keywords(file)
    config = mixture_config(**{**given, "keywords": keywords})
    config.check()
    if str(config.base) not in made:
        open_checkpoint(config.base)


_CHECKS: dict[str, Callable[[Given, Set[str]], None]] = {
    "prepare": _check_prepare,
    "sft": partial(_check_training, TrainingConfig),
    "dpo": partial(_check_training, DpoConfig),
    "tune": partial(_check_training, TuneConfig),
    "merge": _check_merge,
    "mixture": _check_mixture,
}
