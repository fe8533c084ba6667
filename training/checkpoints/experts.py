"""What a model's configuration says of its experts."""

from collections.abc import Mapping
from typing import Any

_FAMILIES = ("mixtral", "qwen2_moe", "qwen3_moe")  # as Transformers calls them


def experts_in(config: Mapping[str, Any]) -> int:
    """Return how many experts a mixture has, by its ``config.json``; 0 for any other model."""
    if config.get("model_type") not in _FAMILIES:
        return 0
    return int(config.get("num_local_experts") or config.get("num_experts") or 0)  # by family and release


def answers_teach_gates(config: Mapping[str, Any]) -> bool:
    """Tell whether the loss on a mixture's answers reaches its routers.

    It does not where a single expert takes each token with its weight set to 1, whatever the router gave it: then the
    load-balancing loss alone moves the routers.
    """
    sums_to_one = config.get("norm_topk_prob", config["model_type"] == "mixtral")
    return config["num_experts_per_tok"] > 1 or not sums_to_one
