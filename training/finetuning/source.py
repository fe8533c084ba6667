"""The model that a training begins with: its folder, tokenizer and weights."""

import re
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from ...tools.errors import UsageError
from ...tools.memory import is_lack_of_memory
from ..checkpoints.checkpoint import Checkpoint, open_checkpoint

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_TAKEN = ["*.safetensors", "*.json", "*.model", "*.txt", "*.jinja"]  # no pickled weights, no code


def open_source(name: str) -> Checkpoint:
    """Return the model in the folder ``name``, or of that id on the hub, from which it is fetched once.

    Raises ``UsageError`` unless it is a whole model in safetensors files, whose weights are no quantised numbers.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir() and _HUB_ID.fullmatch(name) and not name.startswith("."):
        folder = _fetched(name)
    if not folder.is_dir():
        raise UsageError(f"There is no folder {name}: name one with a saved model, or a model on the hub as ORG/NAME.")
    source = open_checkpoint(folder)
    if source.config.get("quantization_config"):
        raise UsageError(f"The weights of {folder} are quantised, and cannot learn: name the model that they are of.")
    return source


def load_tokenizer(source: Checkpoint) -> Any:
    """Return the tokenizer of a model; raises ``UsageError`` if it cannot be loaded."""
    try:
        return AutoTokenizer.from_pretrained(str(source.folder), trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(_no_model(source, error)) from error


def load_model(source: Checkpoint) -> Any:
    """Return the model with float32 weights: steps of usual size would be lost in the rounding of shorter numbers.

    Raises ``UsageError`` if it cannot be loaded, or lacks weights, which would be random numbers.
    """
    how: dict[str, Any] = {"dtype": torch.float32, "use_safetensors": True, "trust_remote_code": False}
    tells = {"output_loading_info": True, "ignore_mismatched_sizes": True}
    try:
        model, told = AutoModelForCausalLM.from_pretrained(str(source.folder), **tells, **how)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        if is_lack_of_memory(error):
            raise
        raise UsageError(_no_model(source, error)) from error
    _require_all(source, told["missing_keys"], {name for name, *_ in told["mismatched_keys"]})
    return model


def _require_all(source: Checkpoint, missing: set[str], misshapen: set[str]) -> None:
    named = sorted(missing | misshapen)
    more = f" and {len(named) - 1} more" if named[1:] else ""
    if named:
        shape = " of the shape that its config.json says" if misshapen else ""
        raise UsageError(f"The model {source.folder} lacks {named[0]}{more}{shape}: name a folder with a whole model.")


def context_of(source: Checkpoint) -> int | None:
    """Return how many tokens a model takes at most, by its configuration; None where that says nothing."""
    return source.config.get("max_position_embeddings") or source.config.get("n_positions")


def stored_dtype(source: Checkpoint) -> torch.dtype:
    """Return the number type that a model's weights are stored in, by its configuration."""
    named = source.config.get("dtype") or source.config.get("torch_dtype") or "float32"
    dtype: torch.dtype = getattr(torch, str(named).removeprefix("torch."))
    return dtype


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=_TAKEN, ignore_patterns=["*/*"]))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UsageError(f"There is no folder {name}, and the hub gives no such model ({why}).") from error


def _no_model(source: Checkpoint, error: Exception) -> str:
    why = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"The model {source.folder} cannot be loaded ({why}): name a folder with a saved model."
