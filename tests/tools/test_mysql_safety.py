"""What a MySQL session must hold to by itself, on seekdb and on a MariaDB whose user may do everything."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pymysql
import pytest
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.mysql_server import MysqlServer
from isogloss.tools.engines.mysql_session import open_session
from isogloss.tools.engines.pool import EngineLostError, Pool
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Schema

from .engines_here import skip_if_missing
from .mysql_servers import LIMITS, PASSWORD, on_both, on_mariadb, rows
from .processes import command_of

WRITES = [
    "DROP TABLE things",
    "/*!50000 DROP TABLE things */",
    "/*M! DROP TABLE things */",
    "SELECT 1 /*!50000 INTO OUTFILE '/tmp/isogloss-never' */",
    "DELETE FROM things",
    "WITH gone AS (SELECT 3 AS n) DELETE FROM things WHERE thing_id IN (SELECT n FROM gone)",
    "INSERT INTO makers VALUES (9, 'x')",
    "UPDATE things SET name = 'x'",
    "TRUNCATE TABLE things",
    "CREATE TABLE fresh (a INT)",
    "CREATE TEMPORARY TABLE fresh (a INT)",
    "GRANT ALL ON *.* TO stranger@localhost IDENTIFIED BY 'x'",
    "SET GLOBAL max_connections = 1",
    "SET SESSION TRANSACTION READ WRITE",
    "SET STATEMENT max_statement_time = 100 FOR SELECT 1",
    "SHUTDOWN",
    "KILL 1",
    "LOCK TABLES things WRITE",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE makers",
    "SELECT 1; DROP TABLE things",
    "COMMIT; DROP TABLE things",
    "SELECT * FROM makers INTO OUTFILE '/tmp/isogloss-never'",
    "SELECT * FROM makers INTO DUMPFILE '/tmp/isogloss-never'",
    "SELECT maker_id FROM makers LIMIT 1 INTO @kept",
    "SELECT LOAD_FILE('/etc/passwd')",
    "SELECT 1--load_file('/etc/passwd')",
    "SELECT * FROM mysql.user",
    "SELECT * FROM `mysql`/**/.user",
    "-- \nDROP TABLE things",
    "#\nDROP TABLE things",
    "/**/ DROP TABLE things",
]


@on_both
def test_a_session_alone_lets_nothing_change(pool: Pool) -> None:
    for sql in WRITES:
        execution = pool.execute(sql, LIMITS)
        assert execution.outcome in (Outcome.ERROR, Outcome.REJECTED), execution
    assert rows(pool, "SELECT COUNT(*), MIN(name) FROM things") == ((3, ""),)
    assert rows(pool, "SELECT COUNT(*) FROM makers") == ((2,),)
    assert not Path("/tmp/isogloss-never").exists()


@on_mariadb
def test_a_user_with_all_rights_is_held_by_the_transaction_too(database: Database) -> None:
    """What the session's own rules would let pass, the read-only session does not."""
    session = open_session(LIMITS, **database.connect)
    with closing(session._connection), session._connection.cursor() as cursor:
        for sql in ("DROP TABLE things", "CREATE TABLE fresh (a INT)", "TRUNCATE TABLE things", "DELETE FROM things"):
            cursor.execute("COMMIT")
            with pytest.raises(pymysql.err.OperationalError, match="READ ONLY"):
                cursor.execute(sql)


@on_both
@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("SELECT @kept := 1", "SELECT @kept", None),
        ("SELECT GET_LOCK('kept', 0)", "SELECT IF(IS_USED_LOCK('kept') = CONNECTION_ID(), 'ours', 'free')", "free"),
        ("SELECT 1; SET SESSION sql_mode = ''", "SELECT @@sql_mode LIKE '%FULL_GROUP%'", 1),
        ("SELECT 1; SET @kept = 1", "SELECT @kept", None),
    ],
)
def test_one_statement_leaves_nothing_for_the_next(pool: Pool, before: str, after: str, expected: object) -> None:
    pool.execute(before, LIMITS)
    assert rows(pool, after) == ((expected,),)


@on_both
def test_two_statements_are_refused(pool: Pool) -> None:
    execution = pool.execute("SELECT 1; SELECT 2", LIMITS)
    assert execution.rule == "one_statement" or execution.error_class is ErrorClass.SYNTAX, execution
    assert rows(pool, "SELECT ';' ; ") == ((";",),)


TOO_LONG = [
    "SELECT SLEEP(30)",
    "SELECT COUNT(*), SLEEP(30) FROM makers",
    "SELECT BENCHMARK(10000000000, MD5('x'))",
    "SELECT COUNT(*) FROM {0} AS a, {0} AS b, {0} AS c, {0} AS d",
    "SELECT /*+ QUERY_TIMEOUT(100000000) MAX_EXECUTION_TIME(100000) */ SLEEP(30)",
]
NUMBERS = "(WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900) SELECT n FROM r)"


