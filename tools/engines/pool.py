"""A pool of child processes, each with one connection, that can be killed at any time."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing import Pipe
from queue import LifoQueue
from typing import Any

from ..errors import IsoglossError
from ..outcome import ErrorClass, Execution, Limits, Outcome

_GRACE_SECONDS = 0.25  # for the engine to stop by itself at the limit, before the child is killed
_START_SECONDS = 60.0


class EngineLostError(IsoglossError):
    """No child can connect to the database: the engine is gone."""


class Pool:
    """``size`` children for one database; a statement takes one and waits for it if all are busy."""

    def __init__(self, dialect: str, connect: Mapping[str, Any], size: int, limits: Limits) -> None:
        self._dialect, self._connect, self._limits = dialect, dict(connect), limits
        self._free: LifoQueue[_Child] = LifoQueue()
        self._size = size
        self._closed = False
        for _ in range(size):
            self._free.put(self._start())

    def _start(self) -> "_Child":
        return _Child(self._dialect, self._connect, self._limits)

    def version(self) -> str:
        """Return the engine's name and version; raises ``EngineLostError`` if a child cannot connect."""
        child = self._free.get()
        try:
            return child.await_ready()
        finally:
            self._free.put(child)

    def check(self) -> None:
        """Raise ``EngineLostError`` unless a new child can connect to the database."""
        child = self._start()
        try:
            child.await_ready()
        except EngineLostError as error:
            raise EngineLostError(f"The {self._dialect} engine is lost ({error}).") from error
        finally:
            child.kill()
            child.wait()

    def execute(self, sql: str, limits: Limits) -> Execution:
        """Run one statement in a free child, and replace it if it overran or died. Thread-safe.

        Raises ``IsoglossError`` if the pool is closed, also while waiting for a child.
        """
        child = self._free.get()
        execution = None
        try:
            if self._closed:
                raise IsoglossError("the engine is closed")
            execution = child.execute(sql, limits)
            return execution
        finally:
            if not self._closed and (execution is None or _is_suspect(execution) or child.is_dead):
                child.kill()
                threading.Thread(target=child.wait).start()  # freeing its memory can take a while
                child = self._start()
            self._free.put(child)

    def close(self) -> None:
        """Kill every child, once the statements in flight have ended."""
        if self._closed:
            return
        self._closed = True
        children = [self._free.get() for _ in range(self._size)]
        for child in children:
            child.kill()
            child.wait()
            self._free.put(child)  # for whoever waits for one, to see that the pool is closed


def _is_suspect(execution: Execution) -> bool:
    """Tell whether the connection may be unusable after this execution."""
    return execution.error_class in (ErrorClass.RESOURCES, ErrorClass.ENGINE_LOST)


class _Child:
    """The parent's end of one child."""

    def __init__(self, dialect: str, connect: Mapping[str, Any], limits: Limits) -> None:
        self._pipe, theirs = Pipe()
        self._version: str | None = None
        self.is_dead = False
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", f"{__package__}.worker", dialect, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the parent to handle
            )
        self._pipe.send((connect, limits))  # not on the command line, where passwords could be read

    def await_ready(self) -> str:
        """Return the engine's version once connected; raises ``EngineLostError`` if it cannot be."""
        if self._version is None:
            try:
                state, text = self._receive(_START_SECONDS) or ("failed", "it did not start")
            except (EOFError, OSError):
                state, text = "failed", self._manner_of_death()
            if state != "ready":
                self.is_dead = True
                raise EngineLostError(text)
            self._version = str(text)
        return self._version

    def execute(self, sql: str, limits: Limits) -> Execution:
        """Run one statement, and give up on the child a moment after the limit."""
        start = time.perf_counter()
        try:
            self.await_ready()
            start = time.perf_counter()
            self._pipe.send((sql, limits))
            execution: Execution | None = self._receive(limits.seconds + _GRACE_SECONDS)
        except (EOFError, OSError, EngineLostError) as error:
            self.is_dead = True
            seconds = time.perf_counter() - start
            return Execution(sql, Outcome.ERROR, seconds, error_class=self._cause(), error=self._epitaph(error))
        if execution is None:
            self.is_dead = True
            return Execution(sql, Outcome.TIMEOUT, time.perf_counter() - start)
        return execution

    def _receive(self, seconds: float) -> Any:
        return self._pipe.recv() if self._pipe.poll(seconds) else None

    def _cause(self) -> ErrorClass:
        """An engine that cannot allocate any more aborts."""
        aborted = self._exit_status() == -signal.SIGABRT
        return ErrorClass.RESOURCES if aborted else ErrorClass.ENGINE_LOST

    def _epitaph(self, error: Exception) -> str:
        if isinstance(error, EngineLostError):
            return f"the engine cannot be reached: {error}"
        return self._manner_of_death()

    def _manner_of_death(self) -> str:
        status = self._exit_status()
        manner = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return f"the engine's process died ({manner})"

    def _exit_status(self) -> int:
        try:
            return self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return 0

    def kill(self) -> None:
        """Kill the child at once."""
        self._process.kill()
        self._pipe.close()

    def wait(self) -> None:
        """Wait until a killed child is gone."""
        self._process.wait()
