"""A language model of some thousand weights that knows a few replies by heart: real Transformers, in seconds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from isogloss.agents.local_models.chat_format import ChatFormat, Tools
from langchain_core.messages import BaseMessage

PLAIN = (
    "{% for m in messages %}{{ '<|turn|>' + m['role'] + '\n' + m['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|turn|>assistant\n' }}{% endif %}"
)
WITH_TOOLS = "{% if tools %}{{ '<|tools|>' + tools | tojson }}{% endif %}" + PLAIN.replace(
    "m['content']", "m['content'] + (m['tool_calls'] | tojson if m['tool_calls'] else '')"
)
CONTEXT = 1024
Lesson = tuple[Sequence[BaseMessage], Tools, str]


def tiny_tokenizer(template: str = PLAIN) -> Any:
    """Return a tokenizer with a token for each byte, and ``template``."""
    pytest.importorskip("torch", reason="torch is not installed")
    pytest.importorskip("transformers", reason="transformers is not installed")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<|end|>", chat_template=template)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|turn|>", "<|tools|>"]})
    return tokenizer


def save_tiny_model(folder: Path, lessons: Sequence[Lesson] = (), template: str = PLAIN) -> Path:
    """Save a model that was taught ``lessons``: to these messages and tools, this reply."""
    tokenizer = tiny_tokenizer(template)
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=CONTEXT,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
    )
    _teach(model, tokenizer, lessons)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def _teach(model: Any, tokenizer: Any, lessons: Sequence[Lesson]) -> None:
    import torch

    chat = ChatFormat(tokenizer)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    examples = [
        (chat.prompt(messages, tools), tokenizer.encode(f"{reply}<|end|>")) for messages, tools, reply in lessons
    ]
    for _ in range(_ROUNDS if examples else 0):
        losses = []
        for prompt, reply in examples:
            labels = torch.tensor([[-100] * len(prompt) + reply])
            losses.append(model(input_ids=torch.tensor([prompt + reply]), labels=labels).loss)
        optimizer.zero_grad()
        loss = torch.stack(losses).mean()
        loss.backward()
        optimizer.step()
        if loss.item() < _LEARNT:
            return


_ROUNDS, _LEARNT = 300, 0.01
