"""Tuning a mixture: its routers learn which expert a token is for, and the experts, if they may, to share the work."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from trl import SFTConfig as TrlConfig

from ..tools.errors import UsageError
from .checkpoints.checkpoint import Checkpoint
from .checkpoints.experts import answers_teach_gates, experts_in
from .finetuning.adapters import lora
from .finetuning.journal import Observer
from .finetuning.lessons import read_lessons
from .finetuning.running import begin, run_training
from .finetuning.source import context_of, load_model, load_tokenizer
from .finetuning.summary import TrainingSummary
from .finetuning.tune_config import TuneConfig
from .sft import TOKENS_ALREADY, completion_trainer

_LEARNING = {"gates": (".mlp.gate.",), "experts": (".mlp.gate.", ".mlp.experts."), "all": ("",)}  # parts of names


def train_tune(config: TuneConfig, observer: Observer) -> TrainingSummary:
    """Train part of a mixture on the completions of examples, and save it whole; what may not learn stays as it was.

    ``measures`` of what ``observer`` is told has the load-balancing loss as ``aux_loss``. A model without experts is
    trained as ``train_sft`` does, so that it can be given the same steps as a mixture. The same call goes on with a
    training that was interrupted. Raises ``UsageError`` for settings, models and data that cannot be, and
    ``IsoglossError`` where the training cannot go on.
    """
    source = begin(config)
    config = _settled(config, source)
    tokenizer = load_tokenizer(source)
    lessons = read_lessons(config, tokenizer, context_of(source))

    def trainer(arguments: dict[str, Any]) -> Any:
        # TRL turns on `output_router_logits` for the loss. The configuration that is saved is the model's own, where it
        # is off: else every forward pass would give the routers' logits too, and every loss would have this one in it.
        length = {"max_length": config.max_tokens}
        settings = TrlConfig(**arguments, **TOKENS_ALREADY, **length, router_aux_loss_coef=config.balance)
        adapters = lora(config.lora, source.config, config.weights == "all") if config.lora else None
        model = load_model(source)
        _freeze_others(model, config.weights)
        return completion_trainer(settings, model, tokenizer, lessons, adapters)

    counts = replace(lessons.counts, notes=(*lessons.counts.notes, *_notes(source)))
    return run_training("tune", config, source, counts, trainer, observer)


def _settled(config: TuneConfig, source: Checkpoint) -> TuneConfig:
    """Return the settings with the ``balance`` that holds for this model."""
    if experts_in(source.config):
        if config.weights == "gates" and not answers_teach_gates(source.config):
            raise UsageError(
                f"{source.folder} has one expert for each token, always with the weight 1, so that its gates learn "
                "nothing from answers: mix it with --top-k 2, or choose --weights experts."
            )
        own = float(source.config.get("router_aux_loss_coef") or 0.0)
        return replace(config, balance=own if config.balance is None else config.balance)
    if config.weights != "all" or config.balance is not None:
        raise UsageError(f"{source.folder} has no experts: leave out --weights and --balance, or name a mixture.")
    return config


def _notes(source: Checkpoint) -> Iterator[str]:
    if experts_in(source.config) and not answers_teach_gates(source.config):
        yield "One expert takes each token, always with the weight 1: answers taught the gates nothing."


def _freeze_others(model: Any, weights: str) -> None:
    """Let only the chosen weights learn; for the others the optimizer keeps nothing."""
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(any(part in name for part in _LEARNING[weights]))
