"""The process that stops the embedded PostgreSQL server when our end of its input closes.

Run as ``python -m isogloss.tools.engines.postgres_watchdog BIN FOLDER BYTES``. A process of its own, because
the kernel's parent-death signal follows the *thread* that started a child, and our threads come and go.
"""

import ctypes
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_SHARED_BYTES = 192 * 2**20  # programs, libraries and shared buffers, mapped into every server process

# Data that lives for minutes need not survive a crash; one backend at a time needs no helpers.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "64",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "maintenance_work_mem": "64MB",
    "io_method": "sync",
    "max_worker_processes": "0",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "autovacuum": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


def main(binaries: Path, folder: Path, memory_bytes: int) -> None:
    """Run the server until our input closes, then stop it at once and remove the folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = [argument for name, value in _SETTINGS.items() for argument in ("-c", f"{name}={value}")]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            preexec_fn=partial(_confine, memory_bytes),
            **as_owner_of(folder),
        )
    select.select([sys.stdin, os.pidfd_open(server.pid)], [], [])
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def as_owner_of(folder: Path) -> dict[str, Any]:
    """Return the subprocess arguments that run a command as the owner of ``folder``, where we may choose."""
    owner = folder.stat()
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}


def _confine(memory_bytes: int) -> None:
    """Bound each server process's memory, and have the server stop even if we are killed."""
    bound = _SHARED_BYTES + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
