"""What is to be merged, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ...tools.errors import UsageError
from ..checkpoints.shards import NUMBER_TYPES, SHARD_BYTES

Method = Literal["slerp", "karcher", "linear", "ties", "dare"]
METHODS: tuple[str, ...] = get_args(Method)
_FROM_A_BASE = ("ties", "dare")
DENSITY = 0.5


@dataclass(frozen=True, slots=True)
class MergeConfig:
    """A merge: the folders of the ``models``, the ``method``, and the folder ``out`` that is to hold the result.

    ``t`` is the second model's share in a SLERP of two, by default one half. ``gradient`` lets it change from layer to
    layer as ``depth.GRADIENT`` says. ``weights`` are the shares of a linear merge or of DARE, in any unit. ``dtype`` is
    one of ``NUMBER_TYPES``, by default what each tensor of the first model has. ``shard_bytes`` is the size of a weight
    file. TIES and DARE merge what the models learnt since they were the ``base``: of its changes they keep the share
    ``density``, by default ``DENSITY``, which DARE draws by ``seed``.
    """

    models: tuple[Path, ...]
    method: str
    out: Path
    t: float | None = None
    weights: tuple[float, ...] | None = None
    gradient: bool = False
    dtype: str | None = None
    shard_bytes: int = SHARD_BYTES
    base: Path | None = None
    density: float | None = None
    seed: int = 0

    def check(self) -> None:
        """Raise ``UsageError`` for a wish that cannot be met or that the method has no use for."""
        for refused, sentence in self._rules():
            if refused:
                raise UsageError(sentence)

    def _rules(self) -> Sequence[tuple[bool, str]]:
        weights, from_a_base = self.weights or (), self.method in _FROM_A_BASE
        return (
            (len(self.models) < 2, "A merge takes two models or more."),
            (self.method not in METHODS, f"There is no method '{self.method}': {', '.join(METHODS)}."),
            (self.dtype not in (None, *NUMBER_TYPES), f"'{self.dtype}' is no --dtype: {', '.join(NUMBER_TYPES)}."),
            (self.t is not None and self.method != "slerp", "Only --method slerp has a --t."),
            (self.gradient and self.method != "slerp", "Only --method slerp has a --gradient."),
            (self.t is not None and self.gradient, "Give --t or --gradient: the gradient is a t for each layer."),
            (self.t is not None and len(self.models) > 2, "Of more than two models each takes an equal share: no --t."),
            (self.t is not None and not 0 <= self.t <= 1, f"--t is from 0 to 1, not {self.t}."),
            (bool(weights) and self.method not in ("linear", "dare"), "Only --method linear and dare have --weights."),
            (bool(weights) and len(weights) != len(self.models), "--weights takes a number for each model."),
            (any(weight < 0 for weight in weights), "--weights are not negative."),
            (bool(weights) and not 0 < sum(weights) < float("inf"), "--weights are numbers, and not all of them 0."),
            (
                from_a_base and not self.base,
                f"--method {self.method} needs --base, the model that all were trained from.",
            ),
            (not from_a_base and self.base is not None, "Only --method ties and dare have a --base."),
            (not from_a_base and self.density is not None, "Only --method ties and dare have a --density."),
            (not 0 < self.kept < 1, f"--density is between 0 and 1, not {self.kept}."),
        )

    @property
    def folders(self) -> tuple[Path, ...]:
        """The models and, behind them, the base if there is one."""
        return (*self.models, self.base) if self.base else self.models

    @property
    def kept(self) -> float:
        """The share of a model's changes that TIES and DARE keep."""
        return DENSITY if self.density is None else self.density

    @property
    def shares(self) -> tuple[float, ...]:
        """The models' shares in a linear merge or DARE, which add up to 1."""
        weights = self.weights or (1.0,) * len(self.models)
        return tuple(weight / sum(weights) for weight in weights)

    def recipe(self) -> dict[str, Any]:
        """Return what decides the result beside the models, as a JSON object."""
        chosen: dict[str, Any] = {"method": self.method, "dtype": self.dtype}
        if self.method == "slerp":
            equal = 0.5 if len(self.models) == 2 else "1/k"
            chosen["t"] = "gradient" if self.gradient else equal if self.t is None else self.t
        if self.method in ("linear", "dare"):
            chosen["shares"] = list(self.shares)
        if self.base:
            chosen |= {"base": str(self.base), "density": self.kept}
        if self.method == "dare":
            chosen["seed"] = self.seed
        return chosen
