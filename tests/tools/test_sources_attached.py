"""Sources end to end: a server's URL and a file, read as a source, attached in place, loaded into other engines."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from isogloss.tools.engines.postgres_database import load
from isogloss.tools.errors import UsageError
from isogloss.tools.outcome import Limits, Outcome
from isogloss.tools.schema import Table
from isogloss.tools.sources import open_source
from isogloss.tools.sources.shop import Shop

TOTALS = """
SELECT p.category, COUNT(*), SUM(l.quantity * l.unit_price), MIN(o.ordered_at), MAX(p.launched_on)
FROM order_lines AS l JOIN products AS p ON p.product_id = l.product_id JOIN orders AS o ON o.order_id = l.order_id
GROUP BY p.category ORDER BY p.category
"""


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    """A PostgreSQL server with the shop in it."""
    database = load(Shop(), Limits())
    settings = dict(part.split("=") for part in database.connect["conninfo"].split())
    yield f"postgresql://{settings['user']}:hush@/{settings['dbname']}?host={settings['host']}"
    database.close()


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    """A SQLite file with a table of the shop's products."""
    path = tmp_path / "Products.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE products (product_id INTEGER PRIMARY KEY, name TEXT NOT NULL, price DECIMAL)")
        rows = [(row[0], row[1], float(row[3])) for row in Shop().rows("products")]
        connection.executemany("INSERT INTO products VALUES (?, ?, ?)", rows)
    return path


def without_comments(table: Table) -> tuple[object, ...]:
    return table.name, [(c.name, c.type, c.nullable) for c in table.columns], table.primary_key, set(table.foreign_keys)


def test_a_server_is_read_with_its_types_and_keys(server_url: str) -> None:
    with closing(open_source(server_url)) as source:
        ours = {table.name: table for table in Shop().schema().tables}
        assert {table.name for table in source.schema().tables} == set(ours)
        for table in source.schema().tables:
            assert without_comments(table) == without_comments(ours[table.name])
            assert sorted(source.rows(table.name), key=repr) == sorted(Shop().rows(table.name), key=repr)
        assert "hush" not in source.name + source.fingerprint


def test_a_server_is_attached_in_place_and_loaded_elsewhere(server_url: str) -> None:
    with open_engine("postgres", "shop", workers=1) as engine:
        expected = engine.execute(TOTALS).rows
    for dialect in ("postgres", "duckdb"):
        with open_engine(dialect, server_url, workers=1) as engine:
            assert engine.execute(TOTALS).rows == expected
            assert engine.execute("DELETE FROM products").outcome is Outcome.REJECTED


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sqlite_file_opens_in_every_engine(shop_file: Path, dialect: str) -> None:
    before = shop_file.read_bytes()
    with open_engine(dialect, str(shop_file), workers=1) as engine:
        assert engine.schema().table("products").primary_key == ("product_id",)
        [(count, cheapest)] = engine.execute("SELECT COUNT(*), MIN(price) FROM products").rows
        assert (count, float(cheapest)) == (30, min(float(row[3]) for row in Shop().rows("products")))
        assert len(engine.sample_rows("products", 3)) == 3
    assert shop_file.read_bytes() == before


def test_a_file_may_be_named_by_a_url(shop_file: Path) -> None:
    with open_engine("sqlite", f"sqlite:///{shop_file}", workers=1) as engine:
        assert engine.schema().name == "products"
        assert engine.execute("SELECT COUNT(*) FROM products").rows == ((30,),)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://me:hush@127.0.0.1:1/none", "postgresql server at 127.0.0.1 cannot be reached"),
        ("postgresql://me:hush@127.0.0.1:port/none", "not understood"),
        ("gibberish://me:hush@there/none", "not understood"),
        ("sqlite:///there/is/none.db", "No database"),
    ],
)
def test_what_cannot_be_opened_says_why_without_the_password(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        open_source(url)
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_without_its_driver_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(UsageError, match="pymysql"):
        open_source("mysql+pymysql://me:hush@there/none")
