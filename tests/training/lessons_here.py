"""Examples to train on, and a model of some thousand weights to be trained."""

from pathlib import Path
from typing import Any

from isogloss.training.examples import Example, write_examples
from isogloss.training.prompt_format import Prompt

from ..agents.tiny_model import tiny_tokenizer

TEMPLATES, DATABASES = 6, 4


class Stopped(Exception):
    """Raised where a test ends a training."""


def silent(_: object) -> None:
    """Take no notice."""


def example(number: int, completion: str | None = None) -> Example:
    """Return an example; its database, template and texts follow from its number."""
    asked = f"Question {number}?\n"
    turns = [{"role": "system", "content": "SQL."}, {"role": "user", "content": asked.strip()}]
    template = number % TEMPLATES
    said = completion or f"SELECT {template} FROM t{number}"
    place = ("sqlite", f"db{number // TEMPLATES % DATABASES}", f"template {template}")
    return Example(str(number), Prompt(turns, asked), said, *place)


def write_numbered(path: Path, count: int) -> Path:
    """Write ``count`` examples, all different."""
    write_examples(path, map(example, range(count)))
    return path


def save_small_model(folder: Path, **changed: Any) -> Path:
    """Save a model with a chat template, and random weights that are the same each time."""
    tokenizer = tiny_tokenizer()
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 512,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
    }
    made = LlamaForCausalLM(LlamaConfig(**{**sizes, **changed}))
    made.to(changed.get("dtype", torch.float32)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
