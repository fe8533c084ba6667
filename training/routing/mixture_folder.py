"""What the folder of a mixture says before its weights are read: how many experts there are, and whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...tools.dialects import get_dialect
from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint, open_checkpoint, read_json
from ..checkpoints.experts import experts_in
from ..mixture.companions import MIXTURE


@dataclass(frozen=True, slots=True)
class MixtureFolder:
    """A saved mixture: its longest input in tokens (``context``), and how many experts take a token (``top_k``).

    ``experts`` has for each expert, in order, the dialect whose it is; None where nothing says so.
    """

    checkpoint: Checkpoint
    context: int
    top_k: int
    experts: tuple[str | None, ...]


def open_mixture(folder: Path, named: Sequence[str] | None) -> MixtureFolder:
    """Read what a folder says of its mixture; ``named`` are the experts' dialects where they are not to be looked up.

    Raises ``UsageError`` for what is no mixture, another number of names than of experts, and an unknown dialect.
    """
    checkpoint = open_checkpoint(folder)
    config, count = checkpoint.config, experts_in(checkpoint.config)
    if count < 2:
        kind = config.get("model_type")
        raise UsageError(f"{folder} is a {kind} model, no mixture of experts: isogloss train mixture makes one.")
    dialects = _dialects(folder, named)
    if dialects and len(dialects) != count:
        said = "--experts names" if named else f"{folder / MIXTURE} names"
        raise UsageError(f"{said} {len(dialects)} experts and {folder} has {count}: name them all in order.")
    experts = tuple(get_dialect(name).name for name in dialects) or (None,) * count
    return MixtureFolder(checkpoint, config["max_position_embeddings"], config["num_experts_per_tok"], experts)


def _dialects(folder: Path, named: Sequence[str] | None) -> list[str]:
    if named or not (folder / MIXTURE).is_file():
        return list(named or ())
    told: Any = read_json(folder / MIXTURE).get("experts")
    try:
        return [str(expert["dialect"]) for expert in told]
    except (TypeError, KeyError) as error:
        raise UsageError(f"{folder / MIXTURE} does not say whose the experts are: give --experts.") from error
