"""A MariaDB server of the tests' own, with a data directory of its own, where the machine has MariaDB."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pymysql
import pytest
from isogloss.tools.engines.scratch import Scratch

PASSWORD = "hunter2-secret"
_START_SECONDS = 60


@contextmanager
def mariadb_url() -> Iterator[str]:
    """Yield the URL of an empty database as a user who may do everything; skips the test without MariaDB."""
    program = shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"])
    installer = shutil.which("mariadb-install-db")
    if not program or not installer:
        pytest.skip("MariaDB is not installed: apt-get install mariadb-server")
    scratch = Scratch()
    data, path = scratch.path / "data", scratch.path / "s.sock"
    account = ["--user=mysql"] if os.geteuid() == 0 else []
    if account:
        shutil.chown(scratch.path, "mysql")
    places = [f"--datadir={data}", f"--tmpdir={scratch.path}", *account]
    install = [installer, "--no-defaults", *places, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    server = subprocess.Popen(
        [program, "--no-defaults", *places, f"--socket={path}", "--skip-networking", f"--pid-file={data}/pid"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _make_user(path)
        yield f"mysql+pymysql://tester:{PASSWORD}@/tested?unix_socket={path}"
    finally:
        server.terminate()
        server.wait()
        scratch.close()


def _make_user(path: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _listens(path):
        assert time.monotonic() < deadline, "MariaDB did not start"
        time.sleep(0.05)
    root = pymysql.connect(user="root", unix_socket=str(path), ssl_disabled=True)
    with closing(root), root.cursor() as cursor:
        cursor.execute("CREATE DATABASE tested CHARACTER SET utf8mb4")
        cursor.execute(f"GRANT ALL ON *.* TO tester@localhost IDENTIFIED BY '{PASSWORD}' WITH GRANT OPTION")


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
