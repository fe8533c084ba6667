"""Which architectures have a mixture of their kind in Transformers, and what that cannot express."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of mixture as Transformers calls it: ``name`` begins its classes, ``count`` is its number of experts.

    ``shared_expert`` says that it has an expert that works on every token. ``lacks`` are the settings of the dense
    model that would be lost, with what they do, where they are switched on.
    """

    name: str
    count: str
    shared_expert: bool
    lacks: Mapping[str, str]


_BIASES = {"attention_bias": "biases in its attention", "mlp_bias": "biases in its MLPs"}
_WINDOW = {"use_sliding_window": "a sliding window in some of its layers only"}

FAMILIES = {
    "llama": Family("Mixtral", "num_local_experts", False, _BIASES),
    "mistral": Family("Mixtral", "num_local_experts", False, {}),
    "qwen2": Family("Qwen2Moe", "num_experts", True, {}),
    "qwen3": Family("Qwen3Moe", "num_experts", False, _WINDOW),
}
