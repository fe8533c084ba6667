"""A second process for the rules: they take a third of a build's time, and another core has time."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from .answers import Calls, answer

_FEW = 100  # requests after which a process of their own pays
_LONGEST = 1 << 26  # bytes of a line
_WAITING = 8  # requests; what comes then is answered here


class Helper:
    """Answers requests by the same rules in a process of its own, or tells that it cannot; belongs to one event loop.

    The process starts with the run's hundredth request. It ends with `close`, and when this process does.
    """

    def __init__(self) -> None:
        self._requests = 0
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: deque[asyncio.Future[Calls | None]] = deque()
        self._ready = False

    async def answer(
        self, tools: Collection[str], request: str, replies: list[tuple[dict[str, Any], str]]
    ) -> Calls | None:
        """Return the same as ``answers.answer``; None where the caller has to find it."""
        self._requests += 1
        if self._requests == _FEW:
            self._reading = asyncio.create_task(self._run())
        if not self._ready or self._process is None or len(self._waiting) >= _WAITING:
            return None
        assert self._process.stdin
        self._process.stdin.write(json.dumps([list(tools), request, replies]).encode() + b"\n")
        answered: asyncio.Future[Calls | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(answered)
        return await answered

    @property
    def process(self) -> int | None:
        """The id of the process, once there is one that answers."""
        return self._process.pid if self._process and self._ready else None

    async def close(self) -> None:
        """End the process."""
        if self._reading:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading

    async def _run(self) -> None:
        """Start the process, and pass its answers on until it ends; what it leaves is for those who asked."""
        with suppress(OSError, ValueError, LookupError):  # it cannot be had, or says what nobody asked for
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", __name__),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                limit=_LONGEST,
                start_new_session=True,  # Ctrl-C is for us
            )
            try:
                await self._pass_on(self._process)
            finally:
                self._ready = False
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
                for each in self._waiting:
                    _settle(each, None)

    async def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        self._ready = bool(await process.stdout.readline())
        while line := await process.stdout.readline():
            _settle(self._waiting.popleft(), json.loads(line))


def _settle(answered: "asyncio.Future[Calls | None]", calls: Calls | None) -> None:
    if not answered.done():  # who asked may be gone
        answered.set_result(calls)


def _serve() -> None:
    """Answer the requests of standard input, a line each, on standard output."""
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)


if __name__ == "__main__":
    _serve()
