"""ClickHouse passes what every dialect passes, and keeps models' SQL from files, the network and its own tables."""

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("chdb", reason="chDB is not installed: pip install chdb")
pytest.importorskip("isogloss_clickhouse", reason="the example is not installed: pip install -e examples/clickhouse")

from isogloss.testing import DialectConformance
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.engines.opening import open_database
from isogloss.tools.engines.pool import Pool
from isogloss.tools.outcome import ErrorClass, Execution, Limits, Outcome
from isogloss.tools.schema import ColumnType
from isogloss_clickhouse.database import load
from isogloss_clickhouse.rules import broken_rule, forbidden

SECRET = "canary-7f3a"
LIMITS = Limits(seconds=5)


def text_if_it_is(value: bytes) -> str | bytes:
    """Return what ClickHouse's String, which is bytes, comes back as."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


class TestClickhouse(DialectConformance):
    """The conformance suite on chDB."""

    dialect = "clickhouse"
    last_day = date(2299, 12, 31)
    comes_back = {ColumnType.BINARY: text_if_it_is}
    errors = {
        ErrorClass.AMBIGUOUS: "SELECT 1 AS a, 2 AS a, a",  # a plain name that two tables have is the first one's
        ErrorClass.RESOURCES: "SELECT max(length(a)) FROM "
        "(SELECT groupArray(repeat(toString(number), 1000)) AS a FROM numbers(3000000))",
    }
    forbidden = (
        "SELECT 1 INTO OUTFILE '/tmp/isogloss-out.csv'",
        "SELECT file('/etc/passwd')",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:9/', 'CSV', 'a String')",
        "SELECT * FROM system.tables",
    )


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("clickhouse", "shop", workers=1, limits=LIMITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare() -> Iterator[Pool]:
    """The session alone, without the guard in front of it."""
    database = open_database("clickhouse", "shop", LIMITS)
    pool = Pool("clickhouse", database.connect, 1, LIMITS)
    yield pool
    pool.close()
    database.close()


class Visits(BaseHTTPRequestHandler):
    """Counts who reaches a server."""

    seen: list[str] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    do_HEAD = do_POST = do_GET  # noqa: N815 - the base class calls them so

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Visits)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


READS_A_FILE = [
    "SELECT file('{secret}')",
    "SELECT `file`('{secret}')",
    "SELECT \"file\"('{secret}')",
    "SELECT file /* x */ -- y\n ('{secret}')",
    "WITH f AS (SELECT file('{secret}') AS a) SELECT a FROM f",
    "SELECT arrayMap(x -> file(x), ['{secret}'])",
    "SELECT * FROM file('{secret}', 'LineAsString')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM `{secret}`",
    "DESCRIBE file('{secret}', 'CSV')",
    "SELECT * FROM (DESCRIBE TABLE file('{secret}', 'CSV'))",
    "EXPLAIN SELECT file('{secret}')",
    "SELECT * FROM viewExplain('EXPLAIN', '', (SELECT file('{secret}')))",
    "SELECT * FROM eval('SELECT file(''{secret}'')')",
    "SELECT * FROM filesystem('{secret}')",
    "SELECT * FROM sqlite('{secret}', 't')",
    "SELECT * FROM executable('cat {secret}', 'CSV', 'a String')",
    "SELECT * FROM icebergLocal('{folder}')",
    "SELECT * FROM python('{secret}')",
    "SELECT 1 SETTINGS readonly = 0; SELECT file('{secret}')",
]
REACHES_A_SERVER = [
    "SELECT * FROM url('http://127.0.0.1:{port}/', 'CSV', 'a String')",
    "SELECT * FROM urlCluster('default', 'http://127.0.0.1:{port}/', 'CSV', 'a String')",
    "SELECT * FROM s3('http://127.0.0.1:{port}/b/a.csv', 'CSV', 'a String')",
    "SELECT * FROM gcs('http://127.0.0.1:{port}/b/a.csv', 'CSV', 'a String')",
    "SELECT * FROM deltaLake('http://127.0.0.1:{port}/b/')",
    "SELECT * FROM remote('127.0.0.1:{port}', 'system.one')",
    "SELECT * FROM mysql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "SELECT * FROM postgresql('127.0.0.1:{port}', 'a', 'b', 'c', 'd')",
    "SELECT * FROM redis('127.0.0.1:{port}', 'a', 'a String')",
    "SELECT hasColumnInTable('127.0.0.1:{port}', 'system', 'one', 'dummy')",
    "SELECT * FROM `http://127.0.0.1:{port}/a.csv`",
    "SELECT aiGenerate('hello')",
]
WRITES = [
    "SELECT 1 INTO OUTFILE '{out}'",
    "SELECT 1 INTO OUTFILE '{out}' APPEND FORMAT CSV",
    "SELECT 1 into /* x */ outfile '{out}' TRUNCATE",
    "SELECT 1; SELECT 2 INTO OUTFILE '{out}'",
    "INSERT INTO FUNCTION file('{out}', 'CSV', 'a Int32') SELECT 1",
    "INSERT INTO FUNCTION null('a Int32') SELECT 1",
    "CREATE TABLE out (a Int32) ENGINE = File(CSV)",
    "CREATE TEMPORARY TABLE fresh (a Int32)",
    "CREATE FUNCTION f AS x -> x",
    "ALTER TABLE orders DELETE WHERE 1",
    "TRUNCATE TABLE orders",
    "OPTIMIZE TABLE orders FINAL",
    "RENAME TABLE orders TO fresh",
    "DETACH TABLE orders",
    "BACKUP DATABASE default TO File('{out}')",
    "SYSTEM SHUTDOWN",
    "KILL QUERY WHERE 1",
    "SET readonly = 0",
    "SET join_use_nulls = 0",
    "USE system",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS join_use_nulls = 0",
    "SELECT 1 FORMAT Null",
]
LOOKS_AROUND = [
    "SELECT * FROM system.tables",
    "SELECT * FROM `system`.`tables`",
    'SELECT * FROM "system" . "settings"',
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM INFORMATION_SCHEMA.COLUMNS",
    "SELECT * FROM merge('system', '.*')",
    "SELECT * FROM cluster('default', 'system', 'one')",
    "SELECT * FROM loop('system', 'one')",
    "SELECT * FROM mergeTreeIndex('default', 'orders')",
    "SHOW TABLES FROM system",
    "SELECT hostName()",
    "SELECT getServerSetting('path')",
]


def is_refused(execution: Execution) -> bool:
    refused = execution.outcome in (Outcome.ERROR, Outcome.REJECTED, Outcome.UNSUPPORTED)
    alive = execution.error_class is not ErrorClass.ENGINE_LOST
    return refused and alive and not execution.rows and SECRET not in repr(execution)


@pytest.mark.parametrize("sql", [*READS_A_FILE, *REACHES_A_SERVER, *WRITES, *LOOKS_AROUND])
def test_an_attack_is_refused_with_and_without_the_guard(
    engine: Engine, bare: Pool, port: int, tmp_path: Path, sql: str
) -> None:
    secret, out = tmp_path / "secret.txt", tmp_path / "out.csv"
    secret.write_text(SECRET)
    filled = sql.format(secret=secret, folder=tmp_path, out=out, port=port)
    for execution in (engine.execute(filled), bare.execute(filled, LIMITS)):
        assert is_refused(execution), execution
    assert list(tmp_path.iterdir()) == [secret]
    assert not Visits.seen
    assert engine.execute("SELECT count() > 0 FROM orders").rows == ((1,),)


def test_what_looks_like_an_attack_and_is_none_runs(engine: Engine) -> None:
    for sql in (
        "SELECT 'INTO OUTFILE' AS `file`, ' system.tables FORMAT CSV'",
        "SELECT format('{} {}', 'a', 'b')",
        "SELECT sum(number) FROM numbers(10)",
        "SELECT name AS file FROM products -- into outfile 'x'",
        "SELECT count() FROM products WHERE name LIKE '%file(%'",
    ):
        assert engine.execute(sql).outcome is Outcome.RUNS, engine.execute(sql)


def test_even_without_rules_the_process_can_write_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    script = (
        "import sys, isogloss_clickhouse.session as s; from isogloss.tools.outcome import Limits;"
        "s.broken_rule = lambda *_: None; o = s.open_session(sys.argv[1], Limits());"
        "o.run(f\"SELECT repeat('x', 100000) INTO OUTFILE '{sys.argv[2]}'\", Limits())"
    )
    import subprocess
    import sys

    with_database = open_database("clickhouse", "shop", LIMITS)
    subprocess.run([sys.executable, "-c", script, with_database.connect["path"], str(out)], capture_output=True)
    with_database.close()
    assert not out.exists() or not out.stat().st_size


def test_the_rules_know_every_table_function_of_this_version() -> None:
    unwanted = forbidden(["someNewReader", "numbers"])
    assert broken_rule("SELECT * FROM someNewReader('x')", unwanted) == "forbidden_function"
    assert broken_rule("SELECT * FROM numbers(3)", unwanted) is None


TYPES = [
    ("[1, NULL, 2]", [1, None, 2]),
    ("[['a'], []]", [["a"], []]),
    ("(1, 'a')", (1, "a")),
    ("map('k', toDate('2024-02-29'))", {"k": date(2024, 2, 29)}),
    ("CAST((1, 'a') AS Tuple(n Int32, t Nullable(String)))", (1, "a")),
    ("toUInt128('340282366920938463463374607431768211455')", 2**128 - 1),
    ("toLowCardinality('x')", "x"),
    ("1 / 0", float("inf")),
    ("NULL", None),
]


@pytest.mark.parametrize(("expression", "value"), TYPES)
def test_types_of_its_own_come_back(engine: Engine, expression: str, value: Any) -> None:
    assert engine.execute(f"SELECT {expression}").rows == ((value,),)


def test_dates_out_of_range_are_kept_as_text() -> None:
    from isogloss.tools.memory_source import EDGES, edges

    database = load(edges(), LIMITS)
    assert database.schema.table("edges").column("date_value").type is ColumnType.TEXT
    pool = Pool("clickhouse", database.connect, 1, LIMITS)
    assert ("9999-12-31",) in pool.execute("SELECT date_value FROM edges", LIMITS).rows
    assert EDGES.column("date_value").type is ColumnType.DATE
    pool.close()
    database.close()


def test_an_outer_join_gives_nulls(engine: Engine) -> None:
    sql = "SELECT b.x FROM (SELECT 1 AS x) AS a LEFT JOIN (SELECT 2 AS x) AS b ON a.x = b.x"
    assert engine.execute(sql).rows == ((None,),)
