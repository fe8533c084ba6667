"""Supervised fine-tuning: a model learns to say the query that answers each question."""

from dataclasses import dataclass
from typing import Any

from peft import LoraConfig
from trl import SFTConfig as TrlConfig
from trl import SFTTrainer
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from .finetuning.adapters import lora
from .finetuning.config import TrainingConfig
from .finetuning.held_out import TokenMean
from .finetuning.journal import Observer
from .finetuning.lessons import Lessons, dataset, read_lessons
from .finetuning.running import begin, run_training
from .finetuning.sharding import Sharded
from .finetuning.source import context_of, load_model, load_tokenizer
from .finetuning.summary import TrainingSummary
from .finetuning.tokens import Lesson
from .finetuning.whole_checkpoints import WholeCheckpoints

TOKENS_ALREADY = {"dataset_kwargs": {"skip_prepare_dataset": True}}  # of TRL's configuration


@dataclass(frozen=True, kw_only=True)
class SftConfig(TrainingConfig):
    """The settings of a training, and ``packing``: to fill sequences of ``max_tokens`` with several examples each."""

    packing: bool = False


class _Trainer(Sharded, WholeCheckpoints, TokenMean, SFTTrainer):  # type: ignore[misc]
    """TRL's trainer, with checkpoints that count only when they are whole, and each token counted once."""


def train_sft(config: SftConfig, observer: Observer) -> TrainingSummary:
    """Train a model on the completions of examples, and save it with its tokenizer, its log and its lineage.

    Prompts are the tokens that sampling gives the model, and have no part in the loss. ``observer`` is told of each
    step and evaluation. The same call goes on with a training that was interrupted. Raises ``UsageError`` for settings,
    models and data that cannot be, and ``IsoglossError`` where the training cannot go on.
    """
    source = begin(config)
    tokenizer = load_tokenizer(source)
    lessons = read_lessons(config, tokenizer, context_of(source))
    prepared = {} if config.packing else TOKENS_ALREADY

    def trainer(arguments: dict[str, Any]) -> Any:
        # What balances the work of a mixture is added where it is tuned; here the loss is that of completions alone.
        own = {"max_length": config.max_tokens, "packing": config.packing, "router_aux_loss_coef": 0.0}
        settings = TrlConfig(**arguments, **prepared, **own)
        adapters = lora(config.lora, source.config) if config.lora else None
        return completion_trainer(settings, load_model(source), tokenizer, lessons, adapters)

    return run_training("sft", config, source, lessons.counts, trainer, observer)


def completion_trainer(
    settings: TrlConfig, model: Any, tokenizer: Any, lessons: Lessons[Lesson], adapters: LoraConfig | None
) -> Any:
    """Return what trains a model, or its ``adapters``, on the completions of lessons."""
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return _Trainer(
        model=model,
        args=settings,
        train_dataset=dataset(lessons.train),
        eval_dataset=dataset(lessons.held_out) if lessons.held_out else None,
        processing_class=tokenizer,
        # TRL's own collator would make the end token the padding, and say so in the model's configuration.
        data_collator=None if settings.packing else DataCollatorForLanguageModeling(padding or 0),
        peft_config=adapters,
    )
