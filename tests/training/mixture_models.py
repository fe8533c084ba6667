"""Mixtures of tiny models, and what a saved model answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .tiny_checkpoints import save_checkpoint

if TYPE_CHECKING:
    from isogloss.training.mixture.report import MixtureSummary

KEYWORDS = {
    "sqlite": ["GLOB", "JULIANDAY", "GROUP_CONCAT", "TOTAL"],
    "postgres": ["STRING_AGG", "ILIKE", "TO_CHAR", "JSONB_BUILD_OBJECT"],
    "mysql": ["IFNULL", "DATE_FORMAT", "STRAIGHT_JOIN", "LAST_DAY"],
}
ARCHITECTURES = ("Llama", "Mistral", "Qwen2", "Qwen3")
HIDDEN, LAYERS = 32, 3


def save_experts(place: Path, architecture: str = "Llama", distance: float = 0.5, **changed: Any) -> dict[str, Path]:
    """Save a model for each dialect of ``KEYWORDS``, and under ``base`` the one that all lie around."""
    distances = {"base": 0.0, **{dialect: distance * (1 + i / 4) for i, dialect in enumerate(KEYWORDS)}}
    changed = {"head_dim": 8, **changed} if architecture == "Qwen3" else changed
    return {name: save_checkpoint(place / name, each, architecture, **changed) for name, each in distances.items()}


def mixed(out: Path, models: Mapping[str, Path], gate: str = "last", **wishes: Any) -> "MixtureSummary":
    """Mix all models but ``base``, on ``base``."""
    from isogloss.training.mixture.config import DRAWN, MixtureConfig
    from isogloss.training.mixture.mixing import mix

    experts = {dialect: folder for dialect, folder in models.items() if dialect != "base"}
    keywords = {} if gate in DRAWN else {"keywords": KEYWORDS}
    return mix(MixtureConfig(experts, models["base"], gate, out, **{**keywords, **wishes}), lambda done, of: None)


def logits_of(folder: Path, text: str = "SELECT name FROM airports WHERE city LIKE 'A%'") -> Any:
    """Return the logits after each token of a text; the model must load with no tensor missing or left over."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, told = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(told.values())
    ids = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt").input_ids
    with torch.inference_mode():
        return model(ids).logits
