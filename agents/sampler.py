"""Asking a model several times for a free reply to one prompt, each sample a request of its own."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, convert_to_messages

from .asking import Answer
from .channel import Channel
from .reply_cache import setting_text
from .throughput import CallFailed

_LONGEST = 32_000  # characters of a reply that are looked into: a query has hundreds
_ENDED = ("finish_reason", "stop_reason", "done_reason")  # what providers call why a reply ended …
_CUT = frozenset({"length", "max_tokens"})  # … and how they say that it was too long


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How samples are drawn: ``n`` for a question; at ``temperature`` 0 one, since all would be the same."""

    n: int = 8
    temperature: float = 0.8
    top_p: float = 0.95
    seed: int = 0

    @property
    def requests(self) -> int:
        """How many samples a question has."""
        return self.n if self.temperature else 1

    def sample_seed(self, question: str, sample: int) -> int | None:
        """Return the seed of sample number ``sample`` of the question of this id, below 2**31; None if none is drawn.

        It hangs on nothing else, so that more samples leave the first ones as they were.
        """
        if not self.temperature:
            return None
        digest = hashlib.sha256(f"{self.seed}/{question}/{sample}".encode()).digest()
        return int.from_bytes(digest[:4]) >> 1


class Sampler:
    """A model and how its samples are drawn; paid, tried again and kept as the calls of agents are.

    ``temperature``, ``top_p`` (below 1) and ``seed`` reach every model whose class has a setting of that name.
    Models in this process, OpenAI's, Google's and Ollama's take seeds; the others draw as they like, and the kept
    replies alone make a second run equal to the first.
    """

    def __init__(self, model: BaseChatModel, channel: Channel, settings: SamplingSettings) -> None:
        self.settings = settings
        self._model, self._channel = channel.bounded(model), channel

    async def sample(self, question: str, messages: Sequence[dict[str, Any]], plain: str) -> list[Answer]:
        """Return the samples of the question of this id, in order; a call that was given up has a ``problem``.

        ``messages`` are the prompt as a chat; models that were not tuned for one go on from ``plain``. Raises
        ``RunStopped`` when no call has a chance.
        """
        chats = getattr(self._model, "chats", True)
        asked: list[BaseMessage] = convert_to_messages(list(messages)) if chats else [HumanMessage(plain)]
        seeds = [self.settings.sample_seed(question, number) for number in range(self.settings.requests)]
        found = await asyncio.gather(*(self._ask(asked, seed) for seed in seeds), return_exceptions=True)
        for each in found:  # only once none is under way any more
            if isinstance(each, BaseException):
                raise each
        return [each for each in found if isinstance(each, Answer)]

    async def _ask(self, messages: list[BaseMessage], seed: int | None) -> Answer:
        model = self._model.model_copy(update=self._chosen(seed))
        try:
            # The seed is part of what the reply is kept under also where the model takes none.
            message, used = await self._channel.ask(model, messages, f"{setting_text(model, [])} sample {seed}")
        except CallFailed as failure:
            return Answer(AIMessage(""), problem=str(failure))
        words = AIMessage(message.text[:_LONGEST], response_metadata=message.response_metadata)
        return Answer(words, usage=used, model=self._channel.model)

    def _chosen(self, seed: int | None) -> dict[str, float | int]:
        """Return the settings that the model's class has, and that say something."""
        settings = self.settings
        wanted = {"temperature": settings.temperature}
        if settings.temperature and settings.top_p < 1:
            wanted["top_p"] = settings.top_p
        if seed is not None:
            wanted["seed"] = seed
        return {name: value for name, value in wanted.items() if name in type(self._model).model_fields}


def was_cut_off(message: AIMessage) -> bool:
    """Tell whether a reply ended because it was too long, by what the provider says."""
    told = (message.response_metadata.get(name) for name in _ENDED)
    return any(str(reason).lower() in _CUT for reason in told)
