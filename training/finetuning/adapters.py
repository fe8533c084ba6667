"""Small matrices that learn in the place of a model's own weights: LoRA."""

from typing import Any

from peft import LoraConfig

_ROUTERS, _EXPERTS = "mlp.gate", ("mlp.experts.gate_up_proj", "mlp.experts.down_proj")


def lora(rank: int) -> LoraConfig:
    """Return adapters of ``rank`` on all linear layers but the head, with the usual scale of 2 (alpha = 2 rank)."""
    return _adapters(rank, target_modules="all-linear")


def mixture_lora(rank: int, attention: bool) -> LoraConfig:
    """Return adapters on the experts of a mixture, ``rank`` for each, and on its ``attention`` if that is to learn.

    Experts are no layers of their own but parts of one tensor, which PEFT has to be told of by name. Routers are small
    and learn whole.
    """
    linear: Any = "all-linear" if attention else []
    return _adapters(rank, target_modules=linear, target_parameters=list(_EXPERTS), modules_to_save=[_ROUTERS])


def _adapters(rank: int, **where: Any) -> LoraConfig:
    return LoraConfig(r=rank, lora_alpha=2 * rank, task_type="CAUSAL_LM", **where)
