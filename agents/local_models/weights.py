"""Weights and tokenizer of a local model, and the generation of tokens."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_core.exceptions import ModelError

from ...tools.errors import UsageError
from ...tools.memory import is_lack_of_memory
from .batching import Batcher, Request, Sampling
from .drawing import Drawing

INSTALL = "pip install 'isogloss[local]'"
_BATCH = 8  # requests at once; on two cores more give hardly more tokens a second
_NARROW = 1024  # tokens: above, attention without a fused kernel takes more memory than it is worth
_UNBOUNDED = 2**31  # tokens: the context of a model that states none


class Weights:
    """A loaded model: its ``tokenizer``, the longest ``context`` in tokens, and the ``batcher`` that generates.

    Replies end with their end token, if the model came to it.
    """

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self.tokenizer, self._model = tokenizer, model
        self.context = int(getattr(model.config, "max_position_embeddings", None) or _UNBOUNDED)
        self.ends = _token_ids(model.generation_config.eos_token_id) | _token_ids(tokenizer.eos_token_id)
        self.batcher = Batcher(self._generate, _BATCH)
        self._plain_is_fast = model.device.type == "cpu" and str(model.dtype) == "torch.bfloat16"

    def _generate(self, batch: list[Request]) -> list[list[int]]:
        import torch

        device, width = self._model.device, max(len(request.prompt) for request in batch)
        if self._plain_is_fast:  # torch's fused kernel takes 95 ms a token of eight SmolLM2 replies, plain products 55
            self._model.set_attn_implementation("eager" if width <= _NARROW else "sdpa")
        ids = [
            [0] * (width - len(r.prompt)) + r.prompt for r in batch
        ]  # on the left, so that all replies begin at once
        mask = [[0] * (width - len(r.prompt)) + [1] * len(r.prompt) for r in batch]

        def abandoned(*_: Any) -> torch.Tensor:
            return torch.tensor([request.reply.cancelled() for request in batch], device=device)

        with torch.inference_mode(), _memory_told(f"a batch of {len(batch)} x {width} tokens"):
            made = self._model.generate(
                input_ids=torch.tensor(ids, device=device),
                attention_mask=torch.tensor(mask, device=device),
                generation_config=self._config(batch[0].sampling),
                logits_processor=_drawing(batch),
                stopping_criteria=[abandoned],
            )
        return [self._to_end(row) for row in made[:, width:].tolist()]

    def _config(self, sampling: Sampling) -> Any:
        from transformers import GenerationConfig

        ends = sorted(self.ends)
        return GenerationConfig(
            max_new_tokens=sampling.max_tokens,
            do_sample=False,  # what is drawn, `Drawing` puts first
            eos_token_id=ends or None,
            pad_token_id=ends[0] if ends else 0,
        )

    def _to_end(self, row: list[int]) -> list[int]:
        end = next((i for i, token in enumerate(row) if token in self.ends), len(row))
        return row[: end + 1]


def _drawing(batch: list[Request]) -> Any:
    """Return what chooses the tokens of a batch; nothing for one that takes the likeliest."""
    from transformers import LogitsProcessorList

    sampling = batch[0].sampling
    seeds = [request.seed for request in batch]
    return LogitsProcessorList([Drawing(sampling.temperature, sampling.top_p, seeds)] if sampling.temperature else [])


@contextmanager
def _memory_told(what: str) -> Iterator[None]:
    """Raise ``ModelError``, which costs the items of ``what`` alone, when the memory does not suffice for it."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_lack_of_memory(error):
            raise
        raise ModelError(f"not enough memory for {what}") from error


def load_weights(name: str, bf16: bool = False) -> Weights:
    """Load the model in the folder ``name``, or of that name on the hub, once per process and content.

    Uses a GPU if there is one, else all cores. Weights keep the precision they were saved with, or are rounded to bf16,
    with which machines that have it are two to three times as fast.
    Raises ``UsageError`` if it cannot be loaded.
    """
    require_transformers()
    if name.startswith(("/", ".", "~")) and not Path(name).expanduser().is_dir():
        raise UsageError(f"There is no folder {name}: name one with a saved model.")
    return _load(name, bf16, fingerprint(name))


def require_transformers() -> None:
    """Raise ``UsageError`` unless torch, transformers and jinja2, for chat templates, are installed; imports none."""
    if not all(find_spec(module) for module in ("torch", "transformers", "jinja2")):
        raise UsageError(f"Models in this process need torch, transformers and jinja2: {INSTALL}.")


def fingerprint(name: str) -> str:
    """Return a hash of the names, sizes and times of a folder's files, or of the name of a model on the hub."""
    folder = Path(name).expanduser()
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    facts = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files if f.is_file()]
    return hashlib.sha256(repr((str(folder.resolve()) if files else name, facts)).encode()).hexdigest()[:16]


@cache
def _load(name: str, bf16: bool, _: str) -> Weights:
    quiet_transformers()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = Path(name).expanduser()
    place, dtype = str(folder) if folder.is_dir() else name, torch.bfloat16 if bf16 else "auto"
    try:
        tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(place, dtype=dtype, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:  # what Transformers raises for files missing, broken or unknown
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UsageError(f"The model {name} cannot be loaded ({why}): name a folder with a saved model.") from error
    return Weights(tokenizer, model.to("cuda" if torch.cuda.is_available() else "cpu").eval())


def quiet_transformers() -> None:
    """Keep Transformers' bars and notes off the terminal; its errors are raised all the same."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _token_ids(value: int | list[int] | None) -> set[int]:
    return set() if value is None else {value} if isinstance(value, int) else set(value)
