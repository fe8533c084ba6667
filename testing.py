"""What every dialect must do, as a test class that a dialect of yours inherits.

In a test file of the package that brings the dialect::

    from isogloss.testing import DialectConformance

    class TestClickhouse(DialectConformance):
        dialect = "clickhouse"

The attributes below say where your engine rightly differs; each test then runs on the real engine.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from isogloss.knowledge.corpus import load_corpus
from isogloss.knowledge.verify import verify_corpus
from isogloss.tools.dialects import get_dialect
from isogloss.tools.engines import Engine, engine_status, open_engine
from isogloss.tools.engines.opening import open_database
from isogloss.tools.engines.pool import Pool
from isogloss.tools.loaded import check_loaded
from isogloss.tools.memory_source import (
    COMES_BACK,
    EDGES,
    FIRST,
    MAKERS,
    ROWS,
    THINGS,
    MemorySource,
    edges,
    small,
)
from isogloss.tools.outcome import ErrorClass, Limits, Outcome
from isogloss.tools.schema import ColumnType, Table
from isogloss.tools.templates import seed_templates

__all__ = ["COMES_BACK", "DialectConformance"]

_E = ErrorClass
_LIMITS = Limits(seconds=20, rows=100)
_GRACE_SECONDS = 1.0  # for the kill, on a busy machine too
_MANY = ", ".join(f"things t{n}" for n in range(21))
_SUM = " + ".join(f"t{n}.thing_id" for n in range(21))
_ERRORS = {
    _E.SYNTAX: "SELEC 1",
    _E.UNKNOWN_TABLE: "SELECT * FROM nowhere",
    _E.UNKNOWN_COLUMN: "SELECT missing FROM things",
    _E.UNKNOWN_FUNCTION: "SELECT frobnicate(thing_id) FROM things",
    _E.AMBIGUOUS: "SELECT name FROM things a, things b",
    _E.GROUPING: "SELECT max(count(*)) FROM things",
    _E.TYPE_MISMATCH: "SELECT thing_id FROM things UNION ALL SELECT thing_id, big FROM things",
}
_WRITES = (
    "DROP TABLE things",
    "DELETE FROM things WHERE 1 = 1",
    "INSERT INTO makers VALUES (9, 'x')",
    "UPDATE things SET name = 'x' WHERE 1 = 1",
    "CREATE TABLE fresh (a integer)",
    "SELECT 1; DROP TABLE things",
    "COMMIT; DROP TABLE things",
)


class DialectConformance:
    """Values, schema, errors, refusals, limits and tutorials of a dialect, on its embedded engine.

    ``errors`` are further statements of error classes, or others than ours; ``lacking`` the classes that cannot be
    brought about. ``forbidden`` are statements that must be refused, by guard and session or by the session alone.
    ``comes_back`` converts loaded values, by column type, to what the engine gives back. ``last_day`` is the latest
    date that a column of dates can hold. ``runaway`` is a statement that runs far longer than any limit.
    """

    dialect: ClassVar[str]
    errors: ClassVar[Mapping[ErrorClass, str]] = {}
    lacking: ClassVar[frozenset[ErrorClass]] = frozenset()
    forbidden: ClassVar[tuple[str, ...]] = ()
    comes_back: ClassVar[Mapping[ColumnType, Callable[[Any], Any]]] = {}
    last_day: ClassVar[date] = date.max
    runaway: ClassVar[str] = f"SELECT count(*) FROM {_MANY} WHERE {_SUM} = 22"  # not to be told by ranges alone

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _ready(cls) -> None:
        status = {each.dialect: each for each in engine_status()}.get(cls.dialect)
        if status is None or not status.ready:
            pytest.skip(f"{cls.dialect} is not ready here: {status and (status.problem or status.remedy)}")

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, _ready: None) -> Iterator[Engine]:
        """Two makers and three things in the dialect's engine, with one child process."""
        with open_engine(cls.dialect, small(), workers=1, limits=_LIMITS) as opened:
            yield opened

    def _returned(self, table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
        pairs = zip(table.columns, row, strict=True)
        return tuple(None if v is None else self.comes_back.get(c.type, lambda same: same)(v) for c, v in pairs)

    def _check_rows(self, engine: Engine, source: MemorySource, table: Table, key: str) -> None:
        execution = engine.execute(f"SELECT * FROM {table.name} ORDER BY {key}")
        assert execution.outcome is Outcome.RUNS, execution
        loaded = engine.schema().table(table.name)
        for got, row in zip(execution.rows, source.tables[table], strict=True):
            alike = [str(v) if c.type is not o.type and v is not None else v
                     for v, c, o in zip(row, loaded.columns, table.columns, strict=True)]  # fmt: skip
            assert _typed(got) == _typed(self._returned(loaded, tuple(alike)))

    def test_says_what_it_is(self, engine: Engine) -> None:
        assert engine.dialect == self.dialect
        assert any(character.isdigit() for character in engine.version), f"{engine.version!r} names no version"

    def test_values_come_back_as_they_were(self, engine: Engine) -> None:
        self._check_rows(engine, small(), THINGS, "thing_id")

    def test_extreme_values_come_back_as_they_were(self) -> None:
        source = edges(self.last_day)
        with open_engine(self.dialect, source, workers=1) as engine:
            self._check_rows(engine, source, EDGES, "edge_id")
            assert engine.schema().table("edges") == EDGES

    def test_schema_has_the_sources_keys(self, engine: Engine) -> None:
        makers, things = engine.schema().tables
        assert makers == MAKERS
        assert (things.primary_key, things.foreign_keys) == (THINGS.primary_key, THINGS.foreign_keys)
        assert things.column("mixed").type is ColumnType.TEXT, "a column of mixed values is loaded as text"

    def test_a_bundled_database_is_loaded_whole(self) -> None:
        from isogloss.tools.sources import open_source

        with closing(open_source("shop")) as source, open_engine(self.dialect, "shop", workers=1) as engine:
            checks = list(check_loaded(source, engine))
            assert checks
            assert not [each for each in checks if not each.equal]
            assert engine.sample_values("products", "category", limit=3)

    def test_errors_have_their_class(self, engine: Engine) -> None:
        for error_class, sql in (_ERRORS | dict(self.errors)).items():
            if error_class not in self.lacking:
                execution = engine.execute(sql)
                assert execution.error_class is error_class, f"{sql}: {execution.error_class}, {execution.error}"

    def test_queries_run(self, engine: Engine) -> None:
        for sql in ("SELECT 1 FROM makers WHERE name LIKE '%c%'", "/* a; b */ SELECT min(thing_id) FROM things -- ; c",
                    "WITH a AS (SELECT maker_id AS n FROM makers) SELECT min(n) FROM a"):  # fmt: skip
            assert engine.execute(sql).rows == ((1,),), sql

    def test_the_guard_says_which_rule_is_broken(self, engine: Engine) -> None:
        for sql in _WRITES:
            execution = engine.execute(sql)
            assert execution.rule in ("read_only", "one_statement"), (sql, execution)

    def test_the_session_alone_lets_nothing_change(self) -> None:
        with ExitStack() as opened:
            database = opened.enter_context(closing(open_database(self.dialect, small(), _LIMITS)))
            pool = opened.enter_context(closing(Pool(self.dialect, database.connect, 1, _LIMITS)))
            for sql in (*_WRITES, *self.forbidden):
                execution = pool.execute(sql, _LIMITS)
                assert execution.outcome in (Outcome.ERROR, Outcome.REJECTED, Outcome.UNSUPPORTED), (sql, execution)
                assert execution.error_class is not ErrorClass.ENGINE_LOST, (sql, execution)
            assert pool.execute("SELECT count(*) FROM things", _LIMITS).rows == ((len(ROWS),),)
            assert pool.execute("SELECT min(thing_id) FROM things", _LIMITS).rows == ((FIRST[0],),)

    def test_a_runaway_is_killed_and_the_next_statement_runs(self, engine: Engine) -> None:
        start = time.monotonic()
        execution = engine.execute(self.runaway, Limits(seconds=0.5))
        assert execution.outcome is Outcome.TIMEOUT, execution
        assert 0.5 <= time.monotonic() - start < 0.5 + _GRACE_SECONDS
        assert engine.execute("SELECT min(thing_id) FROM things").rows == ((1,),)

    def test_rows_are_limited(self, engine: Engine) -> None:
        tables = ", ".join(f"things t{n}" for n in range(6))
        execution = engine.execute(f"SELECT t0.thing_id FROM {tables}")
        assert (execution.outcome, execution.rows) == (Outcome.TOO_LARGE, ())
        assert len(engine.execute("SELECT t0.thing_id FROM things t0, things t1, things t2").rows) == len(ROWS) ** 3

    def test_a_killed_child_is_replaced(self, engine: Engine) -> None:
        _kill_workers(self.dialect)
        assert engine.execute("SELECT min(thing_id) FROM things").rows == ((1,),)

    def test_every_example_of_the_corpus_runs(self) -> None:
        corpus = load_corpus(self.dialect, "builtin")
        with open_engine(self.dialect, "shop", workers=1) as engine:
            failed = [each for each in verify_corpus(corpus, engine) if each.execution.outcome is not Outcome.RUNS]
        assert not failed, [(each.sql, each.execution.error) for each in failed]

    def test_seeds_become_templates(self) -> None:
        assert len(seed_templates(self.dialect)) > 100, f"sqlglot says too little in {get_dialect(self.dialect).title}"


def _typed(row: tuple[Any, ...]) -> list[tuple[type, Any]]:
    """Return each value with its type; a whole Decimal may come back as int."""
    return [(int if isinstance(v, Decimal) and v % 1 == 0 else type(v), v) for v in row]


def _kill_workers(dialect: str) -> None:
    """Kill the child processes of this one that run the dialect's statements."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    for line in listed.stdout.splitlines():
        if f"engines.worker {dialect} " in line:
            os.kill(int(line.split()[0]), signal.SIGKILL)
