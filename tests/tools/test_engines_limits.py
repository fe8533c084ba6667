"""What happens when a statement, a child or a server does not behave."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import Engine, open_engine
from isogloss.tools.outcome import ErrorClass, Limits, Outcome

from .engine_probes import MANY_ROWS, ONE_HUGE_CELL, RUNAWAY, UNSTOPPABLE
from .engines_here import Engines, one, skip_if_missing
from .memory_source import small

LIMITS = Limits(seconds=0.5, rows=100, result_bytes=2**20)


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


@pytest.mark.parametrize(("dialect", "sql"), [*RUNAWAY.items(), *UNSTOPPABLE])
def test_a_timeout_is_kept_and_the_next_statement_runs(engines: Engines, dialect: str, sql: str) -> None:
    engine = engines[dialect]
    start = time.monotonic()
    execution = engine.execute(sql)
    assert execution.outcome is Outcome.TIMEOUT
    assert LIMITS.seconds <= time.monotonic() - start < LIMITS.seconds + 0.5
    assert goes_on(engine)


def test_a_limit_of_its_own_overrides_the_engines(engine: Engine) -> None:
    start = time.monotonic()
    assert engine.execute(RUNAWAY[engine.dialect], Limits(seconds=0.1)).outcome is Outcome.TIMEOUT
    assert time.monotonic() - start < LIMITS.seconds


def test_too_many_rows_are_too_large(engine: Engine) -> None:
    execution = engine.execute(MANY_ROWS[engine.dialect])
    assert (execution.outcome, execution.rows) == (Outcome.TOO_LARGE, ())
    assert execution.error == "more than 100 rows"
    assert goes_on(engine)


def test_exactly_as_many_rows_as_allowed_are_not(engine: Engine) -> None:
    thrice = " UNION ALL ".join(["SELECT thing_id FROM things"] * 33)
    assert len(engine.execute(f"{thrice} UNION ALL SELECT min(thing_id) FROM things").rows) == 100


@pytest.mark.parametrize("dialect", ONE_HUGE_CELL)
def test_one_huge_cell_is_too_large(engines: Engines, dialect: str) -> None:
    engine = engines[dialect]
    assert engine.execute(ONE_HUGE_CELL[dialect]).outcome is Outcome.TOO_LARGE
    assert goes_on(engine)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT string_agg(repeat('x', 1000000), '') FROM generate_series(1, 600)"),
        ("duckdb", "SELECT list_sum(range(1, 300000000))"),
        ("duckdb", "SELECT max(x) FROM (SELECT list(repeat('x', 1000)) AS x FROM range(3000000))"),
        (
            "sqlite",
            "WITH r(n, x) AS (SELECT 1, zeroblob(1000) UNION ALL SELECT n + 1, x FROM r) SELECT n FROM r ORDER BY x, n",
        ),
    ],
)
def test_memory_is_bounded(dialect: str, sql: str) -> None:
    skip_if_missing(dialect)
    limits = Limits(seconds=30, memory_bytes=2**28)
    with open_engine(dialect, small(), workers=1, limits=limits) as engine:
        execution = engine.execute(sql)
        assert (execution.outcome, execution.error_class) == (Outcome.ERROR, ErrorClass.RESOURCES)
        assert goes_on(engine)


def children_of(process: int) -> list[int]:
    """Return the ids of a process's children, from /proc."""
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for children in found for child in children.read_text().split()]


def worker_of(dialect: str, known: set[int]) -> int:
    """Return the id of the one worker process started since ``known``."""
    for child in set(children_of(os.getpid())) - known:
        if f"worker\0{dialect}" in Path(f"/proc/{child}/cmdline").read_text():
            return child
    raise AssertionError("no worker")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_killed_child_is_an_error_and_is_replaced(dialect: str) -> None:
    skip_if_missing(dialect)
    known = set(children_of(os.getpid()))
    with open_engine(dialect, small(), workers=1) as engine:
        worker = worker_of(dialect, known)
        timer = threading.Timer(0.3, os.kill, (worker, signal.SIGKILL))
        timer.start()
        execution = engine.execute(RUNAWAY[dialect])
        timer.join()
        assert (execution.outcome, execution.error_class) == (Outcome.ERROR, ErrorClass.ENGINE_LOST)
        assert "SIGKILL" in str(execution.error)
        assert goes_on(engine)
