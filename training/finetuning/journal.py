"""What a training tells while it goes on: a line for each step, kept in a file and shown."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from ...tools.errors import IsoglossError
from ...tools.json_lines import write_json_lines
from .machine import is_main
from .work_folder import WorkFolder, anew


@dataclass(frozen=True, slots=True)
class LogLine:
    """Where a training is after ``step`` of ``steps``: the ``loss`` of the step, or ``held_out_loss`` after it.

    What the losses are is ``TrainingConfig.measure``. ``tokens`` went through the model so far, ``seconds`` passed.
    """

    step: int
    steps: int
    epoch: float
    loss: float | None
    held_out_loss: float | None
    learning_rate: float | None
    tokens: int
    seconds: float
    measures: dict[str, float]


Observer = Callable[[LogLine], None]


class Journal(TrainerCallback):  # type: ignore[misc]
    """Writes each line of a training's log, hands it to ``observer``, and stops the training at a loss that is none.

    ``tokens`` are those of an epoch. A training that goes on after ``step`` keeps the lines up to there.
    """

    def __init__(self, work: WorkFolder, observer: Observer, tokens: int, step: int) -> None:
        self.lines = [line for line in read_log(work.losses) if line.step <= step]
        self._work, self._observer, self._tokens = work, observer, tokens
        self._began = time.monotonic() - (self.lines[-1].seconds if self.lines else 0.0)
        if is_main():
            write_json_lines(work.losses, map(_record, self.lines))

    @property
    def seconds(self) -> float:
        """How long the training took up to now, with what it took before it was interrupted."""
        return time.monotonic() - self._began

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, *_: Any, **__: Any) -> None:
        """Save as often as is asked for now, not as when the training began."""
        state.compute_steps(args, state.max_steps)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Keep what a step or an evaluation gave."""
        told = logs or {}
        if "loss" not in told and "eval_loss" not in told:
            return  # the sums at the end
        epoch = float(state.epoch or 0.0)
        numbers = (told.get("loss"), told.get("eval_loss"), told.get("learning_rate"))
        place = (state.global_step, state.max_steps, epoch)
        line = LogLine(*place, *numbers, round(self._tokens * epoch), self.seconds, _measures(told))
        self._require_finite(line, told)
        self.lines.append(line)
        if is_main():
            with self._work.losses.open("a", encoding="utf-8") as file:
                file.write(json.dumps(_record(line)) + "\n")
            self._observer(line)

    def _require_finite(self, line: LogLine, told: dict[str, Any]) -> None:
        for name in ("loss", "eval_loss", "grad_norm"):
            if not math.isfinite(told.get(name, 0.0)):
                what = {"loss": "loss", "eval_loss": "held-out loss", "grad_norm": "gradient"}[name]
                raise IsoglossError(
                    f"The {what} became {told[name]} in step {line.step} (epoch {line.epoch:.2f}), so the training "
                    f"stopped: give a lower --learning-rate{anew(self._work)}."
                )


def read_log(path: Path) -> list[LogLine]:
    """Return the lines of ``losses.jsonl``; none if there is no such file, and not one that was cut off."""
    if not path.is_file():
        return []
    whole = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]
    return [LogLine(**json.loads(line)) for line in whole]


_COMMON = {"loss", "learning_rate", "epoch", "num_tokens", "runtime", "samples_per_second", "steps_per_second"}


def _measures(told: dict[str, Any]) -> dict[str, float]:
    """Return what a trainer measures besides, such as the gradient's norm and the entropy."""
    short = {name.removeprefix("eval_"): value for name, value in told.items()}
    return {name: float(value) for name, value in short.items() if name not in _COMMON}


def _record(line: LogLine) -> dict[str, Any]:
    return asdict(replace(line, epoch=round(line.epoch, 4), seconds=round(line.seconds, 3)))