@pytest.mark.alone
@on_both
@pytest.mark.parametrize("sql", TOO_LONG)
def test_a_timeout_is_kept_and_the_next_statement_runs(pool: Pool, sql: str) -> None:
    pool.version()
    start = time.monotonic()
    execution = pool.execute(sql.format(NUMBERS), LIMITS)
    assert execution.outcome is Outcome.TIMEOUT, execution
    assert LIMITS.seconds <= time.monotonic() - start < LIMITS.seconds + 0.5
    assert rows(pool, "SELECT COUNT(*) FROM information_schema.processlist WHERE command = 'Query'") == ((1,),)


@on_both
@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r",
        "SELECT LENGTH(REPEAT('x', 1000000000))",
        "SELECT REPEAT('x', 3000000000)",
    ],
)
def test_an_answer_cut_short_is_an_error(pool: Pool, sql: str) -> None:
    execution = pool.execute(sql, LIMITS)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, ErrorClass.RESOURCES), execution
    assert rows(pool, "SELECT 1") == ((1,),)


@on_both
@pytest.mark.parametrize(
    "sql", ["SELECT a.n FROM {0} AS a, {0} AS b, {0} AS c", "SELECT n FROM {0} AS a", "SELECT REPEAT('x', 15000000)"]
)
def test_a_large_result_is_not_fetched(pool: Pool, sql: str) -> None:
    execution = pool.execute(sql.format(NUMBERS), LIMITS)
    assert (execution.outcome, execution.rows) == (Outcome.TOO_LARGE, ()), execution
    assert rows(pool, "SELECT 1") == ((1,),)


@on_mariadb
def test_a_password_is_never_shown(database: Database) -> None:
    assert database.connect["password"] == PASSWORD
    assert PASSWORD not in repr(database)
    with PooledEngine(database, 1, LIMITS) as engine:
        assert PASSWORD not in repr(vars(engine))
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            assert PASSWORD not in command_of(int(process.parent.name))
        assert PASSWORD not in repr(engine.execute("SELECT USER(), CURRENT_USER()"))
    wrong = {**database.connect, "user": "nobody", "password": f"{PASSWORD}2"}
    with pytest.raises(EngineLostError, match="Access denied") as failure:
        PooledEngine(Database("mysql", Schema("none", ()), wrong), 1, LIMITS)
    assert PASSWORD not in str(failure.value)


def test_memory_is_bounded() -> None:
    """What does not fit goes to seekdb's temporary files, until the time is up."""
    skip_if_missing("mysql")
    limits = Limits(seconds=3, memory_bytes=2**28)
    server = MysqlServer(limits.memory_bytes)
    many = ", ".join(f"{NUMBERS} AS {name}" for name in "abc")
    with closing(server), closing(Pool("mysql", server.address("root"), 1, limits)) as pool:
        sql = f"SELECT COUNT(DISTINCT CONCAT(a.n, REPEAT('x', 200), b.n, c.n)) FROM {many}"
        assert pool.execute(sql, limits).outcome is Outcome.TIMEOUT
        assert pool.execute("SELECT 1", limits).rows == ((1,),)
        status = Path(f"/proc/{server._process.pid}/status").read_text()
    peak = int(status.partition("\nVmHWM:")[2].split()[0]) * 1024
    assert 2**28 < peak < 2**30 + 2 * limits.memory_bytes


START_AND_WORK = """
from isogloss.tools.engines.mysql_server import MysqlServer
import pymysql
server = MysqlServer(2**30)
print(server._process.pid, flush=True)
with pymysql.connect(**server.address("root")).cursor() as cursor:
    cursor.execute("SELECT /*+ QUERY_TIMEOUT(600000000) */ BENCHMARK(10000000000, MD5('x'))")
"""


def test_a_busy_server_does_not_outlive_us() -> None:
    skip_if_missing("mysql")
    ours = subprocess.Popen([sys.executable, "-c", START_AND_WORK], stdout=subprocess.PIPE, text=True)
    assert ours.stdout
    with ours.stdout as said:
        server = Path(f"/proc/{said.readline().strip()}")
    time.sleep(0.5)
    assert b"seekdb" in (server / "cmdline").read_bytes()
    ours.send_signal(signal.SIGKILL)
    ours.wait()
    deadline = time.monotonic() + 10
    while server.exists() and "\nState:\tZ" not in (server / "status").read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not server.exists() or "\nState:\tZ" in (server / "status").read_text()


def test_the_server_is_reached_by_its_socket_only() -> None:
    skip_if_missing("mysql")
    with closing(MysqlServer(2**30)) as server:
        status = Path(f"/proc/{server._process.pid}/status").read_text()
        owner = int(status.partition("\nUid:\t")[2].split()[0])
        assert owner != 0
        folder = Path(server.address("root")["unix_socket"]).parent
        assert folder.stat().st_mode & 0o077 == 0
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", 2881)) != 0
        with closing(pymysql.connect(**server.address("root"))) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@secure_file_priv")
            assert cursor.fetchall() == (("NULL",),)
