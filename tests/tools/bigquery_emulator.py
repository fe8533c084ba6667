"""A BigQuery emulator from the package ``bqemulator``, in the virtual environment that ``make emulator`` makes."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

_VARIABLE = "ISOGLOSS_BQEMULATOR"


@contextmanager
def emulator() -> Iterator[str]:
    """Run the emulator and give its address; skip the test if the environment names none."""
    folder = os.environ.get(_VARIABLE)
    if not folder:
        pytest.skip(f"{_VARIABLE} names no virtual environment with bqemulator: make emulator")
    rest, grpc = _free_port(), _free_port()
    ports = ["--rest-port", str(rest), "--grpc-port", str(grpc)]
    command = [f"{folder}/bin/bqemulator", "start", "--project", "p", *ports]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _awaited(f"http://127.0.0.1:{rest}")
    finally:
        process.kill()
        process.wait()


def _awaited(address: str) -> str:
    for _ in range(300):
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/bigquery/v2/projects/p/datasets").close()
            return address
        time.sleep(0.1)
    raise TimeoutError("the emulator does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
