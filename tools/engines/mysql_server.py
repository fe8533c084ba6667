"""A MySQL-speaking server for as long as one engine needs it: seekdb, from the ``pylibseekdb`` wheel's program.

It is started without the wheel's own library, so that as root it runs as ``nobody`` and reports to no one. It
listens on a socket in one temporary folder only, and stops when the lock on ``run/seekdb.clients`` is no longer
held, which the kernel sees to when we end, even by SIGKILL.
"""

import fcntl
import os
import pwd
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import pymysql

from ..errors import IsoglossError, UsageError
from .postgres_watchdog import as_owner_of
from .scratch import Scratch

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_UNPRIVILEGED = "nobody"
_SERVER_BYTES = 2**30  # what seekdb wants for itself
_STATEMENT_PERCENTAGE = 50  # of its memory, that one statement may take

_PARAMETERS = {
    "log_disk_size": "2G",
    # Otherwise they load seconds after the start, until when every unknown name is waited for.
    "_enable_async_load_sys_package": "False",
    "query_memory_limit_percentage": str(_STATEMENT_PERCENTAGE),
}
_VARIABLES = {
    "time_zone": "+00:00",
    "secure_file_priv": "NULL",
    # For its plan cache seekdb tells literals apart by place, and so finds GROUP BY a + 1 different from SELECT a + 1.
    "ob_enable_plan_cache": "0",
}
_ENVIRONMENT = {"TELEMETRY_ENABLED": "false"}


def installation() -> Path | None:
    """Return the wheel's server program, None if it is not installed."""
    spec = find_spec("pylibseekdb")
    for location in (spec and spec.submodule_search_locations) or []:
        if (program := Path(location) / "seekdb").exists():
            return program
    return None


class MysqlServer:
    """A running server with one superuser, ``root``, reachable through a socket only.

    One statement may take ``memory_bytes``; the server as a whole may take twice that and its own needs.
    """

    def __init__(self, memory_bytes: int) -> None:
        program = installation()
        if not program:
            raise UsageError("the embedded MySQL is not installed: pip install pylibseekdb")
        self._scratch = Scratch()
        self._lock = self._locked()
        self._process = self._start(program, memory_bytes)
        try:
            self._await_answer()
        except BaseException:
            self.close()
            raise

    def address(self, user: str, database: str | None = None) -> dict[str, Any]:
        """Return the arguments with which PyMySQL connects as ``user``."""
        path = str(self._scratch.path / "run/sql.sock")
        return {"unix_socket": path, "user": user, "database": database, "ssl_disabled": True}

    def close(self) -> None:
        """Stop the server and remove its data."""
        self._lock.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._scratch.close()

    def _locked(self) -> IO[str]:
        """Return an open file that holds the lock by which the server knows that somebody needs it."""
        runtime = self._scratch.path / "run"
        runtime.mkdir(0o700)
        lock = open(runtime / "seekdb.clients", "w")  # noqa: SIM115 - held as long as the server is needed
        fcntl.flock(lock, fcntl.LOCK_SH)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(_UNPRIVILEGED)
            for place in (self._scratch.path, runtime, lock.fileno()):
                os.chown(place, owner.pw_uid, owner.pw_gid)
        return lock

    def _start(self, program: Path, memory_bytes: int) -> "subprocess.Popen[bytes]":
        parameters = {**_PARAMETERS, "memory_budget": f"{(_SERVER_BYTES + 2 * memory_bytes) // 2**20}M"}
        command = [str(program), f"--base-dir={self._scratch.path}", "--embedded", "--nodaemon", "--log-level=ERROR"]
        command += [f"--parameter={name}={value}" for name, value in parameters.items()]
        command += [f"--variable={name}={value}" for name, value in _VARIABLES.items()]
        with open(self._scratch.path / "server.log", "wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._scratch.path,
                env=_ENVIRONMENT,
                start_new_session=True,
                **as_owner_of(self._scratch.path),
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise IsoglossError(f"the embedded MySQL did not start: {self._last_words()}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        address = self.address("root")
        try:
            with socket.socket(socket.AF_UNIX) as probe:  # PyMySQL does not close what it could not connect
                probe.connect(address["unix_socket"])
            pymysql.connect(**address).close()
        except (OSError, pymysql.Error):
            return False
        return True

    def _last_words(self) -> str:
        log = self._scratch.path / "server.log"
        return log.read_text(errors="replace")[-500:].strip()
