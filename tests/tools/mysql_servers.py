"""The servers MySQL is tested on: seekdb, and a MariaDB of the tests' own that stands for a user's."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql
import pytest
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.mysql_database import load, load_at
from isogloss.tools.engines.pool import Pool
from isogloss.tools.engines.scratch import Scratch
from isogloss.tools.memory_source import small
from isogloss.tools.outcome import Limits, Outcome

from .engines_here import skip_if_missing

PASSWORD = "hunter2-secret"
LIMITS = Limits(seconds=1, rows=100, result_bytes=2**20)
SERVERS = ("seekdb", "MariaDB")
_START_SECONDS = 60


on_both = pytest.mark.parametrize("database", SERVERS, indirect=True, scope="module")
on_seekdb = pytest.mark.parametrize("database", ["seekdb"], indirect=True, scope="module")
on_mariadb = pytest.mark.parametrize("database", ["MariaDB"], indirect=True, scope="module")


def rows(pool: Pool, sql: str) -> tuple[tuple[Any, ...], ...]:
    """Return the rows of a statement that must run."""
    execution = pool.execute(sql, LIMITS)
    assert execution.outcome is Outcome.RUNS, execution
    return execution.rows


@contextmanager
def loaded_in(server: str) -> Iterator[Database]:
    """Yield the small source in a server; skips the test without it."""
    if server == "MariaDB":
        with mariadb_url() as url:
            yield load_at(url, small())
        return
    skip_if_missing("mysql")
    with closing(load(small(), LIMITS)) as database:
        yield database


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
