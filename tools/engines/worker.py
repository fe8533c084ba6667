"""The child process that holds one connection and runs one statement at a time.

Run as ``python -m isogloss.tools.engines.worker DIALECT FD``; ``FD`` is its end of the pipe. It reads
how to connect, answers ``("ready", version)`` or ``("failed", message)``, then answers each
``(sql, limits)`` with an ``Execution``. It exits as soon as the other end closes, busy or not.
"""

import os
import signal
import sys
import threading
import time
from importlib import import_module
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from ..dialects import Dialect, get_dialect
from ..outcome import ErrorClass, Execution, Limits, Outcome
from .session import RefusedError, Session, TimedOutError, TooLargeError, UnsupportedError


def main(dialect_name: str, descriptor: int) -> None:
    """Serve statements until the parent goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe: Connection[Any, Any] = Connection(descriptor)
    connect, limits = pipe.recv()
    try:
        dialect = get_dialect(dialect_name)
        session: Session = import_module(dialect.session).open_session(**connect, limits=limits)
    except Exception as error:
        pipe.send(("failed", str(error)))
        return
    pipe.send(("ready", session.version))
    _serve(pipe, session, dialect)


def _serve(pipe: "Connection[Any, Any]", session: Session, dialect: Dialect) -> None:
    requests: SimpleQueue[tuple[str, Limits]] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, requests), daemon=True).start()
    baseline = _address_space()
    while True:
        sql, limits = requests.get()
        _bound_memory(baseline + limits.memory_bytes)
        pipe.send(_execute(session, dialect, sql, limits))


def _receive(pipe: "Connection[Any, Any]", requests: "SimpleQueue[tuple[str, Limits]]") -> None:
    """Queue requests; die at once when the parent has, since the main thread may be inside a long query."""
    try:
        while True:
            requests.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


def _execute(session: Session, dialect: Dialect, sql: str, limits: Limits) -> Execution:
    start = time.perf_counter()

    def ended(outcome: Outcome, **details: Any) -> Execution:
        return Execution(sql, outcome, time.perf_counter() - start, **details)

    try:
        result = session.run(sql, limits)
    except TimedOutError:
        return ended(Outcome.TIMEOUT)
    except TooLargeError as error:
        return ended(Outcome.TOO_LARGE, error=str(error))
    except RefusedError as error:
        return ended(Outcome.REJECTED, rule=str(error))
    except UnsupportedError as error:
        return ended(Outcome.UNSUPPORTED, error=str(error))
    except MemoryError:
        message = f"out of memory: more than {limits.memory_bytes} bytes"
        return ended(Outcome.ERROR, error_class=ErrorClass.RESOURCES, error=message)
    except Exception as error:
        message = str(error).strip()
        error_class = dialect.classify(session.error_code(error), message)
        return ended(Outcome.ERROR, error_class=error_class, error=message)
    return ended(Outcome.RUNS, columns=result.columns, rows=result.rows)


def _address_space() -> int:
    """Return this process's address space in bytes (0 where there is no /proc)."""
    if not sys.platform.startswith("linux"):
        return 0
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _bound_memory(size: int) -> None:
    """Let this process grow to ``size`` bytes and no further (Linux; elsewhere only the clock bounds it)."""
    if sys.platform.startswith("linux"):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
