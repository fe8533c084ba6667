"""Small matrices that learn in the place of a model's own weights: LoRA."""

from collections.abc import Mapping
from typing import Any

from peft import LoraConfig

from ..checkpoints.experts import experts_in

_ROUTERS = ["mlp.gate"]
_EXPERTS = ["mlp.experts.gate_up_proj", "mlp.experts.down_proj"]
_ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]


def lora(rank: int, model: Mapping[str, Any], attention: bool = True) -> LoraConfig:
    """Return adapters of ``rank``, with the usual scale of 2 (alpha = 2 rank), for a model with this ``config.json``.

    They are on all linear layers but the head. In a mixture they are on each expert, and on the ``attention`` if that
    is to learn; its routers, which are smaller than an adapter, learn whole.
    """
    if not experts_in(model):
        return _adapters(rank, target_modules="all-linear")
    # Experts are no layers but parts of a tensor: PEFT finds those of some families by itself, and of others none.
    where = {"target_parameters": _EXPERTS, "modules_to_save": _ROUTERS}
    return _adapters(rank, target_modules=_ATTENTION if attention else [], **where)


def _adapters(rank: int, **where: Any) -> LoraConfig:
    return LoraConfig(r=rank, lora_alpha=2 * rank, task_type="CAUSAL_LM", **where)
