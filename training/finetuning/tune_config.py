"""The settings of tuning a mixture."""

import math
from dataclasses import dataclass

from ...tools.errors import UsageError
from .config import TrainingConfig

WEIGHTS = ("gates", "experts", "all")
_GATE_RATE = 1e-3


@dataclass(frozen=True, kw_only=True)
class TuneConfig(TrainingConfig):
    """The settings of a training, and what of a mixture learns.

    ``weights`` are the ``gates`` (the routers alone), the ``experts`` with the gates, or ``all``, which is what a model
    that is no mixture has. ``balance`` times the load-balancing loss of Switch Transformers (arXiv 2101.03961,
    equations 4 to 6, the sum over experts scaled by their number) is added to the loss; None: as much as the model's
    configuration says in ``router_aux_loss_coef``.
    """

    weights: str = "all"
    balance: float | None = None

    @property
    def usual_rate(self) -> float:
        """The highest learning rate where none is chosen: routers are new, and take a higher one alone."""
        return _GATE_RATE if self.weights == "gates" else super().usual_rate

    @property
    def measure(self) -> str:
        """What the losses are."""
        return super().measure + (f" + {self.balance:g} x balance" if self.balance else "")

    def check(self, processes: int = 1) -> None:
        """Raise ``UsageError`` for settings that cannot be, or not together, with so many processes."""
        super().check(processes)
        if self.weights not in WEIGHTS:
            raise UsageError(f"There are no weights '{self.weights}': choose gates, experts or all.")
        if self.weights == "gates" and self.lora:
            raise UsageError("Gates are small and learn whole: leave out --lora, or choose --weights experts or all.")
        if self.balance is not None and not 0 <= self.balance < math.inf:
            raise UsageError(f"A --balance of {self.balance:g} does not make work even: give 0 or more.")
