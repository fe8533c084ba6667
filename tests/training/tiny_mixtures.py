"""Mixtures of some thousand weights, and one whose routers know the dialect of every letter."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from isogloss.training.examples import Example
from isogloss.training.prompt_format import Prompt

from ..agents.tiny_model import tiny_tokenizer

FAMILIES = ("Mixtral", "Qwen2Moe", "Qwen3Moe")
LETTERS = {"sqlite": "s", "postgres": "p", "mysql": "m"}
_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 64,
    "num_experts": 3,
    "bos_token_id": None,
}
_QWEN = {"moe_intermediate_size": 48, "norm_topk_prob": True}


def save_mixture(folder: Path, family: str = "Mixtral", top_k: int = 1, **changed: Any) -> Path:
    """Save a mixture of three experts, with a tokenizer that has no chat template, and the names of its dialects."""
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = None
    import torch
    import transformers

    torch.set_num_threads(1)
    torch.manual_seed(0)
    sizes = {**_SIZES, "vocab_size": len(tokenizer), "eos_token_id": tokenizer.eos_token_id}
    own = {"num_local_experts": sizes.pop("num_experts")} if family == "Mixtral" else _QWEN
    shared = {"shared_expert_intermediate_size": 16} if family == "Qwen2Moe" else {}
    config = getattr(transformers, f"{family}Config")(
        **{**sizes, **own, **shared, "num_experts_per_tok": top_k, **changed}
    )
    getattr(transformers, f"{family}ForCausalLM")(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    named = [{"dialect": dialect} for dialect in LETTERS]
    (folder / "mixture.json").write_text(json.dumps({"experts": named}))
    return folder


def load(folder: Path) -> Any:
    """Return a saved model."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder)


def route_by_letter(model: Any) -> None:
    """Make each router send a dialect's letter to the dialect's expert, and any other token to the last."""
    import torch

    tokenizer, last = tiny_tokenizer(), len(LETTERS) - 1
    with torch.no_grad():
        embedded = model.base_model.embed_tokens.weight.zero_()
        embedded[:, last] = 1.0
        for number, letter in enumerate(LETTERS.values()):
            embedded[tokenizer.encode(letter)] = torch.eye(embedded.shape[1])[number]
        for layer in model.base_model.layers:  # nothing but the embedding reaches a router
            layer.self_attn.o_proj.weight.zero_()
            for name, weights in layer.mlp.named_parameters():
                if "down_proj" in name:
                    weights.zero_()
            layer.mlp.gate.weight.zero_()
            layer.mlp.gate.weight[:, : len(LETTERS)] = 100 * torch.eye(len(LETTERS))


def examples(dialects: Iterable[str] = tuple(LETTERS)) -> list[Example]:
    """Return four examples of each dialect that hold its letter alone: two letters to five, and two more to add."""
    return [
        Example(
            id=f"{dialect}-{more}",
            prompt=Prompt([{"role": "user", "content": letter * (2 + more)}], letter * (2 + more)),
            completion=letter * 2,
            dialect=dialect,
            database="airports",
            template=str(more),
        )
        for dialect in dialects
        for letter in (LETTERS.get(dialect, "o"),)
        for more in range(4)
    ]
