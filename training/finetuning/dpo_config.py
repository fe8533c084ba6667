"""The settings of a training on preferences."""

import math
from dataclasses import dataclass

from ...tools.errors import UsageError
from .config import TrainingConfig

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
        super().check(processes)
        if self.loss not in LOSSES:
            raise UsageError(f"There is no loss '{self.loss}': choose {', '.join(LOSSES[:-1])} or {LOSSES[-1]}.")
        if not 0 < self.beta < math.inf:
            raise UsageError(f"With a --beta of {self.beta:g} nothing is preferred: give a number above 0.")
        if not 0 <= self.sft < math.inf:
            raise UsageError(f"A share of {self.sft:g} of the supervised loss teaches nothing: give 0 or more.")
