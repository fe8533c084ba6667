"""What is to be merged, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ...tools.errors import UsageError

Method = Literal["slerp", "karcher", "linear"]
METHODS: tuple[str, ...] = get_args(Method)
NUMBER_TYPES = {"float32": "F32", "bfloat16": "BF16", "float16": "F16"}  # of --dtype, as safetensors calls them
SHARD_BYTES = 2 * 10**9


@dataclass(frozen=True, slots=True)
class MergeConfig:
    """A merge: the folders of the ``models``, the ``method``, and the folder ``out`` that is to hold the result.

    ``t`` is the second model's share in a SLERP of two, by default one half. ``gradient`` lets it change from layer to
    layer as ``depth.GRADIENT`` says. ``weights`` are the shares of a linear merge, in any unit. ``dtype`` is one of
    ``NUMBER_TYPES``, by default what each tensor of the first model has. ``shard_bytes`` is the size of a weight file.
    """

    models: tuple[Path, ...]
    method: str
    out: Path
    t: float | None = None
    weights: tuple[float, ...] | None = None
    gradient: bool = False
    dtype: str | None = None
    shard_bytes: int = SHARD_BYTES

    def check(self) -> None:
        """Raise ``UsageError`` for a wish that cannot be met or that the method has no use for."""
        for refused, sentence in self._rules():
            if refused:
                raise UsageError(sentence)

    def _rules(self) -> Sequence[tuple[bool, str]]:
        weights = self.weights or ()
        return (
            (len(self.models) < 2, "A merge takes two models or more."),
            (self.method not in METHODS, f"There is no method '{self.method}': {', '.join(METHODS)}."),
            (self.dtype not in (None, *NUMBER_TYPES), f"'{self.dtype}' is no --dtype: {', '.join(NUMBER_TYPES)}."),
            (self.t is not None and self.method != "slerp", "Only --method slerp has a --t."),
            (self.gradient and self.method != "slerp", "Only --method slerp has a --gradient."),
            (self.t is not None and self.gradient, "Give --t or --gradient: the gradient is a t for each layer."),
            (self.t is not None and len(self.models) > 2, "Of more than two models each takes an equal share: no --t."),
            (self.t is not None and not 0 <= self.t <= 1, f"--t is from 0 to 1, not {self.t}."),
            (bool(weights) and self.method != "linear", "Only --method linear has --weights."),
            (bool(weights) and len(weights) != len(self.models), "--weights takes a number for each model."),
            (any(weight < 0 for weight in weights), "--weights are not negative."),
            (bool(weights) and not 0 < sum(weights) < float("inf"), "--weights are numbers, and not all of them 0."),
        )

    @property
    def shares(self) -> tuple[float, ...]:
        """The models' shares in a linear merge, which add up to 1."""
        weights = self.weights or (1.0,) * len(self.models)
        return tuple(weight / sum(weights) for weight in weights)

    def recipe(self) -> dict[str, Any]:
        """Return what decides the result beside the models, as a JSON object."""
        chosen: dict[str, Any] = {"method": self.method, "dtype": self.dtype}
        if self.method == "slerp":
            chosen["t"] = "gradient" if self.gradient else self.t if len(self.models) == 2 else "1/k"
        if self.method == "linear":
            chosen["shares"] = list(self.shares)
        return chosen
