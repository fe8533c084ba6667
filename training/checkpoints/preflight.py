"""Before any weight is read: whether models can be merged at all, each obstacle in one sentence."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...tools.errors import UsageError
from .checkpoint import Checkpoint, read_json
from .shards import DTYPES

# What siblings differ in without computing otherwise: whence they came, how they were trained and are sampled. That the
# special tokens agree, the tokenizers tell.
_NO_MATTER = ("_name_or_path", "dtype", "torch_dtype", "transformers_version", "use_cache", "initializer_range")
_NO_MATTER_ENDS = ("_dropout", "_token_id", "dropout_prob")
_ROPE = ("rope_parameters", "rope_theta", "rope_scaling")
_TOKENIZER_PARTS = ("added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder")
_SHOWN = 3  # names in a sentence


def require_mergeable(checkpoints: Sequence[Checkpoint]) -> None:
    """Raise ``UsageError`` with a sentence for each way in which a model differs from the first, if any does."""
    if found := obstacles(checkpoints):
        raise UsageError("\n".join(["These models cannot be merged.", *found]))


def obstacles(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """Return a sentence for whatever keeps the tensors of these models from being put together."""
    first, *others = checkpoints
    found = [f"{model.folder} {reason}." for model in checkpoints for reason in _unfit(model)]
    return found + [f"{other.folder} {reason}." for other in others for reason in differences(first, other)]


def _unfit(model: Checkpoint) -> Iterator[str]:
    if model.config.get("quantization_config"):
        yield "is quantised: save it with its weights as numbers first"
    if odd := [name for name, stored in model.tensors.items() if stored.dtype not in DTYPES]:
        yield f"has tensors of type {model.tensors[odd[0]].dtype}, which cannot be averaged: {_some(odd)}"


def differences(first: Checkpoint, other: Checkpoint) -> Iterator[str]:
    """Yield what keeps ``other`` from being merged with ``first``, as the ends of sentences about ``other``."""
    yield from _config_differences(first.config, other.config)
    yield from _tensor_differences(first, other)
    yield from _tokenizer_differences(first.folder, other.folder)
    if chat_template(first.folder) != chat_template(other.folder):
        yield f"has another chat template than {first.folder}"


def chat_template(folder: Path) -> Any:
    """Return the chat template of a saved tokenizer, whichever file it is in; None if it has none."""
    if (folder / "chat_template.jinja").is_file():
        return (folder / "chat_template.jinja").read_text(encoding="utf-8").strip()
    if not (folder / "tokenizer_config.json").is_file():
        return None
    template = read_json(folder / "tokenizer_config.json").get("chat_template")
    return template.strip() if isinstance(template, str) else template


def _config_differences(first: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences in what both state: releases of Transformers differ in what they leave to a default."""
    ours, theirs = _computing(first), _computing(other)
    for key in ours:
        if key in theirs and ours[key] != theirs[key]:
            yield f"has {key} {json.dumps(theirs[key])} where the first has {json.dumps(ours[key])}"


def _computing(config: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in config.items() if key not in _NO_MATTER and not key.endswith(_NO_MATTER_ENDS)}
    rope = {"rope_type": "default", "rope_theta": kept.get("rope_theta"), **(kept.get("rope_scaling") or {})}
    return {**{k: v for k, v in kept.items() if k not in _ROPE}, "rope": kept.get("rope_parameters") or rope}


def _tensor_differences(first: Checkpoint, other: Checkpoint) -> Iterator[str]:
    if missing := [name for name in first.tensors if name not in other.tensors]:
        yield f"lacks {len(missing)} tensors of the first: {_some(missing)}"
    if more := [name for name in other.tensors if name not in first.tensors]:
        yield f"has {len(more)} tensors that the first lacks: {_some(more)}"
    for name, stored in first.tensors.items():
        theirs = other.tensors.get(name, stored)
        if theirs.shape != stored.shape:
            yield f"has {name} of shape {list(theirs.shape)} where the first has {list(stored.shape)}"


def _tokenizer_differences(first: Path, other: Path) -> Iterator[str]:
    if _bytes(first / "tokenizer.model") != _bytes(other / "tokenizer.model"):
        yield "has another tokenizer.model than the first"
    ours, theirs = first / "tokenizer.json", other / "tokenizer.json"
    if _bytes(ours) == _bytes(theirs):
        return
    for folder, file in ((first, ours), (other, theirs)):
        if not file.is_file():
            yield f"cannot be compared by its tokenizer: there is no tokenizer.json in {folder}"
            return
    yield from _tokenizer_file_differences(read_json(ours), read_json(theirs))


def _tokenizer_file_differences(first: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences but in padding and truncation, which training leaves set."""
    ours, theirs = dict(first.get("model") or {}), dict(other.get("model") or {})
    known, named = _vocabulary(ours), _vocabulary(theirs)
    if changed := [token for token in {**known, **named} if known.get(token) != named.get(token)]:
        yield f"has another vocabulary than the first, by {len(changed)} tokens: {_some(changed)}"
    elif ours != theirs:
        yield "splits words into tokens in another way than the first"
    for part in _TOKENIZER_PARTS:
        if first.get(part) != other.get(part):
            yield f"has another {part.replace('_', ' ')} in its tokenizer than the first"


def _vocabulary(model: dict[str, Any]) -> dict[str, Any]:
    """Take the vocabulary out of a tokenizer's model and return it: a table of ids, or a list of pieces and scores."""
    vocabulary = model.pop("vocab", {})
    return vocabulary if isinstance(vocabulary, dict) else {str(piece[0]): piece[1:] for piece in vocabulary}


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None
