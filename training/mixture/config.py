"""Which experts are to be mixed, and how their gates come about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from ...tools.errors import UsageError
from ..checkpoints.shards import NUMBER_TYPES, SHARD_BYTES

Gate = Literal["last", "mean", "router", "random", "uniform"]
GATES: tuple[str, ...] = get_args(Gate)
DRAWN = ("random", "uniform")  # gates that no keyword decides
AUX_LOSS = 0.001  # as in Mixtral's own configuration
Keywords = Mapping[str, Sequence[str]]  # by dialect


@dataclass(frozen=True, slots=True)
class MixtureConfig:
    """A mixture: the folders of each expert and of the ``base``, the ``gate`` mode, and the folder ``out`` to be made.

    The base, usually a merge of the experts, gives whatever is no MLP, and the hidden states that gates are made of.
    ``keywords`` are texts by dialect. ``negatives`` are the texts whose mean is taken off: by default the other
    dialects' keywords, and for a dialect that a given table does not have none. ``top_k`` experts work on each token.
    ``aux_loss`` is the weight of the load-balancing loss when the mixture is tuned. ``dtype`` is one of
    ``NUMBER_TYPES``, by default what each tensor of the base has. ``shard_bytes`` is the size of a weight file.
    ``seed`` draws the gates that no keyword decides.
    """

    experts: Mapping[str, Path]
    base: Path
    gate: str
    out: Path
    keywords: Keywords = field(default_factory=dict)
    negatives: Keywords | None = None
    top_k: int = 2
    aux_loss: float = AUX_LOSS
    dtype: str | None = None
    shard_bytes: int = SHARD_BYTES
    seed: int = 0

    def check(self) -> None:
        """Raise ``UsageError`` for a wish that cannot be met; reads no file."""
        for refused, sentence in self._rules():
            if refused:
                raise UsageError(sentence)

    def _rules(self) -> Iterator[tuple[bool, str]]:
        count = len(self.experts)
        yield count < 2, "A mixture takes two experts or more."
        yield self.gate not in GATES, f"There is no --gate '{self.gate}': {', '.join(GATES)}."
        yield not 1 <= self.top_k <= count, f"--top-k is from 1 to the {count} experts, not {self.top_k}."
        yield not 0 <= self.aux_loss < float("inf"), f"--aux-loss is not negative, as {self.aux_loss} is."
        yield self.dtype not in (None, *NUMBER_TYPES), f"'{self.dtype}' is no --dtype: {', '.join(NUMBER_TYPES)}."
        if self.gate in DRAWN:
            yield bool(self.keywords), f"--gate {self.gate} is drawn: it has no use for --keywords."
            return
        for dialect in self.experts:
            texts = self.keywords.get(dialect, ())
            yield (
                not texts,
                f"There are no keywords for {dialect}, which --gate {self.gate} is made of: give some.",
            )
            yield not all(map(str.strip, texts)), f"A keyword for {dialect} is empty: remove it."

    def negatives_of(self, dialect: str) -> list[str]:
        """Return the texts whose mean is taken off the mean of the dialect's keywords."""
        if self.negatives is not None:
            return list(self.negatives.get(dialect, ()))
        return [text for other in self.experts if other != dialect for text in self.keywords[other]]

    @property
    def folders(self) -> tuple[Path, ...]:
        """The base and, behind it, the experts."""
        return (self.base, *self.experts.values())

    def recipe(self) -> dict[str, Any]:
        """Return what decides the result, as a JSON object."""
        drawn = self.gate in DRAWN
        texts = {dialect: list(self.keywords[dialect]) for dialect in self.experts} if not drawn else {}
        negatives = (
            {dialect: self.negatives_of(dialect) for dialect in texts} if self.negatives is not None else "others"
        )
        by = {"seed": self.seed} if drawn else {"keywords": texts, "negatives": negatives}
        return {
            "experts": {dialect: str(folder) for dialect, folder in self.experts.items()},
            "base": str(self.base),
            "gate": self.gate,
            **by,
            "top_k": self.top_k,
            "aux_loss": self.aux_loss,
            "dtype": self.dtype,
        }
