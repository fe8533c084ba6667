"""What a mixture looks like in its files: its configuration, its tensors, and where each is taken from.

The names are those of Transformers 5, which keeps the experts of a layer together, E of them: ``mlp.gate.weight`` is
[E, hidden], ``mlp.experts.gate_up_proj`` [E, 2 x intermediate, hidden] with the gate's rows first, and
``mlp.experts.down_proj`` [E, hidden, intermediate].
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
import transformers

from ..checkpoints.checkpoint import Checkpoint
from ..checkpoints.shards import DTYPES, NUMBER_TYPES, PlannedTensor
from ..merge.depth import depth_of, layer_of
from .config import MixtureConfig
from .families import FAMILIES, Family

_MLP = ".mlp."
_EXPERTS = {"experts.gate_up_proj": ("gate_proj", "up_proj"), "experts.down_proj": ("down_proj",)}
# Qwen2-MoE cannot do without an expert that works on every token. One of zeros adds nothing and never learns, since its
# gradients are zeros too. It is one number wide: of one without any, Transformers warns at each load.
_SHARED_WIDTH = 1


def family_of(base: Checkpoint) -> Family:
    """Return the kind of mixture that models like ``base`` become."""
    return FAMILIES[base.config["model_type"]]


def mixture_config(base: Checkpoint, config: MixtureConfig) -> dict[str, Any]:
    """Return the ``config.json`` of the mixture: what the base's says, and what is to be said of its experts."""
    family, dense = family_of(base), transformers.AutoConfig.from_pretrained(base.folder)
    target = getattr(transformers, f"{family.name}Config")
    known = {field.name for field in fields(target)} & {field.name for field in fields(dense)}
    settings = {key: value for key, value in dense.to_dict().items() if key in known}
    settings |= {
        family.count: len(config.experts),
        "num_experts_per_tok": config.top_k,
        "router_aux_loss_coef": config.aux_loss,
        "output_router_logits": False,  # whoever tunes the mixture turns it on, and with it the loss
        "architectures": [f"{family.name}ForCausalLM"],
        "dtype": config.dtype or dense.dtype,
    }
    if hasattr(dense, "head_dim"):
        settings["head_dim"] = dense.head_dim
    if family.name != "Mixtral":
        settings |= {"moe_intermediate_size": dense.intermediate_size, "norm_topk_prob": True}
    if family.shared_expert:
        settings["shared_expert_intermediate_size"] = _SHARED_WIDTH
    told: dict[str, Any] = target(**settings).to_diff_dict()
    return told


@dataclass(frozen=True, slots=True)
class Layout:
    """The tensors of a mixture: what they look like, and what is in them.

    The gates are new, the MLPs the experts', and everything else is the base's.
    """

    base: Checkpoint
    experts: Sequence[Checkpoint]
    dtype: str | None

    def planned(self) -> list[PlannedTensor]:
        """Return the tensors to be written, from the embedding through the layers to the head."""
        tensors = [
            self._like(name, name, stored.shape) for name, stored in self.base.tensors.items() if _MLP not in name
        ]
        for layer in range(self.base.config["num_hidden_layers"]):
            tensors += self._block(f"model.layers.{layer}{_MLP}")
        return sorted(tensors, key=lambda tensor: depth_of(tensor.name))

    def _block(self, mlp: str) -> list[PlannedTensor]:
        like, count = f"{mlp}gate_proj.weight", len(self.experts)
        wide, hidden = self.base.tensors[like].shape
        shapes: dict[str, tuple[int, ...]] = {
            "gate.weight": (count, hidden),
            "experts.gate_up_proj": (count, 2 * wide, hidden),
            "experts.down_proj": (count, hidden, wide),
        }
        if family_of(self.base).shared_expert:
            shapes |= {
                "shared_expert.gate_proj.weight": (_SHARED_WIDTH, hidden),
                "shared_expert.up_proj.weight": (_SHARED_WIDTH, hidden),
                "shared_expert.down_proj.weight": (hidden, _SHARED_WIDTH),
                "shared_expert_gate.weight": (1, hidden),
            }
        return [self._like(like, mlp + name, shape) for name, shape in shapes.items()]

    def _like(self, stored: str, name: str, shape: tuple[int, ...]) -> PlannedTensor:
        """Plan a tensor in the number type wished for, or in that of the base's tensor ``stored``."""
        return PlannedTensor(name, shape, NUMBER_TYPES[self.dtype] if self.dtype else self.base.tensors[stored].dtype)

    def values(self, planned: PlannedTensor, gates: torch.Tensor) -> torch.Tensor:
        """Return what a planned tensor holds, the ``gates`` being [layers, experts, hidden].

        Memory is taken for it and, as it is filled, for one matrix of an expert.
        """
        mlp, inside, part = planned.name.partition(_MLP)
        if not inside:
            return self.base.read(planned.name)
        if part == "gate.weight":
            return gates[layer_of(planned.name) or 0]
        if part not in _EXPERTS:
            return torch.zeros(planned.shape)
        held = torch.empty(planned.shape, dtype=DTYPES[planned.dtype])
        names = [f"{mlp}{_MLP}{matrix}.weight" for matrix in _EXPERTS[part]]
        for own, expert in zip(held, self.experts, strict=True):
            for place, name in zip(own.chunk(len(names)), names, strict=True):
                place.copy_(expert.read(name))
        return held
