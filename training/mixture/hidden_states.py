"""What a model makes of a text at each of its layers, with the weights of one layer in memory at a time."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import AutoConfig, AutoModel

from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint
from ..finetuning.source import load_tokenizer

BATCH = 64  # texts that pass through the model together
_PREFIX = "model."  # of the names in a causal model's weight files

# From the ids of texts with their mask [texts, tokens] to the vectors at each layer: [texts, tokens, hidden] each.
LayerVectors = Callable[[torch.Tensor, torch.Tensor], list[torch.Tensor]]


def token_vectors(base: Checkpoint, texts: Sequence[str], router: bool, batch: int = BATCH) -> list[torch.Tensor]:
    """Return, for each text, the vectors of its tokens at each layer: [layers, tokens, hidden], in float32.

    They are what enters a layer, or with ``router`` what a router in the place of its MLP would see: the residual
    stream behind the attention, normalised. A text begins with the token that begins a sequence, if the tokenizer has
    one; its vector is left out, for it is the same in all texts and, in deep layers, a hundred times as long as others.
    Which texts share a batch makes no difference. Raises ``UsageError`` for a base without a tokenizer.
    """
    tokenizer = _tokenizer(base)
    begin = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    ids = [begin + tokenizer.encode(text, add_special_tokens=False) for text in texts]
    vectors_of, found = _streamed(base, router), []
    for start in range(0, len(ids), batch):
        chosen = ids[start : start + batch]
        layers = torch.stack(vectors_of(*_padded(chosen)), dim=1)
        found += [
            each[:, min(len(begin), len(own) - 1) : len(own)].clone() for each, own in zip(layers, chosen, strict=True)
        ]
    return found


def _tokenizer(base: Checkpoint) -> Any:
    try:
        return load_tokenizer(base)
    except UsageError as error:
        raise UsageError(
            f"{base.folder} has no tokenizer that can be loaded, for gates made of keywords: save that of the experts "
            "there with save_pretrained."
        ) from error


def _padded(ids: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Fill up rows on the right: a token looks only to its left, and so never sees what was filled in."""
    width = max(map(len, ids))
    rows = torch.tensor([[*row, *[0] * (width - len(row))] for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids])
    return rows, mask


def _streamed(base: Checkpoint, router: bool) -> LayerVectors:
    """Return the model as a function; each layer reads its weights when its turn comes, and lets them go behind it."""
    config = AutoConfig.from_pretrained(base.folder)
    with torch.device("meta"):  # shapes without memory
        model: Any = AutoModel.from_config(config, dtype=torch.float32).eval()
    model.rotary_emb = type(model.rotary_emb)(config)  # computed from the configuration, not stored
    model.norm = torch.nn.Identity()  # what comes behind the last layer, nobody asks for
    _load(model.embed_tokens, base, "embed_tokens.")
    seen: list[torch.Tensor] = []
    for number, layer in enumerate(model.layers):
        layer.register_forward_pre_hook(lambda it, _, name=f"layers.{number}.": _load(it, base, name))
        layer.register_forward_hook(lambda it, *_: it.to("meta") and None)
        if router:
            layer.post_attention_layernorm.register_forward_hook(lambda _, __, after: seen.append(after))
        else:
            layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))

    def vectors(ids: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
        seen.clear()
        with torch.inference_mode():
            model(input_ids=ids, attention_mask=mask, use_cache=False)
        return list(seen)

    return vectors


def _load(module: Any, base: Checkpoint, name: str) -> None:
    weights = {key: base.read(f"{_PREFIX}{name}{key}").float() for key in module.state_dict()}
    module.load_state_dict(weights, assign=True)
