"""The models of a run: which they are, how they are reached, and what the run may spend on them."""

from collections.abc import Awaitable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from ..agents.asking import Agent
from ..agents.budget import Budget, Usage
from ..agents.channel import Channel, open_channel
from ..agents.defaults import REPLY_TOKENS, SCHEMA_TOKENS, TIMEOUT
from ..agents.models import chat_model, runs_here
from ..agents.models_providers import close_connections
from ..agents.reply_cache import ReplyCache
from ..agents.throughput import Patience
from ..tools.errors import UsageError
from .tracing.taped import TapedAgent

T = TypeVar("T")
FEW = 4  # items or calls with which a run under a limit begins, so that it does not end with nothing whole
_AT_ONCE_HERE = 8  # items under way with rules, or with weights in this process: a batch of theirs
_AT_ONCE_ASKING = 32  # waiting for a server's replies


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How the models of a run are asked.

    ``base_url`` is a server that speaks OpenAI's protocol, for models named ``openai:``. ``in_flight`` items are
    under way at a time, by default 8, with a server 32. ``max_cost`` is in US dollars.
    ``cache``: a request asked before is answered from disk. ``schema_tokens`` is how much of a schema is shown to a
    model at once; None shows all of it, as to ``grammar``. A reply ends after ``reply_tokens``, and one that has not
    come after ``timeout`` seconds is asked for again. Local weights are rounded to ``bf16`` if wanted.
    """

    base_url: str | None = None
    in_flight: int | None = None
    max_cost: float | None = None
    max_tokens: int | None = None
    cache: bool = True
    schema_tokens: int | None = SCHEMA_TOKENS
    reply_tokens: int = REPLY_TOKENS
    timeout: float = TIMEOUT
    bf16: bool = False

    @property
    def limited(self) -> bool:
        """Whether the run may spend only so much."""
        return self.max_cost is not None or self.max_tokens is not None


class Speaker(Protocol):
    """Who speaks for a model."""

    @property
    def metered(self) -> bool:
        """Whether every token sent is counted, and may cost."""

    def agent(self, reply: type[BaseModel], tools: Sequence[BaseTool] = ()) -> Agent:
        """Return an agent bound to its tools and to the reply that ends its turn."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A model of a run and the channel through which it is asked; None for ``grammar``."""

    model: BaseChatModel
    channel: Channel | None = None

    @property
    def metered(self) -> bool:
        """Whether every token sent is counted: not with ``grammar``."""
        return self.channel is not None

    def agent(self, reply: type[BaseModel], tools: Sequence[BaseTool] = ()) -> Agent:
        """Return an agent of this voice, bound to its tools and to the reply that ends its turn."""
        return TapedAgent(self.model, reply, tools, self.channel)


def load_models(specs: set[str], settings: ModelSettings) -> dict[str, BaseChatModel]:
    """Return the models by name, ready to be asked; raises ``UsageError`` for one that is not to be had."""
    return {spec: chat_model(spec, settings.base_url, settings.bf16) for spec in sorted(specs)}


@contextmanager
def open_voices(
    models: dict[str, BaseChatModel], settings: ModelSettings, budget: Budget
) -> Iterator[dict[str, Voice]]:
    """Yield a voice for each model; all pay from one budget.

    Raises ``UsageError`` for a limit in dollars on a model whose price is unknown.
    """
    asked = set(models) - {"grammar"}
    with closing(ReplyCache()) if settings.cache and asked else nullcontext() as cache:

        def channel(spec: str) -> Channel | None:
            return open_channel(
                spec,
                settings.base_url,
                in_flight=in_flight(settings, asked),
                budget=budget,
                cache=cache,
                patience=None if runs_here(spec) else Patience(timeout=settings.timeout),
                reply_tokens=settings.reply_tokens,
            )

        yield {spec: Voice(model, channel(spec)) for spec, model in models.items()}


async def with_models(models: Iterable[BaseChatModel], work: Awaitable[T]) -> T:
    """Await ``work`` and close the connections that it made to the models."""
    try:
        return await work
    finally:
        for model in models:
            await close_connections(model)


def open_budget(settings: ModelSettings, spent: Usage) -> Budget:
    """Return what a run may spend, of which ``spent`` is gone already; belongs to one event loop.

    Raises ``UsageError`` for a limit in dollars where nobody knows what was spent.
    """
    if settings.max_cost is not None and spent.cost is None:
        raise UsageError("What this run has cost so far is unknown, for its price was: limit it with --max-tokens.")
    return Budget(settings.max_cost, settings.max_tokens, spent)


def in_flight(settings: ModelSettings, specs: set[str]) -> int:
    """Return how many items may be under way with these models."""
    asked = specs - {"grammar"}
    by_default = _AT_ONCE_HERE if all(map(runs_here, asked)) else _AT_ONCE_ASKING
    return settings.in_flight or by_default
