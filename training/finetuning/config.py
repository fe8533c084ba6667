"""The settings that every training of a model has."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError

PRECISIONS = ("auto", "bf16", "float32")
FULL_RATE, LORA_RATE = 1e-4, 2e-4


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """What is trained on what, and how.

    ``model`` is a folder or the id of a model on the hub. ``epochs`` may be a fraction; ``steps`` ends the training
    earlier or later than they do. ``batch`` examples make one optimizer step, ``micro_batch`` of them (None: all) go
    through the model at a time on each process. ``lora`` is a rank; None trains all weights. ``held_out`` is the share
    of examples that only measure; after ``patience`` evaluations without a better loss on them the training stops, and
    the best weights are kept (None: the last ones are). ``evaluate_every`` and ``save_every`` count steps; by default
    there are about five of each. Where ``precision`` is ``auto``, the arithmetic is in bf16 where the machine has it;
    the weights are float32 in any case.
    """

    model: str
    data: tuple[Path, ...]
    out: Path
    epochs: float = 1.0
    steps: int | None = None
    learning_rate: float | None = None
    batch: int = 8
    micro_batch: int | None = None
    max_tokens: int = 2048
    lora: int | None = None
    held_out: float = 0.05
    patience: int | None = None
    evaluate_every: int | None = None
    save_every: int | None = None
    precision: str = "auto"
    seed: int = 0

    def check(self, processes: int = 1) -> None:
        """Raise ``UsageError`` for settings that cannot be, or not together, with so many processes."""
        if self.precision not in PRECISIONS:
            raise UsageError(f"There is no precision '{self.precision}': choose auto, bf16 or float32.")
        if not 0 < self.epochs < math.inf:
            raise UsageError(f"There is no training of {self.epochs:g} epochs: give a number above 0.")
        if self.learning_rate is not None and not 0 < self.learning_rate < math.inf:
            raise UsageError(f"Nothing is learnt at a rate of {self.learning_rate:g}: give a number above 0.")
        if not 0 <= self.held_out < 1:
            raise UsageError(f"A share of {self.held_out:g} cannot be held out: give one from 0 to less than 1.")
        if self.batch % (processes * (self.micro_batch or 1)):
            parts = f"{processes} x {self.micro_batch}" if self.micro_batch else f"{processes}"
            raise UsageError(f"A batch of {self.batch} cannot be cut into parts of {parts}: choose a multiple.")
        if self.patience is not None and not self.held_out:
            raise UsageError("--patience needs examples held out: give a --held-out above 0.")
        if self.patience is not None and self.save_every is not None:
            raise UsageError("With --patience each evaluation saves a checkpoint: leave out --save-every.")

    @property
    def usual_rate(self) -> float:
        """The highest learning rate where none is chosen: LoRA, whose updates are smaller, takes a higher one."""
        return LORA_RATE if self.lora else FULL_RATE

    @property
    def measure(self) -> str:
        """What the losses are."""
        return "nats per token of the completions"

    def settings(self) -> dict[str, Any]:
        """Return all but the place it goes to, as JSON takes it."""
        told = {name: value for name, value in asdict(self).items() if name != "out"}
        return {**told, "data": [str(path) for path in self.data]}
