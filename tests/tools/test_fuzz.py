"""Hostile statements put together at random: nothing may change, and nothing but a query may run.

A statement is a query or a write, wrapped in what has fooled guards before: comments that hide or that a server
executes, strings and quoted names with semicolons in them, other statements before and after, WITH around a write,
odd spaces and capitals. The guard sees most of them alone; each engine gets its share without the guard.
"""

import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from isogloss.tools.dialects import DIALECTS, get_dialect
from isogloss.tools.engines.guard import broken_rule
from isogloss.tools.outcome import Limits, Outcome

from .attack_ground import SECRET, Ground
from .engines_here import one

CASES_OF_THE_GUARD, CASES_OF_AN_ENGINE = 1500, 120  # over 2,000 together with six engines
LIMITS = Limits(seconds=0.5, rows=1000, result_bytes=2**20, memory_bytes=2**29)
PATIENT = Limits(seconds=10)
OUT = "/tmp/isogloss-fuzz-never"
_ENDED = {Outcome.REJECTED, Outcome.ERROR, Outcome.UNSUPPORTED, Outcome.TIMEOUT, Outcome.TOO_LARGE}

QUERIES = ["SELECT 1", "SELECT count(*) FROM orders", "SELECT ';' AS a", "VALUES (1)", "SELECT status FROM orders o"]
WRITES = [
    "DROP TABLE order_lines",
    "DELETE FROM order_lines WHERE 1 = 1",
    "UPDATE products SET price = 0 WHERE 1 = 1",
    "INSERT INTO order_lines SELECT * FROM order_lines",
    "CREATE TABLE fresh (a INTEGER)",
    "CREATE TEMPORARY TABLE fresh (a INTEGER)",
    "ALTER TABLE orders ADD COLUMN extra INTEGER",
    "TRUNCATE TABLE order_lines",
    f"ATTACH '{OUT}' AS other",
    f"COPY orders TO '{OUT}'",
    f"SELECT 1 INTO OUTFILE '{OUT}'",
    "SELECT * INTO fresh FROM orders",
    "PRAGMA writable_schema = 1",
    "SET statement_timeout = 0",
    "GRANT ALL ON orders TO PUBLIC",
    "CALL p()",
    "DO $$ BEGIN DELETE FROM order_lines; END $$",
    "BEGIN EXECUTE IMMEDIATE 'DROP TABLE order_lines'; END;",
    "VACUUM",
]
TRANSACTIONS = ["COMMIT", "ROLLBACK", "BEGIN", "END", "SAVEPOINT s", "SET TRANSACTION READ WRITE", "START TRANSACTION"]
HIDING = [
    "{}",
    "/* {} */",
    "/*! {} */",
    "/*!50000 {} */",
    "/*+ {} */",
    "/* /* {} */ */",
    "/* {}",
    "-- {}",
    "-- {}\n",
    "--\n{}",
    "# {}\n",
    "#\n{}",
    "'{}'",
    '"{}"',
    "`{}`",
    "$${}$$",
    "$a${}$a$",
    "E'\\'; {} --'",
    "q'[{}]'",
    "({})",
    "WITH a AS ({}) SELECT * FROM a",
    "WITH a AS (SELECT 1 AS n) {}",
    "EXPLAIN {}",
    "EXPLAIN ANALYZE {}",
    "PREPARE p AS {}",
    "SELECT * FROM ({}) AS s",
    "SELECT ({})",
    "SELECT 1 WHERE EXISTS ({})",
    "\ufeff{}",
    "\x00{}",
]
JOINTS = [
    ";",
    "; ",
    ";\n",
    ";;",
    " ",
    "\n",
    "\t;--\n",
    "; -- x\n",
    "/**/;/**/",
    "\\;",
    "\\g ",
    "\nGO\n",
    "\n/\n",
    "\uff1b",
]


@st.composite
def hostile(draw: st.DrawFn) -> str:
    """Draw a statement: one to three pieces, each hidden up to twice, joined by what may end a statement."""
    pieces = []
    for _ in range(draw(st.integers(1, 3))):
        piece = draw(st.sampled_from([*QUERIES, *WRITES, *TRANSACTIONS]))
        for _ in range(draw(st.integers(0, 2))):
            piece = draw(st.sampled_from(HIDING)).format(piece) if "{" not in piece else piece
        if draw(st.booleans()):
            piece = piece.swapcase()
        pieces.append(piece)
    joints = [draw(st.sampled_from(JOINTS)) for _ in pieces]
    return "".join(part for pair in zip(pieces, joints, strict=True) for part in pair)


def thorough(cases: int) -> settings:
    """Return the settings for a number of cases, the same in every run, however slow the machine."""
    return settings(
        max_examples=cases, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )


@given(sql=hostile(), dialect=st.sampled_from(DIALECTS))
@thorough(CASES_OF_THE_GUARD)
def test_the_guard_answers_in_time_and_lets_no_plain_write_pass(sql: str, dialect: str) -> None:
    start = time.thread_time()  # a busy machine lets a quick answer wait
    assert broken_rule(sql, get_dialect(dialect)) in (None, "one_statement", "read_only")
    assert time.thread_time() - start < 5.0


@given(write=st.sampled_from(WRITES[:8]), query=st.sampled_from(QUERIES[:3]), dialect=st.sampled_from(DIALECTS))
@thorough(200)
def test_the_guard_names_what_is_stacked(write: str, query: str, dialect: str) -> None:
    descriptor = get_dialect(dialect)
    assert broken_rule(write, descriptor) == "read_only"
    for stacked in (f"{query};{write}", f"{write};{query}", f"{query} -- x\n;{write}", f"/* ; */ {query} ; {write};"):
        assert broken_rule(stacked, descriptor) == "one_statement"


def test_no_engine_changes_even_without_the_guard(ground: Ground) -> None:
    counts = " + ".join(f"(SELECT count(*) FROM {table.name})" for table in ground.database.schema.tables)
    rows = one(ground.dialect, counts)
    before = ground.bare.execute(rows, PATIENT).rows

    @given(sql=hostile())
    @thorough(CASES_OF_AN_ENGINE)
    def attack(sql: str) -> None:
        execution = ground.bare.execute(sql, LIMITS)
        assert execution.outcome in _ENDED or execution.outcome is Outcome.RUNS, execution
        assert SECRET not in repr(execution)
        assert ground.bare.execute(rows, PATIENT).rows == before

    attack()
    assert ground.is_as_before()
    assert not Path(OUT).exists()
