"""Writing a model's weights as safetensors files of a given size, one tensor in memory at a time.

The library's own writer takes all tensors of a file at once. The format lets them be written one after another, since
its header needs their names, shapes and number types only:
https://huggingface.co/docs/safetensors/index#format
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ...tools.errors import UsageError
from .checkpoint import INDEX, SINGLE

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
NUMBER_TYPES = {"float32": "F32", "bfloat16": "BF16", "float16": "F16"}  # of --dtype, as safetensors calls them
SHARD_BYTES = 2 * 10**9
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
_ALIGNMENT = 8  # bytes


@dataclass(frozen=True, slots=True)
class PlannedTensor:
    """A tensor to be written; ``dtype`` is one of ``DTYPES``."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """How many bytes it takes in the file."""
        return self.count * int(DTYPES[self.dtype].itemsize)


def parse_size(text: str) -> int:
    """Return the bytes that a text such as ``2GB`` or ``500 MB`` names; raises ``UsageError`` for another text."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(KB|MB|GB)", text.strip().upper())
    if not found or not float(found[1]):
        raise UsageError(f"'{text}' is no size of a file: write it like 2GB or 500MB.")
    return int(float(found[1]) * _UNITS[found[2]])


def plan_shards(tensors: Iterable[PlannedTensor], most: int) -> list[list[PlannedTensor]]:
    """Part ``tensors``, in their order, into files of at most ``most`` bytes; a larger tensor has one for itself."""
    shards: list[list[PlannedTensor]] = [[]]
    size = 0
    for tensor in tensors:
        if shards[-1] and size + tensor.bytes > most:
            shards.append([])
            size = 0
        shards[-1].append(tensor)
        size += tensor.bytes
    return shards


def write_shards(
    folder: Path, shards: Sequence[Sequence[PlannedTensor]], values: Callable[[PlannedTensor], torch.Tensor]
) -> None:
    """Write the files and, if they are several, their index; ``values`` is asked for each tensor when its turn comes.

    Raises ``OSError`` where the disk is full.
    """
    names = [f"model-{number:05}-of-{len(shards):05}.safetensors" for number in range(1, len(shards) + 1)]
    names = [SINGLE] if len(shards) == 1 else names
    for name, shard in zip(names, shards, strict=True):
        _write_shard(folder / name, shard, values)
    if len(shards) > 1:
        places = {tensor.name: name for name, shard in zip(names, shards, strict=True) for tensor in shard}
        total = sum(tensor.bytes for shard in shards for tensor in shard)
        index = {"metadata": {"total_size": total}, "weight_map": places}
        (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


def _write_shard(path: Path, shard: Sequence[PlannedTensor], values: Callable[[PlannedTensor], torch.Tensor]) -> None:
    ordered = sorted(shard, key=lambda tensor: -DTYPES[tensor.dtype].itemsize)  # so that each number is aligned
    with path.open("wb") as file:
        file.write(_header(ordered))
        for tensor in ordered:
            numbers = values(tensor).to(DTYPES[tensor.dtype]).contiguous()
            file.write(numbers.reshape(-1).view(torch.uint8).numpy().data)


def _header(tensors: Sequence[PlannedTensor]) -> bytes:
    described: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for tensor in tensors:
        begin, end = end, end + tensor.bytes
        described[tensor.name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(described, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text
