"""Supervised fine-tuning: a model learns to say the query that answers each question."""

from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from peft import LoraConfig
from trl import SFTConfig as TrlConfig
from trl import SFTTrainer
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

from .checkpoints.output import require_free
from .finetuning.config import TrainingConfig
from .finetuning.head import score_labels_alone
from .finetuning.journal import Observer
from .finetuning.lessons import Lessons, read_lessons
from .finetuning.machine import processes, quiet_libraries, use_all_cores
from .finetuning.running import run_training
from .finetuning.source import load_model, load_tokenizer, open_source
from .finetuning.summary import TrainingSummary
from .finetuning.tokens import Lesson
from .finetuning.whole_checkpoints import WholeCheckpoints


@dataclass(frozen=True, kw_only=True)
class SftConfig(TrainingConfig):
    """The settings of a training, and ``packing``: to fill sequences of ``max_tokens`` with several examples each."""

    packing: bool = False


class _Trainer(WholeCheckpoints, SFTTrainer):  # type: ignore[misc]
    """TRL's trainer, with checkpoints that count only when they are whole."""


def train_sft(config: SftConfig, observer: Observer) -> TrainingSummary:
    """Train a model on the completions of examples, and save it with its tokenizer, its log and its lineage.

    Prompts are the tokens that sampling gives the model, and have no part in the loss. ``observer`` is told of each
    step and evaluation. The same call goes on with a training that was interrupted. Raises ``UsageError`` for settings,
    models and data that cannot be, and ``IsoglossError`` where the training cannot go on.
    """
    config.check(processes())
    require_free(config.out)
    quiet_libraries()
    use_all_cores()
    score_labels_alone()
    source = open_source(config.model)
    tokenizer = load_tokenizer(source)
    lessons = read_lessons(config, tokenizer)

    def trainer(arguments: dict[str, Any]) -> _Trainer:
        return _trainer(config, arguments, load_model(source), tokenizer, lessons)

    return run_training("sft", config, source, lessons.counts, trainer, observer)


def _trainer(config: SftConfig, arguments: dict[str, Any], model: Any, tokenizer: Any, lessons: Lessons) -> _Trainer:
    prepared = {} if config.packing else {"dataset_kwargs": {"skip_prepare_dataset": True}}
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return _Trainer(
        model=model,
        args=TrlConfig(**arguments, **prepared, max_length=config.max_tokens, packing=config.packing),
        train_dataset=_dataset(lessons.train),
        eval_dataset=_dataset(lessons.held_out) if lessons.held_out else None,
        processing_class=tokenizer,
        # TRL's own collator would make the end token the padding, and say so in the model's configuration.
        data_collator=None if config.packing else DataCollatorForLanguageModeling(padding or 0),
        peft_config=lora(config.lora) if config.lora else None,
    )


def _dataset(lessons: list[Lesson]) -> Dataset:
    """Return lessons as the trainer takes them, in memory."""
    return Dataset.from_list([each.columns() for each in lessons])


def lora(rank: int) -> LoraConfig:
    """Return adapters of ``rank`` on all linear layers but the head, with the usual scale of 2 (alpha = 2 rank)."""
    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
