"""MySQL on seekdb, our own server, and on a MariaDB that stands for a user's own."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymysql
import pytest
from isogloss.tools.dialects import get_dialect
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.mysql_database import attach, load, load_at
from isogloss.tools.engines.mysql_server import MysqlServer
from isogloss.tools.engines.pool import EngineLostError, Pool
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Column, ColumnType, ForeignKey, Schema, Table

from .engines_here import skip_if_missing
from .mariadb_here import PASSWORD, mariadb_url
from .memory_source import FIRST, THINGS, MemorySource, small

LIMITS = Limits(seconds=1, rows=100, result_bytes=2**20)
SERVERS = ("seekdb", "MariaDB")


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    with mariadb_url() as url:
        yield url


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[str, Database]]:
    opened: dict[str, Database] = {}
    yield opened
    for database in opened.values():
        database.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, databases: dict[str, Database]) -> Database:
    """Return the small source in a server, loaded once for all tests here."""
    if request.param not in databases:
        if request.param == "MariaDB":
            databases["MariaDB"] = load_at(request.getfixturevalue("mariadb"), small())
        else:
            skip_if_missing("mysql")
            databases["seekdb"] = load(small(), LIMITS)
    return databases[request.param]


@pytest.fixture
def pool(database: Database) -> Iterator[Pool]:
    """Return a session without the guard in front of it."""
    opened = Pool("mysql", database.connect, 1, LIMITS)
    yield opened
    opened.close()


on_both = pytest.mark.parametrize("database", SERVERS, indirect=True)
on_seekdb = pytest.mark.parametrize("database", ["seekdb"], indirect=True)
on_mariadb = pytest.mark.parametrize("database", ["MariaDB"], indirect=True)


def rows(pool: Pool, sql: str) -> tuple[tuple[Any, ...], ...]:
    execution = pool.execute(sql, LIMITS)
    assert execution.outcome is Outcome.RUNS, execution
    return execution.rows


@pytest.mark.parametrize(("database", "version"), [(name, name) for name in SERVERS], indirect=["database"])
def test_the_version_names_the_real_server(pool: Pool, version: str) -> None:
    name, number = pool.version().split()
    assert name == version
    assert number.count(".") == 2


@on_both
def test_values_come_back_as_they_were(pool: Pool) -> None:
    expected = list(FIRST)
    expected[6], expected[8] = timedelta(hours=23, minutes=59, seconds=1), FIRST[8].replace(tzinfo=None)
    [row] = rows(pool, "SELECT * FROM things WHERE thing_id = 1")
    assert row == (*expected[:-1], "7")
    assert [type(value) for value in row[:6]] == [int, int, str, Decimal, float, type(FIRST[5])]
    assert rows(pool, "SELECT * FROM things WHERE thing_id = 2") == ((2, *[None] * 12),)


@on_both
def test_the_session_is_as_mysql_8_is(pool: Pool) -> None:
    [(modes, zone)] = rows(pool, "SELECT @@sql_mode, @@time_zone")
    assert {"ONLY_FULL_GROUP_BY", "STRICT_TRANS_TABLES", "NO_ZERO_DATE"} <= set(modes.split(","))
    assert zone == "+00:00"
    assert rows(pool, "SELECT 'king' = 'KING', 'e' = 'é', UNIX_TIMESTAMP('1970-01-02')") == ((1, 1, 86400),)


@on_both
def test_keys_are_declared_though_rows_break_them(pool: Pool) -> None:
    sql = "SELECT constraint_type FROM information_schema.table_constraints WHERE table_name = 'things' ORDER BY 1"
    assert rows(pool, sql) == (("FOREIGN KEY",), ("PRIMARY KEY",))
    sql = "SELECT COUNT(*) FROM information_schema.statistics WHERE table_name = 'things' AND column_name = 'maker_id'"
    assert rows(pool, sql)[0][0] >= 1


def _loaded(table: Table, *values: tuple[Any, ...]) -> Database:
    skip_if_missing("mysql")
    return load(MemorySource({table: list(values)}), LIMITS)


def test_odd_tables_load() -> None:
    table = Table(
        "odd `%s` table",
        (
            Column("code 100%", ColumnType.TEXT, nullable=False),
            Column("small", ColumnType.DECIMAL),
            Column("long", ColumnType.TEXT),
            Column("at", ColumnType.TIMESTAMPTZ),
        ),
        primary_key=("code 100%",),
        foreign_keys=(ForeignKey(("long",), "odd `%s` table", ("small",)),),
    )
    east = datetime.fromisoformat("2024-03-01T00:30:00+02:00")
    first = ("a\\'\"☃🐧\0", Decimal("1e-35"), "x" * 100_000, east)
    database = _loaded(table, first, ("A" + first[0][1:], Decimal(1), "", None))
    with PooledEngine(database, 1, LIMITS) as engine:
        sql = "SELECT * FROM `odd ``%s`` table` ORDER BY `small`"
        [row, _] = engine.execute(sql).rows
        assert row == (first[0], 1e-35, first[2], east.astimezone(UTC).replace(tzinfo=None))
        # Two keys that differ in case only are one to MySQL, so neither it nor our schema has that key.
        assert engine.schema().tables[0].primary_key == ()
        assert engine.execute("SELECT COUNT(*) FROM `odd ``%s`` table` GROUP BY `long` ORDER BY 1").rows == ((1,), (1,))


@pytest.mark.parametrize(
    ("width", "native"), [(3, "varchar(32)"), (32, "varchar(64)"), (512, "varchar(512)"), (513, "longtext")]
)
def test_short_text_may_be_a_key(mariadb: str, width: int, native: str) -> None:
    table = Table(f"text_{width}", (Column("a", ColumnType.TEXT, nullable=False),), primary_key=("a",))
    database = load_at(mariadb, MemorySource({table: [("é" * width,)]}))
    with closing(pymysql.connect(**database.connect)) as connection, connection.cursor() as cursor:
        cursor.execute(f"DESCRIBE text_{width}")
        [(_, kind, _, key, *_)] = cursor.fetchall()
        cursor.execute(f"DROP TABLE text_{width}")
    assert (kind, key) == (native, "PRI" if native.startswith("varchar") else "")


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
    from isogloss.tools.engines.mysql_session import open_session

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


@on_both
@pytest.mark.parametrize(
    ("sql", "error_class"),
    [
        ("SELEC 1", ErrorClass.SYNTAX),
        ("SELECT FROM WHERE", ErrorClass.SYNTAX),
        ("SELECT * FROM (SELECT 1)", ErrorClass.SYNTAX),
        ("SELECT * FROM nowhere", ErrorClass.UNKNOWN_TABLE),
        ("SELECT missing FROM things", ErrorClass.UNKNOWN_COLUMN),
        ("SELECT frobnicate(1)", ErrorClass.UNKNOWN_FUNCTION),
        ("SELECT name FROM things AS a, things AS b", ErrorClass.AMBIGUOUS),
        ("SELECT name, COUNT(*) FROM things", ErrorClass.GROUPING),
        ("SELECT MAX(COUNT(*)) FROM things", ErrorClass.GROUPING),
        ("SELECT 1 UNION SELECT 1, 2", ErrorClass.TYPE_MISMATCH),
        ("SELECT DATE '2024-13-45'", ErrorClass.INVALID_VALUE),
        ("SELECT 9223372036854775807 + 1", ErrorClass.INVALID_VALUE),
        ("SELECT (SELECT thing_id FROM things)", ErrorClass.CARDINALITY),
    ],
)
def test_errors_are_classified(pool: Pool, sql: str, error_class: ErrorClass) -> None:
    execution = pool.execute(sql, LIMITS)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, error_class), execution


@on_seekdb
@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ("TABLE makers", Outcome.UNSUPPORTED),
        ("SELECT EXISTS (TABLE makers)", Outcome.UNSUPPORTED),
        ("SELECT ST_PointFromText('POINT(1 2)')", Outcome.UNSUPPORTED),
        ("SELECT COUNT(*) FROM things FULL JOIN makers USING (maker_id)", Outcome.UNSUPPORTED),
        ("SELECT COUNT(*) FROM (makers AS a JOIN makers AS b ON TRUE)", Outcome.RUNS),
        ("SELECT name FROM makers WHERE maker_id IN (SELECT n FROM (SELECT 1 AS n LIMIT 1) AS d)", Outcome.RUNS),
        ("SELECT name FROM makers WHERE maker_id = (SELECT 1 LIMIT 1)", Outcome.RUNS),
        ("SELECT DISTINCT UPPER(name) FROM makers ORDER BY UPPER(name)", Outcome.RUNS),
        ("SELECT DISTINCT m.name AS label FROM makers AS m ORDER BY label, m.name", Outcome.RUNS),
        ("SELECT 'nvl(1)', '[', 'minus (' FROM makers", Outcome.RUNS),
        ("SELECT name FROM makers WHERE name IN ('www.mysql.com', 'nvl')", Outcome.RUNS),
    ],
)
def test_only_what_mysql_refuses_is_refused_for_it(pool: Pool, sql: str, outcome: Outcome) -> None:
    execution = pool.execute(sql, LIMITS)
    assert execution.outcome is outcome, execution


@on_mariadb
def test_a_password_is_never_shown(database: Database) -> None:
    assert database.connect["password"] == PASSWORD
    assert PASSWORD not in repr(database)
    with PooledEngine(database, 1, LIMITS) as engine:
        assert PASSWORD not in repr(vars(engine))
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            assert PASSWORD.encode() not in process.read_bytes()
        assert PASSWORD not in repr(engine.execute("SELECT USER(), CURRENT_USER()"))
    wrong = {**database.connect, "user": "nobody", "password": f"{PASSWORD}2"}
    with pytest.raises(EngineLostError, match="Access denied") as failure:
        PooledEngine(Database("mysql", Schema("none", ()), wrong), 1, LIMITS)
    assert PASSWORD not in str(failure.value)


@pytest.mark.parametrize("scheme", ["mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"])
def test_a_url_says_where(scheme: str) -> None:
    database = attach(f"{scheme}://me:p%40ss@db.example.org:3307/shop", Schema("shop", ()))
    said = {"host": "db.example.org", "port": 3307, "user": "me", "password": "p@ss", "database": "shop"}
    assert said.items() <= database.connect.items()
    assert "ssl_disabled" not in database.connect
    assert attach(f"{scheme}://me@localhost/shop", Schema("shop", ())).connect["ssl_disabled"]


def test_a_lost_server_is_said_clearly() -> None:
    database = _loaded(THINGS, FIRST)
    with PooledEngine(database, 1, LIMITS) as engine:
        assert engine.execute("SELECT 1").outcome is Outcome.RUNS
        database.close()
        for _ in range(2):
            assert engine.execute("SELECT 1").error_class is ErrorClass.ENGINE_LOST


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


def test_every_error_class_has_a_number() -> None:
    classified = {get_dialect("mysql").classify(str(code), "") for code in (*range(1000, 4000), 2013, 4013)}
    assert classified == set(ErrorClass)
