"""What the sandbox costs: `python benchmarks/sandbox.py [SECONDS [DIALECT…]]`.

Statements per second through the pool of child processes (two workers, four threads asking) against the bare
driver on one connection, on the same database in the same run, for a query of about a millisecond.
"""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.opening import open_database
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.outcome import Limits, Outcome

_QUERY = (
    "SELECT c.country, p.category, COUNT(*) AS line_count, SUM(l.quantity * l.unit_price) AS turnover "
    "FROM order_lines l JOIN orders o ON o.order_id = l.order_id JOIN customers c ON c.customer_id = o.customer_id "
    "JOIN products p ON p.product_id = l.product_id GROUP BY c.country, p.category"
)
_LIMITS = Limits()


@contextmanager
def bare(database: Database) -> Iterator[Callable[[str], Any] | None]:
    """Yield a function that runs a query by the driver alone; None for an engine that has no driver."""
    connect = database.connect
    if database.dialect == "sqlite":
        import sqlite3

        with closing(sqlite3.connect(connect["path"])) as sqlite:
            yield lambda sql: sqlite.execute(sql).fetchall()
    elif database.dialect == "duckdb":
        import duckdb

        with closing(duckdb.connect(connect["path"], read_only=True, config={"threads": 1})) as duck:
            yield lambda sql: duck.execute(sql).fetchall()
    elif database.dialect == "postgres":
        import psycopg

        with psycopg.connect(connect["conninfo"], autocommit=True) as postgres:
            yield lambda sql: postgres.execute(sql).fetchall()
    elif database.dialect == "mysql":
        import pymysql

        with closing(pymysql.connect(**connect)) as mysql, closing(mysql.cursor()) as cursor:
            yield lambda sql: (cursor.execute(sql), cursor.fetchall())
    else:
        yield None


def rate(run: Callable[[], Any], seconds: float) -> float:
    """Return how often per second ``run`` completes, after one unmeasured call."""
    run()
    began, times = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < seconds:
        run()
        times += 1
    return times / spent


def sandboxed_rate(engine: PooledEngine, seconds: float) -> float:
    """Return the statements per second of four threads on two workers."""

    def ask() -> None:
        execution = engine.execute(_QUERY)
        assert execution.outcome is Outcome.RUNS, execution

    with ThreadPoolExecutor(4) as threads:
        return sum(threads.map(lambda _: rate(ask, seconds), range(4)))


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    print("| engine | bare driver /s | sandbox, 2 workers /s | ratio |")
    print("| --- | ---: | ---: | ---: |")
    for dialect in sys.argv[2:] or DIALECTS:
        database = open_database(dialect, "shop", _LIMITS)
        with PooledEngine(database, 2, _LIMITS) as engine:
            with bare(database) as driver:
                alone = rate(lambda: driver(_QUERY), seconds) if driver else None
            boxed = sandboxed_rate(engine, seconds)
            said = (f"{alone:,.0f}", f"{boxed / alone:.2f}") if alone else ("no driver", "")
            print(f"| {engine.version} | {said[0]} | {boxed:,.0f} | {said[1]} |", flush=True)


if __name__ == "__main__":
    main()
