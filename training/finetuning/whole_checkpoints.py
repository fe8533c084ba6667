"""Checkpoints that count only when they are whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from .machine import is_main
from .work_folder import WHOLE

if TYPE_CHECKING:
    from transformers import Trainer
else:
    Trainer = object


class WholeCheckpoints(Trainer):  # type: ignore[misc]
    """Stands before a trainer among the bases of a class, and marks each checkpoint once every process has written it.

    The trainer writes a checkpoint file by file, and goes on from whichever is the last, whole or not. A disk that is
    full is an ``OSError``, whichever library was writing.
    """

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        try:
            super()._save_checkpoint(model, trial)
        except (RuntimeError, SafetensorError) as error:  # torch's and safetensors' words for a failed write
            raise OSError(str(error).splitlines()[0]) from error
        self.accelerator.wait_for_everyone()
        if is_main():
            (Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}" / WHOLE).touch()

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Write none for a checkpoint: the model gets its own."""
