"""From a prompt and its completion to the tokens that a model learns from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from ...tools.chat_turns import chat_tokens, merged
from ...tools.errors import UsageError
from ..prompt_format import Prompt, completion_messages

UNTRAINED = -100  # the label of a token that has no part in the loss, as PyTorch's cross entropy has it


@dataclass(frozen=True, slots=True)
class Lesson:
    """The token ids of a prompt, as sampling asks it, and of the completion with the end that stops it."""

    prompt: list[int]
    completion: list[int]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.completion)

    @property
    def tokens(self) -> int:
        """How many tokens go through the model."""
        return len(self)

    @property
    def trained(self) -> int:
        """How many of them are in the loss."""
        return len(self.completion)

    def columns(self) -> dict[str, list[int]]:
        """Return what a trainer takes: ``input_ids``, and ``labels`` that leave the prompt out of the loss."""
        labels = [UNTRAINED] * len(self.prompt) + self.completion
        return {"input_ids": self.prompt + self.completion, "labels": labels}


def prompt_tokens(tokenizer: Any, prompt: Prompt) -> list[int]:
    """Return the token ids that sampling gives the model: in its chat template, or as plain text if it has none.

    Raises ``UsageError`` if the template refuses such turns.
    """
    if not tokenizer.chat_template:
        return list(tokenizer(prompt.plain)["input_ids"])
    return _chat(tokenizer, prompt.messages, asks=True)


def lesson(tokenizer: Any, prompt: Prompt, completion: str) -> Lesson:
    """Return the tokens of one example.

    The completion's are those that follow the prompt's when both are read as one, so that no token spans the boundary;
    where a template writes the prompt otherwise once it is answered, the completion is read alone. In a chat the
    template ends it, else the end token does. Raises ``UsageError`` if there is none.
    """
    asked = prompt_tokens(tokenizer, prompt)
    chats = bool(tokenizer.chat_template)
    whole = (
        _chat(tokenizer, [*prompt.messages, *completion_messages(completion)], asks=False)
        if chats
        else list(tokenizer(prompt.plain + completion)["input_ids"])
    )
    if whole[: len(asked)] != asked:
        return Lesson(asked, [*tokenizer(completion, add_special_tokens=False)["input_ids"], _end(tokenizer)])
    answer = whole[len(asked) :]
    return Lesson(asked, answer if chats else [*answer, _end(tokenizer)])


def _chat(tokenizer: Any, turns: Sequence[dict[str, str]], asks: bool) -> list[int]:
    try:
        return chat_tokens(tokenizer, merged(turns), asks)
    except TemplateError as error:
        raise UsageError(f"The model's chat template refuses the prompt: {error.message}.") from error


def _end(tokenizer: Any) -> int:
    if tokenizer.eos_token_id is None:
        raise UsageError("The model's tokenizer has no end token, so that no reply would end: choose another model.")
    return int(tokenizer.eos_token_id)
