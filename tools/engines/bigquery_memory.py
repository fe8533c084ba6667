"""A limit on what this process writes to, since WebAssembly reserves all its address space at the start."""

import os
import sys


class MemoryLimit:
    """Bounds the growth of this process's data from when it was made on (Linux only).

    ``RLIMIT_DATA`` counts writable private pages only (https://man7.org/linux/man-pages/man2/getrlimit.2.html),
    so it stops the linear memory from growing inside the 4 GiB that ``RLIMIT_AS`` counts from the start.
    """

    def __init__(self) -> None:
        self._baseline = _data_bytes()

    def set(self, growth: int) -> None:
        """Let the process's data grow by ``growth`` bytes and no further."""
        if sys.platform.startswith("linux"):
            import resource

            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            size = self._baseline + growth
            resource.setrlimit(
                resource.RLIMIT_DATA, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard)
            )

    def used(self) -> int:
        """Return by how many bytes the data has grown."""
        return _data_bytes() - self._baseline


def _data_bytes() -> int:
    if not sys.platform.startswith("linux"):
        return 0
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
