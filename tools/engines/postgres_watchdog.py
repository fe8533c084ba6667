"""The process between us and the embedded PostgreSQL server: when our end of its input closes, it stops the server.

Run as ``python -m isogloss.tools.engines.postgres_watchdog BIN FOLDER``. A process of its own, because the
kernel's parent-death signal follows the *thread* that started a child, and our threads come and go.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1

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


def main(binaries: Path, folder: Path) -> None:
    """Run the server until our input closes, then stop it at once and remove the folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = folder.stat()
    settings = [argument for name, value in _SETTINGS.items() for argument in ("-c", f"{name}={value}")]
    privileges = (
        {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            preexec_fn=_die_with_parent,
            **privileges,
        )
    sys.stdin.buffer.read()
    server.send_signal(signal.SIGQUIT)
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
