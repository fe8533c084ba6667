"""What happens when a child, a connection or a whole server is lost: said clearly, and made good where it can be."""

import os
import signal
import threading
import time
from contextlib import closing

import pytest
from isogloss.tools.dialects import DIALECTS
from isogloss.tools.engines import open_engine
from isogloss.tools.engines.database import Database
from isogloss.tools.engines.opening import open_database
from isogloss.tools.engines.pool import EngineLostError
from isogloss.tools.engines.pooled import PooledEngine
from isogloss.tools.memory_source import small
from isogloss.tools.outcome import ErrorClass, Limits, Outcome

from .engine_probes import RUNAWAY
from .engines_here import one, skip_if_missing
from .processes import below_us, descendants

LIMITS = Limits(seconds=5)
SERVERS = {"mysql": "/seekdb ", "oracle": "bin/postgres ", "postgres": "bin/postgres "}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_whose_child_is_killed_runs_again(dialect: str) -> None:
    skip_if_missing(dialect)
    known = set(descendants(os.getpid()))
    with open_engine(dialect, small(), workers=1) as engine:
        [worker] = below_us(f"worker {dialect}", known)
        os.kill(worker, signal.SIGKILL)
        assert engine.execute(one(dialect)).rows == ((1,),)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_statement_that_kills_two_children_is_an_error(dialect: str) -> None:
    skip_if_missing(dialect)
    known = set(descendants(os.getpid()))

    def kill_two() -> None:
        killed: set[int] = set()
        while len(killed) < 2:
            time.sleep(0.3)
            for worker in below_us(f"worker {dialect}", known | killed)[: 2 - len(killed)]:
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)

    with open_engine(dialect, small(), workers=1) as engine:
        killer = threading.Thread(target=kill_two)
        killer.start()
        execution = engine.execute(RUNAWAY[dialect], Limits(seconds=60))
        killer.join()
        assert (execution.outcome, execution.error_class) == (Outcome.ERROR, ErrorClass.ENGINE_LOST)
        assert "SIGKILL" in str(execution.error)
        assert engine.execute(one(dialect)).rows == ((1,),)


def sever(database: Database) -> None:
    """End the readers' connections from the server's side."""
    if "conninfo" in database.connect:
        import psycopg

        as_owner = psycopg.conninfo.make_conninfo(database.connect["conninfo"], user="postgres")
        with psycopg.connect(as_owner) as postgres:
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'isogloss_reader'")
        return
    import pymysql

    as_root = {**database.connect, "user": "root"}
    with closing(pymysql.connect(**as_root)) as mysql, mysql.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE user = 'isogloss_reader'")
        for (connection,) in cursor.fetchall():
            cursor.execute(f"KILL {connection}")


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_severed_connection_is_an_error_and_is_made_anew(dialect: str) -> None:
    skip_if_missing(dialect)
    database = open_database(dialect, small(), LIMITS)
    with PooledEngine(database, 1, LIMITS) as engine:
        assert engine.execute(one(dialect)).rows == ((1,),)
        sever(database)
        execution = engine.execute(one(dialect))
        assert execution.outcome is Outcome.RUNS or execution.error_class is ErrorClass.ENGINE_LOST, execution
        assert engine.execute(one(dialect)).rows == ((1,),)


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_killed_server_is_said_clearly(dialect: str) -> None:
    skip_if_missing(dialect)
    known = set(descendants(os.getpid()))
    with open_engine(dialect, small(), workers=1, limits=LIMITS) as engine:
        assert engine.execute(one(dialect)).outcome is Outcome.RUNS
        for process in below_us(SERVERS[dialect], known):
            os.kill(process, signal.SIGKILL)
        time.sleep(0.5)  # /proc may miss a process of the server's, which ends by itself when it sees the others gone
        for _ in range(2):
            with pytest.raises(EngineLostError, match=f"The {dialect} engine is lost"):
                engine.execute(one(dialect))
