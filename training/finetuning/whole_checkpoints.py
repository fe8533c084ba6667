"""Checkpoints that count only when they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from .kept_checkpoints import mark_whole, remove_older
from .machine import is_main

if TYPE_CHECKING:
    from transformers import Trainer
else:
    Trainer = object

_TORCH_WRITER = ("PytorchStreamWriter", "inline_container", "iostream error")  # in its errors, which have no class


class WholeCheckpoints(Trainer):  # type: ignore[misc]
    """Stands before a trainer among the bases of a class, and marks each checkpoint once every process has written it.

    The trainer writes a checkpoint file by file, and goes on from whichever is the last, whole or not. Older ones go
    once the new one is marked: at no time is there none that is whole.
    """

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        with writing():
            super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if is_main():
            folder = Path(self.args.output_dir)
            mark_whole(folder, self.state.global_step)
            remove_older(folder, self.state.best_global_step)

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Write none for a checkpoint: the model gets its own."""


@contextmanager
def writing() -> Iterator[None]:
    """Raise ``OSError`` where a file cannot be written, whichever library was at it."""
    try:
        yield
    except (RuntimeError, SafetensorError) as error:
        if isinstance(error, RuntimeError) and not any(words in str(error) for words in _TORCH_WRITER):
            raise
        raise OSError(str(error).splitlines()[0]) from error
