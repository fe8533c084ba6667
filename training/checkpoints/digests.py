"""The SHA-256 of weight files, taken while other work goes on."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from .checkpoint import Checkpoint, sha256_of

Digests = list[dict[str, str]]  # of each model: SHA-256 by file


@contextmanager
def digested(models: Sequence[Checkpoint]) -> Iterator[Callable[[], Digests]]:
    """Take the SHA-256 of the models' weight files in a thread; yield what waits for them, a table per model."""
    hashing = ThreadPoolExecutor(1)
    running = [{file.name: hashing.submit(sha256_of, file) for file in model.files} for model in models]
    try:
        yield lambda: [{name: digest.result() for name, digest in each.items()} for each in running]
    finally:
        hashing.shutdown(cancel_futures=True)
