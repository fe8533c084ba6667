"""GoogleSQL running as a WebAssembly module, with the protocol messages of the wheel ``zetasql`` sent to it directly.

They are those of https://github.com/google/googlesql/blob/master/googlesql/local_service/local_service.proto.
"""

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self, TypeVar

import tzdata
from wasmtime import Func, Linker, SharedMemory, Store, Trap, TrapCode, WasiConfig

from .bigquery_code import Code
from .session import TooLargeError

_PAGE = 65536
_SIZE_BYTES = 4  # of a size_t in 32-bit WebAssembly
_ERROR = re.compile(r"Code: (\d+), Message: (.*)", re.DOTALL)
_STATUS_CODES = (  # https://github.com/abseil/abseil-cpp/blob/master/absl/status/status.h
    "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED "
    "RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS"
).split()
_FOREVER = 2**40  # ticks of a clock that only moves when somebody wants an interruption


class InterruptedCallError(Exception):
    """``Evaluator.interrupt`` ended the call; the evaluator cannot be used any more."""


class BrokenEvaluatorError(Exception):
    """The code stopped where it could not go on, as it does without memory; it cannot be used any more."""


class TooDeepError(BrokenEvaluatorError):
    """The code called itself more often than its stack is deep; it cannot be used any more."""


class EvaluatorError(Exception):
    """GoogleSQL's own error: ``code`` is the name of its status code, the argument its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Message(Protocol):
    """What a protocol buffer message offers, as far as it is used here."""

    def SerializeToString(self) -> bytes:  # noqa: N802
        """Return the message in its wire format."""

    @classmethod
    def FromString(cls, data: bytes) -> Self:  # noqa: N802
        """Return the message that ``data`` is the wire format of."""


Answer = TypeVar("Answer", bound=Message)


class Evaluator:
    """One running copy of the module, with linear memory of its own."""

    def __init__(self, code: Code) -> None:
        self.is_usable = True
        self._engine = code.engine
        self._store = Store(self._engine)
        self._store.set_wasi(_time_zones_only())
        self._store.set_epoch_deadline(_FOREVER)
        linker = Linker(self._engine)
        linker.define_wasi()
        self._exports = linker.instantiate(self._store, code.module).exports(self._store)
        memory = self._exports["memory"]
        assert isinstance(memory, SharedMemory)
        self._memory = memory
        self._run("_initialize")

    def call(self, method: str, request: Message, answer: type[Answer], most: int = 2**32) -> Answer:
        """Return what ``method`` of GoogleSQL's local service answers to ``request``, in ``most`` bytes.

        Raises ``EvaluatorError`` if it answers with an error, ``TooLargeError`` if with too much,
        ``InterruptedCallError`` or ``BrokenEvaluatorError`` if the code was stopped.
        """
        data = request.SerializeToString()
        size_at = self._run("wasm_malloc", _SIZE_BYTES + len(data))
        if not size_at:
            raise BrokenEvaluatorError("out of memory")
        self._buffer(size_at + _SIZE_BYTES, len(data))[:] = data
        at = self._run(f"ZetaSqlLocalService_{method}", size_at + _SIZE_BYTES, len(data), size_at)
        size = int.from_bytes(self._buffer(size_at, _SIZE_BYTES), "little") if at else 0
        self._run("wasm_free", size_at)
        if not at:
            raise self._last_error()
        if size > most:
            raise TooLargeError(f"more than {most} bytes of result")
        reply = bytes(self._buffer(at, size))
        self._run("wasm_free", at)
        return answer.FromString(reply)

    def interrupt(self) -> None:
        """End the running call, from another thread; every call of this process's evaluator ends with it."""
        self._engine.increment_epoch()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let ``interrupt`` end the calls made inside."""
        self._store.set_epoch_deadline(1)
        try:
            yield
        finally:
            self._store.set_epoch_deadline(_FOREVER)

    def save(self, path: Path) -> None:
        """Write the linear memory, which is all the state there is between calls, to a file."""
        with path.open("wb") as file:
            file.write(self._buffer(0, self._memory.data_len()))

    def restore(self, path: Path) -> None:
        """Go on in the state that another evaluator of the same module saved."""
        size = path.stat().st_size
        self._memory.grow(max(0, size - self._memory.data_len()) // _PAGE)
        with path.open("rb") as file:
            file.readinto(self._buffer(0, size))

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        self._store.close()

    def _run(self, name: str, *arguments: int) -> int:
        function = self._exports[name]
        assert isinstance(function, Func)
        try:
            return int(function(self._store, *arguments) or 0)
        except Trap as trap:
            self.is_usable = False
            if trap.trap_code is TrapCode.INTERRUPT:
                raise InterruptedCallError from None
            if trap.trap_code is TrapCode.STACK_OVERFLOW:
                raise TooDeepError from None
            raise BrokenEvaluatorError(str(trap.trap_code)) from None

    def _last_error(self) -> EvaluatorError:
        at, size = self._run("wasm_get_last_error"), self._run("wasm_get_last_error_size")
        text = bytes(self._buffer(at, size)).decode(errors="replace")
        parts = _ERROR.fullmatch(text)
        return EvaluatorError(_STATUS_CODES[int(parts[1])], parts[2]) if parts else EvaluatorError("UNKNOWN", text)

    def _buffer(self, at: int, size: int) -> memoryview:
        start = ctypes.addressof(self._memory.data_ptr().contents)
        return memoryview((ctypes.c_ubyte * size).from_address(start + at)).cast("B")


def _time_zones_only() -> WasiConfig:
    """Return what the module may see of this machine: the time zones, read-only."""
    config = WasiConfig()
    config.preopen_dir(str(Path(tzdata.__file__).parent / "zoneinfo"), "/usr/share/zoneinfo", fs_mutable=False)
    return config
