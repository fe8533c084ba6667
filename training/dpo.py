"""Direct preference optimisation: a model learns to prefer queries that are right to others of its own."""

from dataclasses import dataclass, replace
from typing import Any

from trl import DPOConfig as TrlConfig
from trl import DPOTrainer

from ..tools.errors import UsageError
from .finetuning.adapters import lora
from .finetuning.config import TrainingConfig
from .finetuning.journal import Observer
from .finetuning.lessons import dataset
from .finetuning.pairs import read_pairs
from .finetuning.running import begin, run_training
from .finetuning.source import load_model, load_tokenizer
from .finetuning.summary import TrainingSummary
from .finetuning.whole_checkpoints import WholeCheckpoints
from .preference_data import preference_files

LOSSES = ("sigmoid", "ipo", "hinge")
_FULL_RATE, _LORA_RATE = 5e-6, 1e-4


@dataclass(frozen=True, kw_only=True)
class DpoConfig(TrainingConfig):
    """The settings of a training, and those of the preference loss.

    A reward is ``beta`` times the change of a completion's log-probability since the training began. ``loss`` is
    ``sigmoid`` (DPO, arXiv 2305.18290, equation 7), ``ipo`` (arXiv 2310.12036, equation 17, with log-probabilities
    per token) or ``hinge`` (SLiC, arXiv 2305.10425). ``sft`` times the loss of supervised training on the completions
    to prefer is added: it keeps them from becoming unlikely together with those to avoid.
    """

    beta: float = 0.1
    loss: str = "sigmoid"
    sft: float = 0.0

    @property
    def usual_rate(self) -> float:
        """The highest learning rate where none is chosen: smaller than where a model learns what is new to it."""
        return _LORA_RATE if self.lora else _FULL_RATE

    @property
    def measure(self) -> str:
        """What the losses are."""
        return f"the {self.loss} loss of pairs" + (f" + {self.sft:g} x nats per token" if self.sft else "")

    def check(self, processes: int = 1) -> None:
        """Raise ``UsageError`` for settings that cannot be, or not together, with so many processes."""
        TrainingConfig.check(self, processes)
        if self.loss not in LOSSES:
            raise UsageError(f"There is no loss '{self.loss}': choose {', '.join(LOSSES[:-1])} or {LOSSES[-1]}.")
        if self.beta <= 0:
            raise UsageError(f"With a --beta of {self.beta:g} nothing is preferred: give more than 0.")
        if self.sft < 0:
            raise UsageError(f"A share of {self.sft:g} of the supervised loss would unlearn it: give 0 or more.")


class _Trainer(WholeCheckpoints, DPOTrainer):  # type: ignore[misc]
    """TRL's trainer, with whole checkpoints and our own tokens."""

    def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
        """Take pairs as they are: TRL would make tokens of texts, and not those that sampling asks with."""
        return dataset


def train_dpo(config: DpoConfig, observer: Observer) -> TrainingSummary:
    """Train a model on preferences, and save it with its tokenizer, its log and its lineage.

    The model is compared with what it was at the beginning, which stays in memory beside it; LoRA needs no copy.
    ``observer`` is told of each step and evaluation; the rewards are in its ``measures``. The same call goes on with a
    training that was interrupted. Raises ``UsageError`` for settings, models and data that cannot be, and
    ``IsoglossError`` where the training cannot go on.
    """
    config = replace(config, data=preference_files(config.data))
    source = begin(config)
    tokenizer = load_tokenizer(source)
    pairs = read_pairs(config, tokenizer)

    def trainer(arguments: dict[str, Any]) -> _Trainer:
        return _Trainer(
            model=load_model(source),
            ref_model=None if config.lora else load_model(source),
            args=TrlConfig(**arguments, **_loss(config), max_length=None),
            train_dataset=dataset(pairs.train),
            eval_dataset=dataset(pairs.held_out) if pairs.held_out else None,
            processing_class=tokenizer,
            peft_config=lora(config.lora) if config.lora else None,
        )

    return run_training("dpo", config, source, pairs.counts, trainer, observer)


def _loss(config: DpoConfig) -> dict[str, Any]:
    """Return the loss in TRL's words."""
    weights = {config.loss: 1.0, **({"sft": config.sft} if config.sft else {})}
    return {"beta": config.beta, "loss_type": list(weights), "loss_weights": list(weights.values())}
