"""What stands between an agent and a model that is far away or paid: its replies kept, its cost, patience with it."""

from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from ..tools.errors import UsageError
from ..tools.token_estimate import text_tokens
from .budget import Budget, Usage, estimated_tokens, priced, reported_usage
from .defaults import REPLY_TOKENS
from .models import runs_here
from .models_providers import server_address, shown_address
from .prices import Price, own_prices, price_of
from .reply_cache import ReplyCache, request_key
from .throughput import Patience, Throttle

_IN_PROCESS = Patience(tries=1, timeout=None)  # what fails in our own process fails again

_LENGTH_SETTINGS = ("max_tokens", "max_output_tokens", "num_predict")  # one or another, by provider


class Channel:
    """One way to one model, shared by the agents that ask it, so that they share its limits."""

    def __init__(
        self,
        model: str,
        price: Price | None,
        throttle: Throttle,
        budget: Budget,
        cache: ReplyCache | None,
        reply_tokens: int = REPLY_TOKENS,
    ) -> None:
        self.model, self.price, self.budget = model, price, budget
        self._throttle, self._cache, self._reply_tokens = throttle, cache, reply_tokens
        self._longest = 0  # tokens of the longest reply so far: what to expect of the next one

    async def ask(
        self, bound: Runnable[LanguageModelInput, AIMessage], messages: list[BaseMessage], settings: str
    ) -> tuple[AIMessage, Usage]:
        """Return the reply to ``messages`` and what it cost: nothing, if it is one that was kept.

        ``settings`` is what else the reply depends on (``reply_cache.setting_text``). Raises ``CallFailed`` when
        this call is given up, ``RunStopped`` when no other is worth trying either.
        """
        key = request_key(f"{self.model} {settings}", messages)
        kept = self._cache.find(key) if self._cache else None
        if kept is not None:
            return kept, Usage()
        message, used = await self._pay(bound, messages, settings)
        message = AIMessage.model_validate(_encodable(message.model_dump()))
        if self._cache:
            self._cache.keep(key, self.model, message)
        return message, used

    def bounded(self, model: BaseChatModel) -> BaseChatModel:
        """Return the model with the length of its replies limited, in every request, unless its limit is stricter."""
        for name in _LENGTH_SETTINGS:
            if name in type(model).model_fields:
                longest = min(getattr(model, name) or self._reply_tokens, self._reply_tokens)
                return model.model_copy(update={name: longest})
        return model

    async def _pay(
        self, bound: Runnable[LanguageModelInput, AIMessage], messages: list[BaseMessage], settings: str
    ) -> tuple[AIMessage, Usage]:
        prompt = estimated_tokens(messages) + text_tokens(settings)  # mostly the tools, which are sent too
        expected, used = priced(prompt, self._longest, self.price), Usage()
        await self.budget.reserve(expected)
        try:
            message = await self._throttle.call(lambda: bound.ainvoke(messages))
            used = reported_usage(message, self.price)
            if not used.tokens:  # a server that counts nothing
                used = priced(prompt, estimated_tokens([message]), self.price)
            self._longest = max(self._longest, used.tokens_out)
        finally:
            await self.budget.settle(expected, used)
        return message, used


def _encodable(value: Any) -> Any:
    """Return plain values with ``?`` for what no file and no engine takes: half of a UTF-16 pair alone."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(name): _encodable(each) for name, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, list) else value


def open_channel(
    model: str,
    base_url: str | None = None,
    *,
    in_flight: int,
    budget: Budget,
    cache: ReplyCache | None = None,
    patience: Patience | None = None,
    reply_tokens: int = REPLY_TOKENS,
) -> Channel | None:
    """Return the channel to a model by name; None for ``grammar``, which is neither far away nor paid.

    ``base_url`` counts for ``openai:`` alone, as in ``chat_model``; so does an address that the environment gives.
    Raises ``UsageError`` for a limit in dollars on a model whose price is unknown.
    """
    kind = model.partition(":")[0]
    if kind == "grammar":
        return None
    address = shown_address(server_address(kind, base_url))
    price = price_of(model, address)
    if price is None and budget.max_cost is not None:
        raise UsageError(f"The price of {model} is unknown: say it in {own_prices()}, or limit with --max-tokens.")
    name = f"{model} at {address}" if address else model
    patience = patience or (_IN_PROCESS if runs_here(model) else Patience())
    return Channel(name, price, Throttle(name, in_flight, patience), budget, cache, reply_tokens)
