"""What calls cost, and the limit at which a run stops spending."""

import asyncio
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage

from ..tools.errors import IsoglossError
from ..tools.token_estimate import text_tokens
from .prices import Price


class RunStopped(IsoglossError):
    """No item can go on for now; what is committed stays, and the same command resumes."""


class BudgetSpent(RunStopped):
    """The next call would exceed what the run may spend."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written, and their cost in US dollars; None if the price is unknown."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Usage") -> "Usage":
        known = self.cost is not None and other.cost is not None
        cost = (self.cost or 0.0) + (other.cost or 0.0) if known else None
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out, cost)

    def __sub__(self, other: "Usage") -> "Usage":
        known = self.cost is not None and other.cost is not None
        cost = (self.cost or 0.0) - (other.cost or 0.0) if known else None
        return Usage(self.tokens_in - other.tokens_in, self.tokens_out - other.tokens_out, cost)


def priced(tokens_in: int, tokens_out: int, price: Price | None) -> Usage:
    """Return the usage of so many tokens at ``price``; no tokens cost nothing at any price."""
    if not tokens_in + tokens_out:
        return Usage()
    return Usage(tokens_in, tokens_out, price.cost(tokens_in, tokens_out) if price else None)


def reported_usage(message: AIMessage, price: Price | None) -> Usage:
    """Return the usage that the model reports with ``message``; none reported counts as none."""
    usage = message.usage_metadata
    return priced(usage["input_tokens"], usage["output_tokens"], price) if usage else Usage()


def estimated_tokens(messages: list[BaseMessage]) -> int:
    """Return about how many tokens ``messages`` have, counted from their bytes."""
    return text_tokens("".join(f"{m.content}{getattr(m, 'tool_calls', '')}" for m in messages))


class Budget:
    """What a run may spend, in US dollars and in tokens; ``spent`` is what it has spent before.

    A call reserves what it is expected to take. While others are under way it waits for what they leave; once
    none is and it does not fit, the budget is spent: the limit breaks off no call that is under way. A try without
    a whole reply (no answer in time, half of one) counts as nothing, paid or not, for no provider reports what it
    took. Belongs to one event loop.
    """

    def __init__(
        self, max_cost: float | None = None, max_tokens: int | None = None, spent: Usage | None = None
    ) -> None:
        self.max_cost, self.max_tokens = max_cost, max_tokens
        self.spent = spent or Usage()
        self._reserved: list[Usage] = []
        self._settled = asyncio.Condition()
        self._stopped: BudgetSpent | None = None

    async def reserve(self, expected: Usage) -> None:
        """Set ``expected`` aside for a call, waiting for room if need be; raises ``BudgetSpent``."""
        async with self._settled:
            while self._stopped is None and not self._fits(expected):
                if not self._reserved:
                    self._stopped = BudgetSpent(self._limit_text())
                    self._settled.notify_all()
                else:
                    await self._settled.wait()
            if self._stopped:
                raise self._stopped
            self._reserved.append(expected)

    async def settle(self, expected: Usage, used: Usage) -> None:
        """Put what a call has used in the place of what it was expected to."""
        async with self._settled:
            self._reserved.remove(expected)
            self.spent += used
            self._settled.notify_all()

    def _fits(self, expected: Usage) -> bool:
        if self.max_cost is None and self.max_tokens is None:
            return True
        total = sum(self._reserved, self.spent) + expected
        cost_fits = self.max_cost is None or (total.cost is not None and total.cost <= self.max_cost)
        return cost_fits and (self.max_tokens is None or total.tokens <= self.max_tokens)

    def _limit_text(self) -> str:
        limits = []
        if self.max_cost is not None:
            limits.append(f"${self.spent.cost or 0.0:.4f} of ${self.max_cost:g}")
        if self.max_tokens is not None:
            limits.append(f"{self.spent.tokens:,} of {self.max_tokens:,} tokens")
        return f"The limit is reached: {' and '.join(limits)} are spent. Raise it and run the same command to go on."
