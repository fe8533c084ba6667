"""Where answers are judged: gold and the engine under test hold the same rows, also where that is a sample."""

import sqlite3
from contextlib import closing
from pathlib import Path

from isogloss.graphs.arena import open_arena
from isogloss.tools.compare import Label
from isogloss.tools.outcome import Limits

from ..tools.engines_here import skip_if_missing


def test_gold_is_of_the_rows_that_the_engine_under_test_holds(tmp_path: Path) -> None:
    skip_if_missing("bigquery")
    path = tmp_path / "long.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE long (id INTEGER PRIMARY KEY, half INTEGER)")
        connection.executemany("INSERT INTO long VALUES (?, ?)", ((n, n // 2) for n in range(10_500)))
    with open_arena(str(path), "sqlite", "bigquery", 1, Limits()) as arena:
        sql = "SELECT COUNT(*), SUM(half) FROM long"
        gold = arena.gold(sql)
        assert 5_000 <= gold.execution.rows[0][0] < 10_500
        assert arena.grade(gold, sql).label is Label.EXACT


def test_gold_never_meets_what_is_judged(tmp_path: Path) -> None:
    with open_arena("shop", "sqlite", "sqlite", 1, Limits()) as arena:
        assert arena.engine is not arena.gold_engine
        assert arena.gold("SELECT COUNT(*) FROM orders") is arena.gold("SELECT COUNT(*) FROM orders")
