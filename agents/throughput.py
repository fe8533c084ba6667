"""Patience with a model: as many calls at a time as it bears, each tried a bounded number of times.

The only place that tries again: clients of providers are made without retries of their own.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from ..tools.errors import IsoglossError, UsageError
from .budget import RunStopped
from .defaults import TIMEOUT
from .faults import Fault, fault_of

T = TypeVar("T")
_SHRINK = 0.75
_FAILED_RUN = 3  # calls given up with none answered between: the model is gone, not a request at fault
_UNUSABLE_RUN = 20  # the same where each request may be at fault by itself


class CallFailed(IsoglossError):
    """One call was given up; others may be answered."""


class ModelGone(RunStopped):
    """Calls to the model fail one after another, so that trying on would only burn items."""


class ModelRefuses(RunStopped, UsageError):
    """The model answers none of our requests: no key, no permission, no such model, no server."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to bear with a model; times in seconds.

    A wait between tries is drawn from nought to ``first_wait`` doubled with every try, at most ``longest_wait``
    (full jitter, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). A server that asks
    for more than ``longest_pause`` ends the run. A try that ``timeout`` breaks off may well be paid for, at least its
    prompt; no provider reports it, so no budget counts it.
    """

    tries: int = 8
    timeout: float | None = TIMEOUT
    first_wait: float = 1.0
    longest_wait: float = 60.0
    longest_pause: float = 300.0


class Throttle:
    """Calls to one model, at most ``at_most`` at a time; belongs to one event loop.

    The limit grows by one after as many successes as it is wide, and shrinks to three quarters when the model
    is overloaded, once per round of calls: those sent before a shrinking do not shrink it again (Chiu and Jain,
    "Analysis of the increase and decrease algorithms", 1989; TCP's one reduction per round trip). What
    Retry-After says holds all calls back.
    """

    def __init__(self, name: str, at_most: int = 64, patience: Patience | None = None) -> None:
        self.name, self.limit = name, float(at_most)
        self._at_most, self._patience = at_most, patience or Patience()
        self._under_way = self._successes = self._given_up = 0
        self._answered = False
        self._shrunk_at = self._paused_until = 0.0
        self._freed = asyncio.Condition()
        self._stopped: RunStopped | None = None

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what ``ask`` returns, trying again while that may help.

        Raises ``CallFailed`` when it does not, ``ModelGone`` or ``ModelRefuses`` when no call has a chance,
        and whatever ``ask`` raises that is no failed call.
        """
        number = 0
        while True:
            number += 1
            async with self._turn():
                sent = time.monotonic()
                try:
                    async with asyncio.timeout(self._patience.timeout):
                        reply = await ask()
                except Exception as error:
                    fault = fault_of(error)
                    if fault is None:
                        raise
                    cause = error
                else:
                    self._succeed()
                    return reply
                self._heed(fault, sent)
            if fault.kind == "invalid" or number >= self._tries(fault):
                raise self._give_up(fault, number) from cause
            if not fault.retry_after:  # else the turn itself waits as long as the server asks
                await asyncio.sleep(random.uniform(0, self._backoff(number)))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait until a call may be sent, and count it as under way."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._stopped or self._under_way < int(self.limit))
            self._under_way += 1
        try:
            while not self._stopped and (pause := self._paused_until - time.monotonic()) > 0:
                await asyncio.sleep(pause + random.uniform(0, min(pause, self._patience.first_wait)))
            if self._stopped:
                raise self._stopped
            yield
        finally:
            self._under_way -= 1
            async with self._freed:
                self._freed.notify(2)  # the place left, and the one by which the limit may have grown

    def _succeed(self) -> None:
        self._answered, self._given_up = True, 0
        self._successes += 1
        if self._successes >= int(self.limit):
            self._successes, self.limit = 0, min(self._at_most, self.limit + 1)

    def _heed(self, fault: Fault, sent: float) -> None:
        """Slow down, hold back or stop as a fault asks for."""
        pause = fault.retry_after or 0.0
        if fault.kind == "refused":
            self._stopped = ModelRefuses(f"{self.name} refuses to answer ({fault.reason}): {_REMEDY}")
        elif pause > self._patience.longest_pause:
            self._stopped = ModelGone(f"{self.name} asks to wait {pause:,.0f} s ({fault.reason}): {_RESUME}")
        if self._stopped:
            raise self._stopped
        self._paused_until = max(self._paused_until, time.monotonic() + pause)
        if fault.kind == "overloaded" and sent >= self._shrunk_at:
            self._shrunk_at, self._successes = time.monotonic(), 0
            self.limit = max(1.0, self.limit * _SHRINK)

    def _tries(self, fault: Fault) -> int:
        """A server that was never there has a second chance; an unreadable reply, which is paid for, a third."""
        if fault.kind == "absent" and not self._answered:
            return min(2, self._patience.tries)
        return min(3, self._patience.tries) if fault.kind == "unreadable" else self._patience.tries

    def _backoff(self, number: int) -> float:
        return min(self._patience.longest_wait, self._patience.first_wait * 2.0 ** (number - 1))

    def _give_up(self, fault: Fault, tries: int) -> IsoglossError:
        self._given_up += 1
        if fault.kind == "absent" and not self._answered:
            self._stopped = ModelRefuses(f"{self.name} cannot be reached: {_ABSENT}")
        elif self._given_up >= (_UNUSABLE_RUN if fault.kind in {"invalid", "unreadable"} else _FAILED_RUN):
            self._stopped = ModelGone(f"{self.name} fails call after call ({fault.reason}): {_RESUME}")
        return self._stopped or CallFailed(f"no answer after {tries} tries: {fault.reason}")


_ABSENT = "is its server running, and its address right?"
_RESUME = "run the same command later to go on."
_REMEDY = "check its name, your key and your credit, then run the same command to go on."
