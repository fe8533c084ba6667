"""Weights and tokenizer of a local model, and the generation of tokens."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Any

from ...tools.errors import UsageError
from .batching import Batcher, Request

INSTALL = "pip install 'isogloss[local]'"
_THREADS = 2  # at most: engines and their workers want cores too
_BATCH = 8  # requests; on two cores twice as many give hardly more tokens a second


class Weights:
    """A loaded model: ``tokenizer``, the longest ``context`` in tokens, and the ``batcher`` that generates."""

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self.tokenizer, self._model = tokenizer, model
        self.context = int(getattr(model.config, "max_position_embeddings", None) or 2**31)
        self.batcher = Batcher(self._generate, _BATCH)
        self._ends = _as_set(model.generation_config.eos_token_id) | _as_set(tokenizer.eos_token_id)

    def _generate(self, batch: list[Request]) -> list[list[int]]:
        """Return the reply of each request, its end token included; prompts are padded on the left."""
        import torch

        width = max(len(request.prompt) for request in batch)
        ids = torch.tensor([[0] * (width - len(r.prompt)) + r.prompt for r in batch], device=self._model.device)
        mask = torch.tensor([[0] * (width - len(r.prompt)) + [1] * len(r.prompt) for r in batch], device=ids.device)
        with torch.inference_mode(), _threads():
            made = self._model.generate(
                input_ids=ids, attention_mask=mask, generation_config=self._config(batch[0]), stopping_criteria=[_Abandoned(batch)]
            )
        return [self._until_end(row) for row in made[:, width:].tolist()]

    def _config(self, request: Request) -> Any:
        from transformers import GenerationConfig

        temperature = request.sampling.temperature
        chosen = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        ends = sorted(self._ends)
        return GenerationConfig(max_new_tokens=request.sampling.max_tokens, eos_token_id=ends or None, pad_token_id=(ends or [0])[0], **chosen)

    def _until_end(self, row: list[int]) -> list[int]:
        end = next((i for i, token in enumerate(row) if token in self._ends), len(row))
        return row[: end + 1]
