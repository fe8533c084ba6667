"""The loss on the completions held out, a mean over their tokens."""

from typing import TYPE_CHECKING, Any

import torch

from .tokens import UNTRAINED

if TYPE_CHECKING:
    from transformers import Trainer
else:
    Trainer = object


class TokenMean(Trainer):  # type: ignore[misc]
    """Stands before a trainer among the bases of a class, and counts each token held out once.

    The trainer gives each part of a batch the same weight, so that its mean would hang on the parts. Where several
    processes have examples left over, some count once more, as they train once more.
    """

    def evaluation_loop(self, *given: Any, **named: Any) -> Any:
        """Return what the trainer does, with the mean over tokens in the place of its loss."""
        self._nats = self._tokens = torch.zeros((), dtype=torch.float64)
        measured = super().evaluation_loop(*given, **named)
        here = torch.stack([self._nats, self._tokens]).float().to(self.args.device)  # not all devices have doubles
        nats, tokens = self.accelerator.reduce(here, "sum").tolist()
        measured.metrics["eval_loss"] = nats / tokens
        return measured

    def prediction_step(self, model: Any, inputs: Any, *given: Any, **named: Any) -> Any:
        """Return what the trainer does, and add it to the sums."""
        made = super().prediction_step(model, inputs, *given, **named)
        tokens = (inputs["labels"] != UNTRAINED).sum().cpu()
        self._nats = self._nats + made[0].cpu().double() * tokens
        self._tokens = self._tokens + tokens
        return made
