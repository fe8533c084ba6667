"""GoogleSQL's machine code: compiled once on a machine, loaded in a hundredth of a second.

The wheel ``zetasql`` brings Google's analyzer and reference evaluator as one WebAssembly file
(https://github.com/google/googlesql). Its own client compiles it at every start, which takes 10-20 s and 1 GB.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path
from wasmtime import Config, Engine, Module, WasmtimeError
from zetasql.wasi import get_wasm_path


class Code:
    """The compiled module in this process's memory, for any number of evaluators."""

    def __init__(self, compiled: Path) -> None:
        self.engine = _engine()
        self.module = Module.deserialize_file(self.engine, str(compiled))


def compiled_module(otherwise: Path) -> Path:
    """Return the file of machine code, compiled first if this machine has none (10-20 s, 1 GB).

    It is kept in the user's cache, whatever Isogloss's home is, or in the folder ``otherwise`` where that
    cannot be written.
    """
    name = f"googlesql-{version('zetasql')}-wasmtime-{version('wasmtime')}.bin"
    for folder in (user_cache_path("isogloss"), otherwise):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder / f"{name}.lock"):
                if not _is_usable(folder / name):
                    _compile(folder / name)
            return folder / name
    raise OSError(f"{otherwise} cannot be written")


def _compile(path: Path) -> None:
    code = Module.from_file(_engine(), get_wasm_path()).serialize()
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(code)
    os.replace(file.name, path)


def _is_usable(path: Path) -> bool:
    """Tell whether the file was compiled by this wasmtime for this processor."""
    try:
        Module.deserialize_file(_engine(), str(path)).close()
    except WasmtimeError:
        return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _engine() -> Engine:
    config = Config()
    config.epoch_interruption = True
    config.shared_memory = True  # the module's memory is declared as shared
    return Engine(config)
