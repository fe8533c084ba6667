"""What a tensor is for, and where in the model it lies, by its name."""

import math
import re
from typing import Literal

import numpy as np

Kind = Literal["attention", "mlp", "norm", "embedding", "head", "other"]

# The first word that occurs decides: the norms inside an attention belong to it.
_WORDS: tuple[tuple[str, Kind], ...] = (
    ("self_attn", "attention"),
    ("mlp", "mlp"),
    ("norm", "norm"),
    ("embed", "embedding"),
    ("lm_head", "head"),
)
_LAYER = re.compile(r"(?:^|\.)(\d+)\.")

# The shares of the second model from the first layer to the last that `MrezaPRZ/experts_slerp_7B` publishes for the
# merge of SQL-GEN (arXiv 2408.12733); whatever is neither attention nor MLP takes half of each.
GRADIENT: dict[Kind, tuple[float, ...]] = {
    "attention": (0.0, 0.5, 0.3, 0.7, 1.0),
    "mlp": (1.0, 0.5, 0.7, 0.3, 0.0),
}
_ELSEWHERE = 0.5


def kind_of(name: str) -> Kind:
    """Return what the tensor of that name is for."""
    return next((kind for word, kind in _WORDS if word in name), "other")


def layer_of(name: str) -> int | None:
    """Return the layer that a tensor belongs to, counted from 0; None outside of the layers."""
    found = _LAYER.search(name)
    return int(found[1]) if found else None


def depth_of(name: str) -> tuple[float, str]:
    """Return what sorts tensors from the embedding through the layers to the head."""
    layer = layer_of(name)
    outside = -1.0 if kind_of(name) == "embedding" else math.inf
    return (outside if layer is None else float(layer)), name


def gradient_t(name: str, layers: int) -> float:
    """Return the second model's share of a tensor by the published gradient, stretched over ``layers`` layers."""
    anchors, layer = GRADIENT.get(kind_of(name)), layer_of(name)
    if anchors is None or layer is None:
        return _ELSEWHERE
    place = layer / max(1, layers - 1) * (len(anchors) - 1)
    return float(np.interp(place, range(len(anchors)), anchors))
