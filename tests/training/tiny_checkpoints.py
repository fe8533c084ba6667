"""Saved models of some thousand weights, of several architectures, whose distance from each other is chosen."""

from pathlib import Path
from typing import Any

import pytest

from ..agents.tiny_model import tiny_tokenizer

_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "bos_token_id": None,
}


def save_checkpoint(folder: Path, distance: float = 0.0, architecture: str = "Llama", **changed: Any) -> Path:
    """Save a model whose weights are those of every other here, with noise of ``distance`` times their spread."""
    tokenizer = tiny_tokenizer()
    import torch
    import transformers

    torch.set_num_threads(1)
    torch.manual_seed(0)
    sizes = {**_SIZES, "vocab_size": len(tokenizer), "eos_token_id": tokenizer.eos_token_id, **changed}
    config = getattr(transformers, f"{architecture}Config")(**sizes)
    model = getattr(transformers, f"{architecture}ForCausalLM")(config)
    noise = torch.Generator().manual_seed(round(1000 * distance))
    with torch.no_grad():
        for weights in model.parameters():  # biases begin as zeros, and would have no direction
            weights += 0.02 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(weights.numel()))
            weights += distance * weights.std() * torch.randn(weights.shape, generator=noise)
    model.to(changed.get("dtype", torch.float32)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def weights_of(folder: Path) -> dict[str, Any]:
    """Return all tensors of a saved model, whichever files they are in."""
    safetensors = pytest.importorskip("safetensors.torch")
    return {
        name: each
        for file in sorted(folder.glob("*.safetensors"))
        for name, each in safetensors.load_file(file).items()
    }


def change_weights(folder: Path, name: str, values: Any) -> None:
    """Put other values in the place of a tensor; ``None`` removes it."""
    safetensors = pytest.importorskip("safetensors.torch")
    weights = {**weights_of(folder), name: values}
    kept = {key: each for key, each in weights.items() if each is not None}
    safetensors.save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
