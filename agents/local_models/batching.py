"""Gathering requests that come at the same time into one batch."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

_GATHER = 0.02  # seconds to wait for company: callers woken by the last batch ask again within this time


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose tokens: greedily at ``temperature`` 0; at most ``max_tokens`` of them.

    Above 0 only among the likeliest tokens, the fewest that have ``top_p`` of the probability together.
    """

    temperature: float
    max_tokens: int
    top_p: float = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """A prompt as token ids, the ``seed`` of what is drawn for it, and the place where its reply will be."""

    prompt: list[int]
    sampling: Sampling
    seed: int | None = None
    reply: Future[list[int]] = field(default_factory=Future)


class Batcher:
    """Runs requests through ``generate`` one batch at a time, in a thread of its own.

    ``generate`` is given requests of the same sampling, at most ``size``, and returns their replies in order. A
    request whose future is cancelled before its turn is left out.
    """

    def __init__(self, generate: Callable[[list[Request]], list[list[int]]], size: int) -> None:
        self._generate, self._size = generate, size
        self._waiting: deque[Request] = deque()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="local-model")

    def submit(self, request: Request) -> Future[list[int]]:
        """Queue a request; its future gets the reply's token ids, or what ``generate`` raised."""
        with self._lock:
            self._waiting.append(request)
        self._thread.submit(self._run_batch)
        return request.reply

    def _run_batch(self) -> None:
        if self._waiting:  # each request asked for a run, but most went along with an earlier one
            time.sleep(_GATHER)
        if not (batch := self._next_batch()):
            return
        try:
            replies = self._generate(batch)
        except BaseException as error:  # whoever waits must hear of it, whatever it is
            for request in batch:
                with suppress(InvalidStateError):
                    request.reply.set_exception(error)
            return
        for request, reply in zip(batch, replies, strict=True):
            with suppress(InvalidStateError):  # cancelled meanwhile
                request.reply.set_result(reply)

    def _next_batch(self) -> list[Request]:
        with self._lock:
            waiting = [r for r in self._waiting if not r.reply.cancelled()]
            batch = [r for r in waiting if r.sampling == waiting[0].sampling][: self._size]
            self._waiting = deque(r for r in waiting if r not in batch)
        return batch
