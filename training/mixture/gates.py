"""The gates: for each layer and dialect a direction, towards which the hidden states of that dialect's tokens lie.

SQL-GEN (arXiv 2408.12733, A.3) begins each gate as the mean hidden vector of the dialect's keywords; in the models that
its authors published, less the mean of the other dialects' keywords, and at unit length.
"""

import os
from collections.abc import Mapping, Sequence

import torch

from ...tools.errors import UsageError
from ..checkpoints.checkpoint import Checkpoint
from ..threads import threads
from .config import DRAWN, MixtureConfig
from .hidden_states import token_vectors

_FLAT = 0.01  # the length of `uniform` gates: enough to break ties, too little to prefer an expert
_NOTHING = 1e-6  # a difference of means this much shorter than the means themselves is rounding


def gates_of(base: Checkpoint, config: MixtureConfig) -> torch.Tensor:
    """Return the gates, [layers, experts, hidden] in float32, by the mode ``config.gate``.

    ``last``
        The mean over the keywords of what enters the layer at the keyword's last token, less that of the negatives.
    ``mean``
        The same of the mean over the keyword's tokens, padding left out.
    ``router``
        The same as ``mean`` of the very vectors that the router will see, token by token: behind the attention and its
        norm. A mean, for the router chooses for each token, not only for a keyword's last.
    ``random``
        Random directions: the control that knows no keyword, and otherwise is like the three above.
    ``uniform``
        Random directions a hundred times shorter, with which all experts weigh the same, and chance says which of them
        work on a token. With gates of zeros it would be the same experts for each token.

    All but the last are of unit length. Raises ``UsageError`` for keywords that leave no direction.
    """
    if config.gate in DRAWN:
        return _drawn(base, len(config.experts), config.seed) * (_FLAT if config.gate == "uniform" else 1.0)
    return _from_keywords(base, config)


def _drawn(base: Checkpoint, experts: int, seed: int) -> torch.Tensor:
    layers, hidden = base.config["num_hidden_layers"], base.config["hidden_size"]
    drawn = torch.randn((layers, experts, hidden), generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(drawn, dim=-1)


def _from_keywords(base: Checkpoint, config: MixtureConfig) -> torch.Tensor:
    negatives = {dialect: config.negatives_of(dialect) for dialect in config.experts}
    texts = dict.fromkeys(text for each in (config.keywords, negatives) for d in config.experts for text in each[d])
    vectors = _text_vectors(base, list(texts), config.gate)
    gates = [
        _unit(_mean(vectors, config.keywords[dialect]), _mean(vectors, negatives[dialect]), dialect)
        for dialect in config.experts
    ]
    return torch.stack(gates, dim=1)


def _text_vectors(base: Checkpoint, texts: Sequence[str], gate: str) -> dict[str, torch.Tensor]:
    """Return a vector for each text and layer: [layers, hidden]."""
    with threads(max(1, (os.cpu_count() or 1) // 2)):
        tokens = token_vectors(base, texts, router=gate == "router")
    return {text: each[:, -1] if gate == "last" else each.mean(dim=1) for text, each in zip(texts, tokens, strict=True)}


def _mean(vectors: Mapping[str, torch.Tensor], texts: Sequence[str]) -> torch.Tensor:
    return torch.stack([vectors[text] for text in texts]).mean(dim=0) if texts else torch.zeros(())


def _unit(keywords: torch.Tensor, negatives: torch.Tensor, dialect: str) -> torch.Tensor:
    """Return the difference of two means, [layers, hidden] each, with rows of unit length."""
    difference = keywords - negatives
    if not difference.isfinite().all():
        raise UsageError("The hidden states of the base are no numbers: check its weights for NaN and Inf.")
    if (flat := difference.norm(dim=-1) <= _NOTHING * keywords.norm(dim=-1)).any():
        raise UsageError(
            f"The keywords of {dialect} are on average what its negatives are, at layer {int(flat.nonzero()[0])}: "
            "choose other keywords, or another --gate."
        )
    return torch.nn.functional.normalize(difference, dim=-1)
