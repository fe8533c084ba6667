"""What only BigQuery's embedded engine does: its types, its paths, its evaluator's limits and its samples."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.dialects import get_dialect
from isogloss.tools.engines import Engine, bigquery_code, open_engine
from isogloss.tools.engines.bigquery_database import load
from isogloss.tools.engines.bigquery_sampling import MOST_ROWS, kept_rows
from isogloss.tools.engines.bigquery_session import open_session
from isogloss.tools.engines.loading import plan
from isogloss.tools.engines.session import TimedOutError
from isogloss.tools.memory_source import MemorySource, small
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Column, ColumnType, ForeignKey, Table

ENDLESS = "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 9999)) AS a, UNNEST(GENERATE_ARRAY(1, 9999)) AS b"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("bigquery", "shop", workers=1, limits=Limits(seconds=20)) as opened:
        yield opened


def value(engine: Engine, expression: str) -> Any:
    """Return the value of one expression."""
    execution = engine.execute(f"SELECT {expression}")
    assert execution.outcome is Outcome.RUNS, execution.error
    [[found]] = execution.rows
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("NUMERIC '-12.345'", Decimal("-12.345")),
        ("NUMERIC '9.9999999999999999999999999999999999999E+28'", Decimal("99999999999999999999999999999.999999999")),
        ("BIGNUMERIC '-1e-38'", Decimal("-1e-38")),
        ("DATE '0001-01-01'", date(1, 1, 1)),
        ("DATETIME '9999-12-31 23:59:59.999999'", datetime(9999, 12, 31, 23, 59, 59, 999999)),  # noqa: DTZ001
        ("TIMESTAMP '1969-12-31 23:59:59.5+00'", datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC)),
        ("EXTRACT(HOUR FROM TIMESTAMP '2024-01-01 05:00:00+00')", 5),
        ("TIMESTAMP '2024-07-01 12:00:00 Europe/Berlin'", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("MAKE_INTERVAL(year => -1, month => -2, day => 3, hour => -4, second => 5)", "-1-2 3 -3:59:55"),
        ("INTERVAL '0.25' SECOND", "0-0 0 0:0:0.250000"),
        ("""JSON '{"a": [1, null]}'""", {"a": [1, None]}),
        ("RANGE<DATE> '[2024-01-01, UNBOUNDED)'", "[2024-01-01, UNBOUNDED)"),
        ("CAST(NULL AS ARRAY<INT64>)", []),
        ("STRUCT(1 AS a, 'x', CAST(NULL AS STRUCT<b INT64>))", {"a": 1, "_field_2": "x", "_field_3": None}),
        ("CAST('-inf' AS FLOAT64)", float("-inf")),
        ("'\\u00fc\\U0001F600'", "ü😀"),
    ],
)
def test_values_come_back_typed(engine: Engine, expression: str, expected: Any) -> None:
    found = value(engine, expression)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT 1, 2 AS a, 3", ("f0_", "a", "f1_")),
        ("SELECT AS STRUCT 1 AS a, 2", ("a", "_field_2")),
        ("SELECT AS VALUE 1", ("f0_",)),
        ("SELECT AS VALUE STRUCT(1 AS a)", ("a",)),
        ("SELECT STRUCT(1 AS a)", ("f0_",)),
        ("SELECT orders.order_id, COUNT(*) OVER () FROM shop.orders LIMIT 1", ("order_id", "f0_")),
    ],
)
def test_columns_without_names_are_numbered(engine: Engine, sql: str, columns: tuple[str, ...]) -> None:
    assert engine.execute(sql).columns == columns


@pytest.mark.parametrize(
    "table",
    ["orders", "shop.orders", "`shop.orders`", "`shop`.`orders`", "p.shop.orders", "my-project.shop.orders",
     "`my-project.shop.orders`", "`my-project`.shop . orders"],
)  # fmt: skip
def test_a_table_has_many_paths(engine: Engine, table: str) -> None:
    sql = f"WITH c AS (SELECT 'ü shop.orders' AS s) /* shop.orders */ SELECT COUNT(*) FROM {table} AS o, c WHERE s > ''"
    assert engine.execute(sql).rows == ((200,),)


@pytest.mark.parametrize("table", ["Orders", "shop.ORDERS", "store.orders", "p.store.orders", "shop.`none_*`"])
def test_other_paths_lead_nowhere(engine: Engine, table: str) -> None:
    assert engine.execute(f"SELECT COUNT(*) FROM {table}").error_class is ErrorClass.UNKNOWN_TABLE


def test_names_of_common_table_expressions_may_differ_in_case(engine: Engine) -> None:
    assert engine.execute("WITH Orders AS (SELECT 7 AS n) SELECT n FROM orders").rows == ((7,),)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT APPROX_COUNT_DISTINCT(name) FROM customers",
        "SELECT CONTAINS_SUBSTR(name, 'a') FROM customers",
        "SELECT ST_GEOGPOINT(1, 2)",
        "SELECT SESSION_USER()",
        "SELECT * FROM ML.PREDICT(MODEL m, TABLE orders)",
        "SELECT COUNT(*) FROM `shop.order*`",
        "SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES",
        "SELECT ARRAY_LENGTH(GENERATE_ARRAY(1, 20000))",
    ],
)
def test_what_only_bigquery_can_run_is_no_error(engine: Engine, sql: str) -> None:
    execution = engine.execute(sql)
    assert execution.outcome is Outcome.UNSUPPORTED, execution.error
    assert execution.error


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT COUNT(*) FROM products WHERE price > (SELECT AVG(price) FROM products)", [(14,)]),
        ("WITH p AS (SELECT * FROM products) SELECT COUNT(*) FROM p WHERE price > (SELECT AVG(price) FROM p)", [(14,)]),
        ("SELECT COUNT(*) FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)", [(9,)]),
        ("SELECT COUNT(*) FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders AS o"
         " WHERE o.customer_id = c.customer_id)", [(9,)]),
        ("SELECT 1.5 IN (SELECT 1), NUMERIC '1' IN (SELECT 1), 3 NOT IN (SELECT CAST(NULL AS INT64)),"
         " 1 IN (SELECT 1 FROM orders WHERE FALSE)", [(False, True, None, False)]),
        ("SELECT (SELECT 5 FROM orders WHERE FALSE), EXISTS(SELECT 1), 'ü' IN (SELECT 'ü')", [(None, True, True)]),
        ("SELECT(SELECT(SELECT 1)+(SELECT 2))AS n", [(3,)]),
        ("SELECT n, (SELECT MAX(x) FROM UNNEST([n, (SELECT 2)]) AS x) FROM UNNEST([1, 3]) AS n ORDER BY n",
         [(1, 2), (3, 3)]),
        ("SELECT COUNT(*) FROM orders WHERE (customer_id, status) IN (SELECT (customer_id, status) FROM orders)",
         [(200,)]),
        ("WITH products AS (SELECT 1 AS price) SELECT (SELECT MAX(price) FROM products)", [(1,)]),
        ("SELECT (WITH products AS (SELECT 1 AS price) SELECT MAX(price) FROM products)", [(1,)]),
        ("SELECT x FROM (WITH t AS (SELECT 4 AS x) SELECT x FROM t WHERE x IN (SELECT x FROM t))", [(4,)]),
        ("SELECT NULLIF(ARRAY(SELECT x FROM UNNEST([3, 1, 2]) AS x ORDER BY x)[OFFSET(0)], 2)", [(1,)]),
    ],
)  # fmt: skip
def test_subqueries_mean_the_same_evaluated_before(engine: Engine, sql: str, rows: list[tuple[Any, ...]]) -> None:
    assert list(engine.execute(sql).rows) == rows


def test_a_subquery_is_not_repeated_for_every_row(engine: Engine) -> None:
    numbers = "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 3000)) AS n"
    execution = engine.execute(f"SELECT COUNT(*) FROM ({numbers}) WHERE n > (SELECT AVG(n) FROM ({numbers}))")
    assert execution.rows == ((1500,),)  # in 20 s, where it took minutes


def test_deep_and_long_statements_run(engine: Engine) -> None:
    assert value(engine, "(" * 300 + "1" + ")" * 300) == 1
    assert value(engine, " + ".join(["1"] * 100)) == 100
    assert len(engine.execute(" UNION ALL ".join(["SELECT 1"] * 500)).rows) == 500


def test_a_statement_too_deep_for_the_evaluator_is_no_error(engine: Engine) -> None:
    for sql in ("SELECT " + " + ".join(["1"] * 500), "SELECT " + "ABS(" * 3000 + "1" + ")" * 3000):
        assert engine.execute(sql).outcome is Outcome.UNSUPPORTED
    assert value(engine, "1") == 1


@pytest.mark.alone
def test_after_a_timeout_the_same_child_goes_on() -> None:
    limits = Limits(seconds=0.5)
    with closing(load(small(), limits)) as database:
        session = open_session(limits=limits, **database.connect)
        sizes = []
        for _ in range(4):
            start = time.monotonic()
            with pytest.raises(TimedOutError):
                session.run(ENDLESS, limits)
            assert time.monotonic() - start < 0.6
            assert session.run("SELECT COUNT(*) FROM things", limits).rows == ((3,),)
            sizes.append(int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE"))
        assert max(sizes[1:]) - sizes[0] < 2**28  # an evaluator reserves 4 GiB


def test_memory_is_bounded() -> None:
    limits = Limits(seconds=60, memory_bytes=2**25)
    numbered = "SELECT ROW_NUMBER() OVER (ORDER BY b, a) FROM UNNEST(GENERATE_ARRAY(1, 9999)) AS a"
    with open_engine("bigquery", small(), workers=1, limits=limits) as opened:
        execution = opened.execute(f"SELECT COUNT(*) FROM ({numbered}, UNNEST(GENERATE_ARRAY(1, 99)) AS b)")
        assert execution.error_class is ErrorClass.RESOURCES, execution
        assert opened.execute("SELECT COUNT(*) FROM things").rows == ((3,),)


def test_odd_names_load_and_are_found() -> None:
    table = Table("odd `name` - 2.x", (Column("a column", ColumnType.INTEGER), Column("select", ColumnType.TEXT)))
    plain = Table("order details", (Column("%", ColumnType.BOOLEAN),))
    source = MemorySource({table: [(1, "x")], plain: [(True,)]}, name="odd data-base")
    with open_engine("bigquery", source, workers=1) as opened:
        assert opened.sample_rows(table.name) == [{"a column": 1, "select": "x"}]
        assert opened.execute("SELECT `%` FROM `order details`").rows == ((True,),)
        assert opened.execute("SELECT `%` FROM `odd data-base`.`order details`").rows == ((True,),)


PARENTS = Table("parents", (Column("id", ColumnType.INTEGER, False), Column("name", ColumnType.TEXT)), ("id",))
CHILDREN = Table(
    "children",
    (Column("id", ColumnType.INTEGER, False), Column("parent", ColumnType.INTEGER)),
    ("id",),
    (ForeignKey(("parent",), "parents", ("id",)),),
)


def family(parents: int, children: int) -> MemorySource:
    """Return parents in descending order, and children who each refer to one of them or to none."""
    rows = [(n, f"p{n}") for n in range(parents, 0, -1)]
    return MemorySource(
        {PARENTS: rows, CHILDREN: [(n, n * 7 % parents + 1 if n % 5 else None) for n in range(children)]}
    )


@pytest.mark.parametrize(("parents", "children"), [(1, 5), (10, 95), (95, 10), (230, 95)])
def test_large_tables_are_sampled_with_what_they_refer_to(parents: int, children: int) -> None:
    source = family(parents, children)
    plans = [plan(source, table, get_dialect("bigquery"), {}) for table in source.tables]
    kept = kept_rows(source, plans, most=10)
    assert kept == kept_rows(source, list(reversed(plans)), most=10)
    assert set(kept) == {name for name, count in (("parents", parents), ("children", children)) if count > 10}
    by_name = {
        table.name: [row for n, row in enumerate(rows) if n in kept.get(table.name, {n})]
        for table, rows in source.tables.items()
    }
    assert 1 <= len(by_name["children"]) <= 10
    step = -(-parents // 10)
    spread, present = set(range(1, parents + 1, step)), {id_ for id_, _ in by_name["parents"]}
    assert present == spread | {parent for _, parent in by_name["children"] if parent}


def test_an_engine_says_what_was_sampled() -> None:
    source = family(3, MOST_ROWS + 1)
    with open_engine("bigquery", source, workers=1) as opened:
        assert opened.version.endswith("; sampled: children)")
        assert opened.execute("SELECT COUNT(*), MIN(id), MAX(id) FROM children").rows == ((5001, 0, MOST_ROWS),)


def test_code_is_compiled_anew_where_what_was_kept_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = bigquery_code.compiled_module(tmp_path / "unused")
    monkeypatch.setattr(bigquery_code, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(bigquery_code, "_compile", lambda path: path.write_bytes(good.read_bytes()))
    kept = tmp_path / good.name
    kept.write_bytes(b"not what this processor runs")
    assert bigquery_code.compiled_module(tmp_path / "unused") == kept
    assert kept.read_bytes() == good.read_bytes()


def test_code_is_kept_elsewhere_where_the_cache_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    good = bigquery_code.compiled_module(tmp_path)
    monkeypatch.setattr(bigquery_code, "user_cache_path", lambda _: tmp_path / "file" / "cache")
    monkeypatch.setattr(bigquery_code, "_compile", lambda path: path.write_bytes(good.read_bytes()))
    assert bigquery_code.compiled_module(tmp_path / "otherwise").parent == tmp_path / "otherwise"


def test_json_of_a_scalar_is_its_value(engine: Engine) -> None:
    assert [value(engine, f"JSON '{json.dumps(v)}'") for v in (1, "x", True)] == [1, "x", True]
