"""MySQL on seekdb, our own server, and on a MariaDB that stands for a user's own: values, tables, errors."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pymysql
import pytest
from isogloss.tools.dialects import get_dialect
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.mysql_database import attach, load, load_at
from isogloss.tools.engines.pool import EngineLostError, Pool
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.memory_source import FIRST, THINGS, MemorySource
from isogloss.tools.outcome import ErrorClass, Outcome
from isogloss.tools.schema import Column, ColumnType, ForeignKey, Schema, Table

from .engines_here import skip_if_missing
from .mysql_servers import LIMITS, PASSWORD, on_both, on_mariadb, on_seekdb, rows


@on_both
def test_the_version_names_the_real_server(pool: Pool, database: Database) -> None:
    name, number = pool.version().split()
    assert name == ("MariaDB" if database.connect["user"] == "tester" else "seekdb")
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
@on_mariadb
def test_short_text_may_be_a_key(database: Database, width: int, native: str) -> None:
    url = f"mysql+pymysql://tester:{PASSWORD}@/tested?unix_socket={database.connect['unix_socket']}"
    table = Table(f"text_{width}", (Column("a", ColumnType.TEXT, nullable=False),), primary_key=("a",))
    load_at(url, MemorySource({table: [("é" * width,)]}))
    with closing(pymysql.connect(**database.connect)) as connection, connection.cursor() as cursor:
        cursor.execute(f"DESCRIBE text_{width}")
        [(_, kind, _, key, *_)] = cursor.fetchall()
        cursor.execute(f"DROP TABLE text_{width}")
    assert (kind, key) == (native, "PRI" if native.startswith("varchar") else "")


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
            with pytest.raises(EngineLostError, match="The mysql engine is lost"):
                engine.execute("SELECT 1")


def test_every_error_class_has_a_number() -> None:
    classified = {get_dialect("mysql").classify(str(code), "") for code in (*range(1000, 4000), 2013, 4013)}
    assert classified == set(ErrorClass)
