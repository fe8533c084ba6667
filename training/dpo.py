"""Direct preference optimisation: a model learns to prefer queries that are right to others of its own."""

from dataclasses import replace
from typing import Any

from trl import DPOConfig as TrlConfig
from trl import DPOTrainer

from .finetuning.adapters import lora
from .finetuning.dpo_config import DpoConfig
from .finetuning.journal import Observer
from .finetuning.lessons import dataset
from .finetuning.pairs import read_pairs
from .finetuning.running import begin, run_training
from .finetuning.sharding import Sharded
from .finetuning.source import context_of, load_model, load_tokenizer
from .finetuning.summary import TrainingSummary
from .finetuning.whole_checkpoints import WholeCheckpoints
from .preference_data import preference_files


class _Trainer(Sharded, WholeCheckpoints, DPOTrainer):  # type: ignore[misc]
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
    pairs = read_pairs(config, tokenizer, context_of(source))

    def trainer(arguments: dict[str, Any]) -> _Trainer:
        return _Trainer(
            model=load_model(source),
            ref_model=None if config.lora else load_model(source),
            args=TrlConfig(**arguments, **_loss(config), max_length=None, router_aux_loss_coef=0.0),
            train_dataset=dataset(pairs.train),
            eval_dataset=dataset(pairs.held_out) if pairs.held_out else None,
            processing_class=tokenizer,
            peft_config=lora(config.lora, source.config) if config.lora else None,
        )

    return run_training("dpo", config, source, pairs.counts, trainer, observer)


def _loss(config: DpoConfig) -> dict[str, Any]:
    """Return the loss in TRL's words."""
    weights = {config.loss: 1.0, **({"sft": config.sft} if config.sft else {})}
    return {"beta": config.beta, "loss_type": list(weights), "loss_weights": list(weights.values())}
