"""What a training starts from, down to each bit."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..checkpoints.checkpoint import Checkpoint, sha256_of


@dataclass(frozen=True, slots=True)
class Inputs:
    """The model that learns, and the SHA-256 of its ``weights``, by file, and of the files of ``data``, by path."""

    source: Checkpoint
    weights: dict[str, str]
    data: dict[str, str]


def inputs_of(source: Checkpoint, data: Sequence[Path]) -> Inputs:
    """Return a model and files of data with their digests, for which all of them are read."""
    weights = {file.name: sha256_of(file) for file in source.files}
    return Inputs(source, weights, {str(path): sha256_of(path) for path in data})
