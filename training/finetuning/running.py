"""A training from beginning to end, whatever it is that the trainer optimises."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from transformers import EarlyStoppingCallback, PrinterCallback

from ...tools.errors import IsoglossError, UsageError
from ...tools.memory import is_lack_of_memory
from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.lineage import carry_over
from ..checkpoints.output import require_free
from .arguments import trainer_arguments
from .config import TrainingConfig
from .head import score_labels_alone
from .inputs import inputs_of
from .journal import Journal, Observer
from .kept_checkpoints import result_in, step_of
from .machine import is_main, peak_memory_mb, processes, quiet_libraries, use_all_cores
from .papers import write_papers
from .sharding import check_sharding, require_seen, spread, trained
from .source import open_source, stored_dtype
from .summary import DataCounts, TrainingSummary, summarised
from .whole_checkpoints import writing
from .work_folder import WorkFolder, anew, work_folder

MakeTrainer = Callable[[dict[str, Any]], Any]


def begin(config: TrainingConfig) -> Checkpoint:
    """Return the model to be trained, and make the libraries and the machine ready.

    Raises ``UsageError`` for settings and models that cannot be, and for a place that is taken.
    """
    config.check(processes())
    check_sharding()
    if config.out.is_symlink():
        raise UsageError(f"{config.out} is a link: give the folder itself as --out.")
    require_free(config.out)
    quiet_libraries()
    use_all_cores()
    score_labels_alone()
    return open_source(config.model)


def run_training(
    command: str,
    config: TrainingConfig,
    source: Checkpoint,
    counts: DataCounts,
    make_trainer: MakeTrainer,
    observer: Observer,
) -> TrainingSummary:
    """Train what ``make_trainer`` makes of the trainer's arguments, and move the model to its place.

    A training that was interrupted goes on after its last whole checkpoint. Raises ``UsageError`` for a place that is
    taken or in use, and ``IsoglossError`` for a loss that is no number, a full disk, or too little memory; then the
    checkpoints stay.
    """
    inputs = inputs_of(source, config.data)
    settings = {**config.settings(), **spread(), "data": inputs.data, "model_files": inputs.weights}
    with _folder(config, settings) as work, _memory_told(work):
        trainer = make_trainer(trainer_arguments(config, work, bool(counts.held_out)))
        trainer.accelerator.wait_for_everyone()  # until the main process has the folder in order
        require_seen(trainer, work)
        last = work.last_whole()
        journal = Journal(work, observer, counts.tokens, step_of(last) if last else 0)
        _set_callbacks(trainer, journal, config.patience)
        _train(trainer, work)
        _save(trainer, source, work)
        summary = summarised(config.out, counts, journal.lines, journal.seconds, peak_memory_mb())
        if is_main():
            write_papers(command, summary, config, inputs, work)
            work.finish()
        trainer.accelerator.wait_for_everyone()
    return summary


def _folder(config: TrainingConfig, settings: dict[str, Any]) -> AbstractContextManager[WorkFolder]:
    return work_folder(config.out, settings) if is_main() else nullcontext(WorkFolder(config.out))


@contextmanager
def _memory_told(work: WorkFolder) -> Iterator[None]:
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_lack_of_memory(error):
            raise
        last = work.last_whole()
        step = f" to go on after step {step_of(last)}" if last else ""
        raise IsoglossError(
            f"The memory does not suffice: give a smaller --micro-batch{step}, or else --lora or a smaller --max-tokens"
            f"{anew(work)}."
        ) from error


def _set_callbacks(trainer: Any, journal: Journal, patience: int | None) -> None:
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(journal)
    if patience is not None:
        trainer.add_callback(EarlyStoppingCallback(patience))


def _train(trainer: Any, work: WorkFolder) -> None:
    """Train to the end; of a training that is over already, take the weights."""
    last, chosen = work.last_whole(), result_in(work.checkpoints)
    if chosen:
        trainer._load_from_checkpoint(str(chosen))
    else:
        trainer.train(resume_from_checkpoint=str(last) if last else None)


def _save(trainer: Any, source: Checkpoint, work: WorkFolder) -> None:
    """Save the weights in the number type that the model had, with its own configuration and tokenizer.

    A head that is the embedding is saved once: as two tensors of a shorter type they would no longer be known as one.
    """
    model, weights = trained(trainer, source)
    if is_main():
        dtype = stored_dtype(source)
        own = {name: each for name, each in weights.items() if name not in model.all_tied_weights_keys}
        stored = {name: each.to(dtype) if each.is_floating_point() else each for name, each in own.items()}
        with writing():
            model.save_pretrained(work.model, state_dict=stored)
        carry_over(source, work.model, source.config)
