"""The conformance suite that every engine passes: types, errors, refusals."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from isogloss.tools.dialects import DIALECTS, get_dialect
from isogloss.tools.engines import Engine, engine_status, open_engine
from isogloss.tools.errors import IsoglossError, UsageError
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Column, ColumnType, Table

from .engine_probes import ENDLESS, ERRORS, FORBIDDEN, REJECTED
from .memory_source import FIRST, MAKERS, THINGS, MemorySource, small


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    opened = {dialect: open_engine(dialect, small()) for dialect in DIALECTS}
    yield opened
    for engine in opened.values():
        engine.close()


@pytest.fixture(params=DIALECTS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    return engines[request.param]


def test_says_what_it_is(engine: Engine) -> None:
    title = get_dialect(engine.dialect).title
    assert engine.version.startswith(f"{title} ")
    assert not engine.stand_in


def test_real_types_come_back(engines: dict[str, Engine]) -> None:
    for dialect in ("duckdb", "postgres"):
        execution = engines[dialect].execute("SELECT * FROM things ORDER BY thing_id")
        assert execution.columns == tuple(column.name for column in THINGS.columns)
        assert execution.rows[0] == (*FIRST[:-1], "7")
        assert [type(value) for value in execution.rows[0][:4]] == [int, int, str, Decimal]


def test_sqlite_stores_what_it_has_no_type_for_as_text_or_number(engines: dict[str, Engine]) -> None:
    row = engines["sqlite"].execute("SELECT * FROM things ORDER BY thing_id").rows[0]
    text = ("2024-02-29", "23:59:01", "2024-02-29 12:30:00", "2024-02-29 12:30:00")
    assert row == (*FIRST[:3], 12.345, 1.5, *text, 1, b"\x00\xff", 2**40, "7")


def test_null_stays_null_and_empty_text_stays_empty(engine: Engine) -> None:
    rows = engine.execute("SELECT * FROM things ORDER BY thing_id").rows
    assert rows[1][1:] == (None,) * 12
    assert rows[2][2] == ""


def test_schema_is_the_sources_with_types_the_values_have(engine: Engine) -> None:
    makers, things = engine.schema().tables
    assert makers == MAKERS
    mixed = replace(THINGS.column("mixed"), type=ColumnType.TEXT)
    assert things == replace(THINGS, columns=(*THINGS.columns[:-1], mixed))


@pytest.mark.parametrize("dialect", ["postgres", "sqlite"])
def test_broken_foreign_keys_are_declared_all_the_same(engines: dict[str, Engine], dialect: str) -> None:
    sql = {
        "postgres": "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'things'::regclass",
        "sqlite": "SELECT sql LIKE '%FOREIGN KEY%' FROM sqlite_master WHERE name = 'things'",
    }
    assert engines[dialect].execute(sql[dialect]).rows == ((1,),)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%things USING btree (maker_id)'"),
        ("sqlite", "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%(\"maker_id\")'"),
    ],
)
def test_columns_that_refer_to_a_table_are_indexed(engines: dict[str, Engine], dialect: str, sql: str) -> None:
    assert engines[dialect].execute(sql).rows == ((1,),)


def test_numbers_too_wide_for_the_usual_types_fit() -> None:
    table = Table("wide", (Column("whole", ColumnType.INTEGER), Column("money", ColumnType.DECIMAL)))
    value = Decimal("123456789012345678901.12345")
    source = MemorySource({table: [(2**40, value), (1, Decimal("0.5"))]})
    for dialect in ("duckdb", "postgres"):
        with open_engine(dialect, source) as engine:
            assert engine.execute("SELECT * FROM wide ORDER BY whole DESC").rows[0] == (2**40, value)


def test_a_primary_key_with_nulls_is_none() -> None:
    table = Table("loose", (Column("a", ColumnType.TEXT, nullable=False),), primary_key=("a",))
    for dialect in DIALECTS:
        with open_engine(dialect, MemorySource({table: [("x",), (None,)]})) as engine:
            assert engine.execute("SELECT count(*) FROM loose").rows == ((2,),)
            [loaded] = engine.schema().tables
            assert loaded.primary_key == ()
            assert loaded.columns[0].nullable


@pytest.mark.parametrize(("dialect", "sql", "error_class"), ERRORS)
def test_errors_are_classified(engines: dict[str, Engine], dialect: str, sql: str, error_class: ErrorClass) -> None:
    execution = engines[dialect].execute(sql)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, error_class), execution.error
    assert execution.error


@pytest.mark.parametrize(("dialect", "sql", "rule"), REJECTED)
def test_all_but_one_query_is_rejected(engines: dict[str, Engine], dialect: str, sql: str, rule: str) -> None:
    execution = engines[dialect].execute(sql)
    assert (execution.outcome, execution.rule) == (Outcome.REJECTED, rule)


@pytest.mark.parametrize(("dialect", "sql"), FORBIDDEN)
def test_queries_reach_nothing_but_the_database(engines: dict[str, Engine], dialect: str, sql: str) -> None:
    execution = engines[dialect].execute(sql)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, ErrorClass.PERMISSION)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        *((dialect, "VALUES (1)") for dialect in DIALECTS),
        *((dialect, "(SELECT 1) LIMIT 1") for dialect in ("duckdb", "postgres")),
        *((dialect, "WITH a AS (SELECT 1 AS n) SELECT n FROM a") for dialect in DIALECTS),
        *((dialect, "SELECT 1 INTERSECT SELECT 1;") for dialect in DIALECTS),
        *((dialect, "SELECT 1 WHERE 'a' LIKE '%a%'") for dialect in DIALECTS),
        ("duckdb", "FROM (SELECT 1)"),
        ("duckdb", "SELECT 1 FROM (PIVOT makers ON name USING count(*) GROUP BY maker_id) LIMIT 1"),
        ("sqlite", "SELECT value FROM json_each('[1]')"),
    ],
)
def test_every_kind_of_query_runs(engines: dict[str, Engine], dialect: str, sql: str) -> None:
    assert engines[dialect].execute(sql).rows == ((1,),)


def test_an_empty_result_has_columns(engine: Engine) -> None:
    execution = engine.execute("SELECT thing_id, name AS label FROM things WHERE thing_id < 0")
    assert (execution.outcome, execution.columns, execution.rows) == (Outcome.RUNS, ("thing_id", "label"), ())


def test_one_statement_leaves_nothing_for_the_next(engines: dict[str, Engine]) -> None:
    with open_engine("postgres", small(), workers=1) as engine:
        assert engine.execute("SELECT set_config('search_path', 'nowhere', false)").outcome is Outcome.RUNS
        assert engine.execute("SELECT count(*) FROM things").rows == ((3,),)


def test_eight_threads_share_two_children(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        executions = list(threads.map(lambda n: engine.execute(f"SELECT {n}"), range(80)))
    assert [execution.rows for execution in executions] == [((n,),) for n in range(80)]


def test_samples_repeat_for_a_seed(engine: Engine) -> None:
    assert engine.sample_values("things", "name", seed=1) == engine.sample_values("things", "name", seed=1)
    assert set(engine.sample_values("things", "name")) == {FIRST[2], ""}
    rows = engine.sample_rows("things", limit=2, seed=3)
    assert rows == engine.sample_rows("things", limit=2, seed=3)
    assert len(rows) == 2
    assert list(rows[0]) == [column.name for column in THINGS.columns]


def test_samples_are_the_same_in_every_engine(engines: dict[str, Engine]) -> None:
    values = {tuple(engine.sample_values("makers", "name", seed=7)) for engine in engines.values()}
    keys = {tuple(row["thing_id"] for row in engine.sample_rows("things", 2)) for engine in engines.values()}
    assert len(values) == len(keys) == 1


def test_unknown_names_are_the_callers_fault(engine: Engine) -> None:
    with pytest.raises(KeyError):
        engine.sample_values("nowhere", "name")
    with pytest.raises(UsageError, match="duckdb, postgres, sqlite"):
        open_engine("oracle", small())


def test_a_closed_engine_says_so() -> None:
    with open_engine("sqlite", small(), limits=Limits(seconds=1)) as engine:
        engine.close()
    with pytest.raises(IsoglossError, match="closed"):
        engine.execute("SELECT 1")


def test_closing_wakes_whoever_waits_for_a_child() -> None:
    with ThreadPoolExecutor(4) as threads, open_engine("sqlite", small(), workers=1) as engine:
        waiting = [threads.submit(engine.execute, ENDLESS, Limits(seconds=0.3)) for _ in range(4)]
        time.sleep(0.1)
        engine.close()
        failures = [future.exception() for future in waiting]
    assert failures[0] is None
    assert all(isinstance(failure, IsoglossError) for failure in failures[1:])


def test_every_embedded_engine_is_ready() -> None:
    assert [(status.dialect, status.ready, status.remedy) for status in engine_status()] == [
        (dialect, True, None) for dialect in DIALECTS
    ]
