"""What happens when a statement, a child or a server does not behave."""

import time
from collections.abc import Iterator

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.memory_source import small
from isogloss.tools.outcome import ErrorClass, Limits, Outcome

from .engine_probes import HOGS, MANY_ROWS, ONE_HUGE_CELL, RUNAWAY, UNSTOPPABLE
from .engines_here import Engines, one, skip_if_missing
from .processes import MemoryWatch

EARLY = 0.1  # seconds by which a limit may seem to come early: seekdb's own clock on a busy machine
LIMITS = Limits(seconds=0.5, rows=100, result_bytes=2**20)
# What a statement's processes may grow by beyond the limit: pages first used that all of a server share, and
# seekdb's own gigabyte.
SPARE_BYTES = {"postgres": 2**27, "oracle": 2**27, "mysql": 2**28 + 2**30}


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    opened = Engines(small(), workers=1, limits=LIMITS)
    yield opened
    opened.close()


@pytest.fixture(params=DIALECTS)
def engine(request: pytest.FixtureRequest, engines: Engines) -> Engine:
    return engines[request.param]


def goes_on(engine: Engine) -> bool:
    """Return whether the next statement runs."""
    return engine.execute(one(engine.dialect)).rows == ((1,),)


@pytest.mark.alone
@pytest.mark.parametrize(("dialect", "sql"), [*RUNAWAY.items(), *UNSTOPPABLE])
def test_a_timeout_is_kept_and_the_next_statement_runs(engines: Engines, dialect: str, sql: str) -> None:
    engine = engines[dialect]
    start = time.monotonic()
    execution = engine.execute(sql)
    assert execution.outcome is Outcome.TIMEOUT
    assert LIMITS.seconds - EARLY <= time.monotonic() - start < LIMITS.seconds + 0.5
    assert goes_on(engine)


@pytest.mark.alone
def test_a_limit_of_its_own_overrides_the_engines(engine: Engine) -> None:
    start = time.monotonic()
    assert engine.execute(RUNAWAY[engine.dialect], Limits(seconds=0.1)).outcome is Outcome.TIMEOUT
    assert time.monotonic() - start < LIMITS.seconds


@pytest.mark.alone
def test_too_many_rows_are_too_large(engine: Engine) -> None:
    execution = engine.execute(MANY_ROWS[engine.dialect])
    assert (execution.outcome, execution.rows) == (Outcome.TOO_LARGE, ())
    assert execution.error == "more than 100 rows"
    assert goes_on(engine)


@pytest.mark.alone
def test_exactly_as_many_rows_as_allowed_are_not(engine: Engine) -> None:
    nine, eighty_one = ", ".join(["things t0", "things t1"]), ", ".join(f"things t{n}" for n in range(4))
    parts = [f"SELECT t0.thing_id FROM {tables}" for tables in (eighty_one, nine, nine)]
    sql = " UNION ALL ".join([*parts, "SELECT min(thing_id) FROM things"])
    assert len(engine.execute(sql).rows) == 100


@pytest.mark.alone
@pytest.mark.parametrize("dialect", ONE_HUGE_CELL)
def test_one_huge_cell_is_too_large(engines: Engines, dialect: str) -> None:
    engine = engines[dialect]
    assert engine.execute(ONE_HUGE_CELL[dialect]).outcome is Outcome.TOO_LARGE
    assert goes_on(engine)


@pytest.mark.parametrize(("dialect", "sql"), HOGS)
def test_memory_is_bounded(dialect: str, sql: str) -> None:
    skip_if_missing(dialect)
    limits = Limits(seconds=5, memory_bytes=2**29)
    with open_engine(dialect, small(), workers=1, limits=limits) as engine, MemoryWatch() as watch:
        execution = engine.execute(sql)
        assert execution.error_class is ErrorClass.RESOURCES or execution.outcome is Outcome.TIMEOUT, execution
        assert goes_on(engine)
    assert watch.grown < limits.memory_bytes + SPARE_BYTES.get(dialect, 2**26), watch.grown
