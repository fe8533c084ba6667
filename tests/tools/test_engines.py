"""The conformance suite that every engine passes: values, schema, samples, errors, refusals, sessions."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from isogloss.tools.dialects import DIALECTS, get_dialect
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.errors import IsoglossError, UsageError
from isogloss.tools.memory_source import EDGE_ROWS, EDGES, FIRST, MAKERS, ROWS, THINGS, MemorySource, edges, small
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import Column, ColumnType, Table

from .engine_probes import ERRORS, FORBIDDEN, LACKING, LEAKS, QUERIES, REJECTED, RUNAWAY
from .engine_types import OWN_VALUES, names, returned
from .engines_here import PRESENT, Engines, one, skip_if_missing

TITLES = {
    "bigquery": "BigQuery",
    "mysql": "seekdb",
    "oracle": "Oracle stand-in on PostgreSQL",
}


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    opened = Engines(small())
    yield opened
    opened.close()


@pytest.fixture(params=DIALECTS)
def engine(request: pytest.FixtureRequest, engines: Engines) -> Engine:
    return engines[request.param]


def test_says_what_it_is(engine: Engine) -> None:
    title = TITLES.get(engine.dialect, get_dialect(engine.dialect).title)
    assert engine.version.startswith(f"{title} ")
    assert engine.stand_in == (engine.dialect == "oracle")


def with_types(row: tuple[Any, ...]) -> list[tuple[type, Any]]:
    """Return each value with its type, which equality alone would not tell; a whole Decimal may come back as int."""
    return [(int if isinstance(v, Decimal) and v % 1 == 0 else type(v), v) for v in row]


def test_values_come_back_as_they_were(engine: Engine) -> None:
    execution = engine.execute("SELECT * FROM things ORDER BY thing_id")
    assert execution.columns == names(engine.dialect, THINGS)
    as_text = [*THINGS.columns[:-1], replace(THINGS.columns[-1], type=ColumnType.TEXT)]
    wanted = [(*row[:-1], None if row[-1] is None else str(row[-1])) for row in ROWS]
    table = replace(THINGS, columns=tuple(as_text))
    for got, row in zip(execution.rows, wanted, strict=True):
        assert with_types(got) == with_types(returned(engine.dialect, table, row))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_extreme_values_come_back_as_they_were(dialect: str) -> None:
    skip_if_missing(dialect)
    with open_engine(dialect, edges(), workers=1) as engine:
        got = engine.execute("SELECT * FROM edges ORDER BY edge_id").rows
        assert engine.schema().table("edges") == EDGES
    for row, wanted in zip(got, EDGE_ROWS, strict=True):
        assert with_types(row) == with_types(returned(dialect, EDGES, wanted))


@pytest.mark.parametrize(("dialect", "expression", "value"), OWN_VALUES)
def test_types_of_its_own_come_back(engines: Engines, dialect: str, expression: str, value: Any) -> None:
    assert engines[dialect].execute(f"SELECT {expression}").rows == ((value,),)


def test_schema_is_the_sources_with_types_the_values_have(engine: Engine) -> None:
    makers, things = engine.schema().tables
    assert makers == MAKERS
    mixed = replace(THINGS.column("mixed"), type=ColumnType.TEXT)
    assert things == replace(THINGS, columns=(*THINGS.columns[:-1], mixed))


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'things'::regclass"),
        ("sqlite", "SELECT sql LIKE '%FOREIGN KEY%' FROM sqlite_master WHERE name = 'things'"),
        ("postgres", "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%things USING btree (maker_id)'"),
        ("sqlite", "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql LIKE '%(\"maker_id\")'"),
        (
            "mysql",
            "SELECT count(DISTINCT column_name) FROM information_schema.statistics "
            "WHERE table_name = 'things' AND column_name = 'maker_id'",
        ),
    ],
)
def test_keys_are_declared_and_indexed_though_rows_break_them(engines: Engines, dialect: str, sql: str) -> None:
    assert engines[dialect].execute(sql).rows == ((1,),)


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"sqlite"}))
def test_numbers_too_wide_for_the_usual_types_fit(dialect: str) -> None:
    skip_if_missing(dialect)
    table = Table("wide", (Column("whole", ColumnType.INTEGER), Column("money", ColumnType.DECIMAL)))
    value = Decimal("123456789012345678901.12345")
    with open_engine(dialect, MemorySource({table: [(2**40, value), (1, Decimal("0.5"))]})) as engine:
        assert engine.execute("SELECT * FROM wide ORDER BY whole DESC").rows[0] == (2**40, value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_primary_key_with_nulls_is_none(dialect: str) -> None:
    skip_if_missing(dialect)
    table = Table("loose", (Column("a", ColumnType.TEXT, nullable=False),), primary_key=("a",))
    with open_engine(dialect, MemorySource({table: [("x",), (None,)]})) as engine:
        assert engine.execute("SELECT count(*) FROM loose").rows == ((2,),)
        [loaded] = engine.schema().tables
        assert loaded.primary_key == ()
        assert loaded.columns[0].nullable


@pytest.mark.parametrize(("dialect", "sql", "error_class"), ERRORS)
def test_errors_are_classified(engines: Engines, dialect: str, sql: str, error_class: ErrorClass) -> None:
    execution = engines[dialect].execute(sql)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, error_class), execution.error
    assert execution.error


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_class_of_error_is_probed(dialect: str) -> None:
    probed = {error_class for name, _, error_class in [*ERRORS, *FORBIDDEN] if name == dialect}
    elsewhere = {ErrorClass.OTHER, ErrorClass.ENGINE_LOST}  # no class at all; nothing a statement can bring about
    assert probed | LACKING[dialect] | elsewhere == set(ErrorClass)


@pytest.mark.parametrize(("dialect", "sql", "rule"), REJECTED)
def test_all_but_one_query_is_rejected(engines: Engines, dialect: str, sql: str, rule: str) -> None:
    execution = engines[dialect].execute(sql)
    assert (execution.outcome, execution.rule) == (Outcome.REJECTED, rule)


@pytest.mark.parametrize(("dialect", "sql", "error_class"), FORBIDDEN)
def test_queries_reach_nothing_but_the_database(
    engines: Engines, dialect: str, sql: str, error_class: ErrorClass
) -> None:
    execution = engines[dialect].execute(sql)
    assert (execution.outcome, execution.error_class) == (Outcome.ERROR, error_class)


@pytest.mark.parametrize(("dialect", "sql"), QUERIES)
def test_every_kind_of_query_runs(engines: Engines, dialect: str, sql: str) -> None:
    assert engines[dialect].execute(sql).rows == ((1,),)


def test_an_empty_result_has_columns(engine: Engine) -> None:
    execution = engine.execute("SELECT thing_id, name AS label FROM things WHERE thing_id < 0")
    columns = tuple(column.lower() for column in execution.columns)
    assert (execution.outcome, columns, execution.rows) == (Outcome.RUNS, ("thing_id", "label"), ())


@pytest.mark.parametrize(("dialect", "setting", "sql", "value"), LEAKS)
def test_one_statement_leaves_nothing_for_the_next(dialect: str, setting: str, sql: str, value: Any) -> None:
    skip_if_missing(dialect)
    with open_engine(dialect, small(), workers=1) as engine:
        before = engine.execute(sql).rows
        engine.execute(setting)
        assert engine.execute(sql).rows == before == ((value,),)


def test_sixteen_threads_share_two_children(engine: Engine) -> None:
    statements = [one(engine.dialect, str(n)) for n in range(160)]
    statements[::8] = ["SELECT missing FROM things"] * 20
    with ThreadPoolExecutor(16) as threads:
        executions = list(threads.map(engine.execute, statements))
    failed = [n for n, execution in enumerate(executions) if execution.error_class is ErrorClass.UNKNOWN_COLUMN]
    assert failed == list(range(0, 160, 8))
    assert [execution.rows for n, execution in enumerate(executions) if n % 8] == [((n,),) for n in range(160) if n % 8]


def test_samples_repeat_for_a_seed(engine: Engine) -> None:
    assert engine.sample_values("things", "name", seed=1) == engine.sample_values("things", "name", seed=1)
    has_empty_text = engine.dialect != "oracle"
    assert set(engine.sample_values("things", "name")) == {FIRST[2], *([""] if has_empty_text else [])}
    rows = engine.sample_rows("things", limit=2, seed=3)
    assert rows == engine.sample_rows("things", limit=2, seed=3)
    assert len(rows) == 2
    assert list(rows[0]) == [column.name for column in THINGS.columns]


def test_samples_are_the_same_in_every_engine(engines: Engines) -> None:
    present = [engines[dialect] for dialect in PRESENT]
    values = {tuple(engine.sample_values("makers", "name", seed=7)) for engine in present}
    keys = {tuple(row["thing_id"] for row in engine.sample_rows("things", 2)) for engine in present}
    assert len(values) == len(keys) == 1


def test_unknown_names_are_the_callers_fault(engine: Engine) -> None:
    with pytest.raises(KeyError):
        engine.sample_values("nowhere", "name")
    with pytest.raises(UsageError, match="bigquery, duckdb, mysql, oracle, postgres, sqlite"):
        open_engine("cobol", small())


def test_a_closed_engine_says_so() -> None:
    with open_engine("sqlite", small(), limits=Limits(seconds=1)) as engine:
        engine.close()
    with pytest.raises(IsoglossError, match="closed"):
        engine.execute("SELECT 1")


def test_closing_wakes_whoever_waits_for_a_child() -> None:
    with ThreadPoolExecutor(4) as threads, open_engine("sqlite", small(), workers=1) as engine:
        waiting = [threads.submit(engine.execute, RUNAWAY["sqlite"], Limits(seconds=0.3)) for _ in range(4)]
        time.sleep(0.1)
        engine.close()
        failures = [future.exception() for future in waiting]
    assert failures[0] is None
    assert all(isinstance(failure, IsoglossError) for failure in failures[1:])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not every engine has a package for this system")
def test_every_embedded_engine_is_ready() -> None:
    assert PRESENT == DIALECTS
