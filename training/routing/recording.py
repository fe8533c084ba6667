"""Running examples through a mixture, and hearing what its routers decide for every token."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from ...tools.errors import UsageError
from ..finetuning.tokens import Lesson
from .tally import Numbers, Tally

_BATCH = 8  # examples at once
_PADDING = -1
Progress = Callable[[int, int], None]  # examples done, and of how many
Decision = tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # a router's logits, top-k weights, top-k experts; by token


def routers(model: Any) -> dict[int, Any]:
    """Return the routers of a Mixtral, Qwen2-MoE or Qwen3-MoE by the number of their layer; some layers have none."""
    layers = enumerate(model.base_model.layers)
    return {number: layer.mlp.gate for number, layer in layers if hasattr(layer.mlp, "experts")}


@contextmanager
def overheard(model: Any) -> Iterator[list[Decision]]:
    """Yield a list to which each router, in the order of layers, adds its decisions: what its block then goes by.

    The blocks of Transformers 5 give the weights and experts that the router returns to the experts as they are
    (``MixtralSparseMoeBlock.forward``), whereas ``output_router_logits`` tells only the logits.
    """
    heard: list[Decision] = []
    hooks = [each.register_forward_hook(lambda *call: heard.append(call[-1])) for each in routers(model).values()]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


def record(model: Any, examples: Sequence[Lesson], progress: Progress, batch: int = _BATCH) -> list[Tally]:
    """Return the tally of each example, in order; those of like length run together, so that little is padding.

    Raises ``UsageError`` where a router computes no finite numbers.
    """
    order = sorted(range(len(examples)), key=lambda place: len(examples[place]))
    tallies: dict[int, Tally] = {}
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        tallies.update(zip(places, _tallies(model, [examples[place] for place in places]), strict=True))
        progress(len(tallies), len(examples))
    return [tallies[place] for place in range(len(examples))]


def _tallies(model: Any, batch: Sequence[Lesson]) -> Iterator[Tally]:
    width = max(map(len, batch))
    ids = torch.tensor([[*each.prompt, *each.completion] + [0] * (width - len(each)) for each in batch])
    owners = torch.tensor([_owners(place, each, width) for place, each in enumerate(batch)]).to(model.device)
    with torch.inference_mode(), overheard(model) as heard:
        # without the head, whose logits nobody needs; padding on the right is seen by no token of the example
        model.base_model(ids.to(model.device), attention_mask=(owners != _PADDING).long(), use_cache=False)
        layers = [_sums(decision, owners.flatten(), len(batch)) for decision in heard]
    if bad := [layer for layer, sums in zip(routers(model), layers, strict=True) if not sums.isfinite().all()]:
        raise UsageError(f"The router of layer {bad[0]} computes NaN: make the mixture from models that are sound.")
    sums = torch.stack(layers, dim=1).reshape(len(batch), 2, len(layers), -1).cpu().numpy()
    for each, found in zip(batch, sums, strict=True):
        yield _tally(each, found)


def _owners(place: int, example: Lesson, width: int) -> list[int]:
    """Return whose each position is: of the example's prompt, of its completion, of nobody."""
    prompt, completion = len(example.prompt), len(example.completion)
    return [2 * place] * prompt + [2 * place + 1] * completion + [_PADDING] * (width - len(example))


def _sums(decision: Decision, owners: torch.Tensor, examples: int) -> torch.Tensor:
    """Sum one layer's decisions: a row for each owner, with picks, weights and probabilities by expert, and entropy."""
    real = owners != _PADDING
    logits, weights, picked = (each[real] for each in decision)
    probabilities = logits.double().softmax(-1)
    none = torch.zeros_like(probabilities)
    picks, weighed = none.scatter(1, picked, 1.0), none.scatter(1, picked, weights.double())
    entropies = torch.special.entr(probabilities).sum(-1, keepdim=True)
    rows = torch.cat([picks, weighed, probabilities, entropies], dim=1)
    return rows.new_zeros(2 * examples, rows.shape[1]).index_add(0, owners[real], rows)


def _tally(example: Lesson, sums: Numbers) -> Tally:
    experts = sums.shape[-1] // 3
    picks, weights, probabilities = (sums[..., i * experts : (i + 1) * experts] for i in range(3))
    tokens = torch.tensor([len(example.prompt), len(example.completion)]).double().numpy()
    return Tally(tokens, picks, weights, probabilities, sums[..., -1])
