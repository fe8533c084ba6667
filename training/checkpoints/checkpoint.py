"""A saved model as it lies in its folder: what its weights are called and look like, each read only when asked for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from ...tools.errors import UsageError

INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"
_HEAD, _EMBEDDING = "lm_head.weight", "model.embed_tokens.weight"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where a tensor is stored, its shape, and its number type as safetensors calls it (``F32``, ``BF16`` …)."""

    file: Path
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model's folder, its ``config.json``, and its tensors by name; no weight has been read."""

    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, StoredTensor]

    def read(self, name: str) -> torch.Tensor:
        """Return a tensor, mapped from its file: it takes memory as it is looked at, and frees it when let go."""
        with safe_open(self.tensors[name].file, "pt") as file:
            tensor: torch.Tensor = file.get_tensor(name)
            return tensor

    @property
    def files(self) -> list[Path]:
        """The files of the weights, in the order of their names."""
        return sorted({stored.file for stored in self.tensors.values()})


def open_checkpoint(folder: Path) -> Checkpoint:
    """Read what a folder says about its model; raises ``UsageError`` unless it is a whole model in safetensors files.

    Where the embedding serves as the head as well, a head that is stored all the same is passed over, as it is when
    the model is loaded.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}: name one with a saved model.")
    if not (folder / "config.json").is_file():
        adapter = (folder / "adapter_config.json").is_file()
        hint = "it holds an adapter: merge that into its base model first" if adapter else "name one with a saved model"
        raise UsageError(f"{folder} has no config.json: {hint}.")
    config = read_json(folder / "config.json")
    tensors = {name: stored for file in _weight_files(folder) for name, stored in _header(file).items()}
    if config.get("tie_word_embeddings") and _EMBEDDING in tensors:
        tensors.pop(_HEAD, None)
    return Checkpoint(folder, config, tensors)


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; raises ``UsageError`` if there is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise UsageError(f"{path} holds no JSON object.")
    return value


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _weight_files(folder: Path) -> list[Path]:
    if (folder / INDEX).is_file():
        named = read_json(folder / INDEX).get("weight_map")
        if not isinstance(named, dict) or not all(isinstance(name, str) for name in named.values()):
            raise UsageError(f"{folder / INDEX} has no weight_map from tensors to files.")
        files = [folder / Path(name).name for name in sorted(set(named.values()))]
    else:
        files = [folder / SINGLE]
    missing = next((file.name for file in files if not file.is_file()), None)
    if missing is None:
        return files
    if files == [folder / SINGLE]:
        raise UsageError(f"{folder} has no weights as safetensors: load the model and save it with save_pretrained.")
    raise UsageError(f"{folder} is not whole: {missing} is missing.")


def _header(file: Path) -> dict[str, StoredTensor]:
    try:
        with safe_open(file, "pt") as opened:
            names = list(opened.keys())
            slices = {name: opened.get_slice(name) for name in names}
            return {
                name: StoredTensor(file, tuple(each.get_shape()), each.get_dtype()) for name, each in slices.items()
            }
    except (OSError, SafetensorError) as error:
        raise UsageError(f"{file} cannot be read as safetensors: {error}.") from error
