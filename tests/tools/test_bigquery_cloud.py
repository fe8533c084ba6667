"""The user's own BigQuery projects: what URLs say, and a dataset in an emulator."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.engines.opening import open_database
from isogloss.tools.engines.pool import Pool
from isogloss.tools.errors import UsageError
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Column, ColumnType, Table
from isogloss.tools.sources import open_source
from isogloss.tools.sources.bigquery_dataset import place_of

from .bigquery_emulator import emulator

LIMITS = Limits(seconds=5, rows=100)
FILL = (
    "INSERT INTO shop.orders VALUES (1, NUMERIC '1.5', DATETIME '2024-02-29 12:30:00', ['a', 'b']), (2, NULL, NULL, [])"
)


def test_a_url_names_project_dataset_and_options() -> None:
    place = place_of("bigquery://my-project/shop?location=EU&maximum_bytes_billed=5")
    assert place == ("my-project", "shop", {"location": "EU", "maximum_bytes_billed": "5"})


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("bigquery://project", "bigquery://project/dataset"),
        ("bigquery:///dataset", "bigquery://project/dataset"),
        ("bigquery://project/a/b", "bigquery://project/dataset"),
        ("bigquery://p/d?color=red", "takes no color"),
        ("bigquery://p/d?maximum_bytes_billed=lots", "number of bytes"),
        ("bigquery://p/d?credentials_path=/nowhere.json", "no credentials"),
    ],
)
def test_other_urls_are_the_callers_fault(url: str, message: str) -> None:
    pytest.importorskip("google.cloud.bigquery")
    with pytest.raises(UsageError, match=message):
        open_source(url)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    bigquery: Any = pytest.importorskip("google.cloud.bigquery")
    with emulator() as address:
        place = f"bigquery://p/shop?api_endpoint={address}"
        credentials = bigquery.client.google.auth.credentials.AnonymousCredentials()
        with closing(bigquery.Client("p", credentials, client_options={"api_endpoint": address})) as client:
            client.create_dataset("shop")
            field = bigquery.SchemaField
            nested = field("tags", "STRING", "REPEATED")
            key = field("id", "INT64", "REQUIRED", description="order ID")
            fields = [key, field("fee", "NUMERIC"), field("at", "DATETIME"), nested]
            client.create_table(bigquery.Table("p.shop.orders", fields))
            client.query(FILL).result()
        yield place


@pytest.fixture(scope="module")
def engine(url: str) -> Iterator[Engine]:
    with open_engine("bigquery", url, workers=1, limits=LIMITS) as opened:
        yield opened


def test_its_schema_is_read(engine: Engine) -> None:
    columns = (
        Column("id", ColumnType.INTEGER, False, "order ID"),
        Column("fee", ColumnType.DECIMAL),
        Column("at", ColumnType.TIMESTAMP),
        Column("tags", ColumnType.TEXT),
    )
    assert engine.schema().tables == (Table("orders", columns),)


def test_its_rows_are_typed(engine: Engine) -> None:
    execution = engine.execute("SELECT * FROM orders ORDER BY id")
    at = datetime(2024, 2, 29, 12, 30)  # noqa: DTZ001 - DATETIME has no zone
    assert execution.columns == ("id", "fee", "at", "tags")
    assert execution.rows == ((1, Decimal("1.5"), at, ["a", "b"]), (2, None, None, []))


def test_its_errors_are_classified(engine: Engine) -> None:
    assert engine.execute("SELECT * FROM nowhere").error_class is ErrorClass.UNKNOWN_TABLE
    assert engine.execute("SELEC 1").error_class is ErrorClass.SYNTAX


def test_the_dry_run_lets_nothing_but_queries_through(url: str, engine: Engine) -> None:
    statements = (
        "DROP TABLE orders",
        "INSERT INTO orders VALUES (3, NULL, NULL, [])",
        "BEGIN TRANSACTION; SELECT 1; COMMIT TRANSACTION",
        "CREATE TEMP TABLE fresh AS SELECT 1 AS a",
    )
    with (
        closing(open_database("bigquery", url, LIMITS)) as database,
        closing(Pool("bigquery", database.connect, 1, LIMITS)) as pool,
    ):
        executions = [pool.execute(sql, LIMITS) for sql in statements]
    assert {(execution.outcome, execution.rule) for execution in executions} == {(Outcome.REJECTED, "read_only")}
    assert engine.execute("SELECT COUNT(*) FROM orders").rows == ((2,),)


def test_too_many_rows_are_too_large(engine: Engine) -> None:
    assert engine.execute("SELECT x FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS x").outcome is Outcome.TOO_LARGE


def test_a_dataset_is_a_source(url: str) -> None:
    with closing(open_source(url)) as source:
        assert source.name == "shop"
        assert sorted(source.rows("orders"))[0][3] == "['a', 'b']"
        with open_engine("sqlite", source) as copy:
            assert copy.execute("SELECT count(*), max(fee) FROM orders").rows == ((2, 1.5),)
