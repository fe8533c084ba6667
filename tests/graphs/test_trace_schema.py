"""The schema of a trace is documented whole, and what its page says can be asked."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from isogloss.graphs.cleaning import Cleaner
from isogloss.graphs.tracing.trace import Step, Trace

PAGE = (Path(__file__).parents[2] / "docs" / "trace.md").read_text(encoding="utf-8")
EXAMPLES = [query.strip() for block in re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL) for query in block.split(";\n")]


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(Trace.create(tmp_path / "trace.sqlite")) as trace:
        item = {
            "item": 0,
            "status": "kept",
            "repaired": 0,
            "attempts": 1,
            "seconds": 1,
            "pairs_end": 0,
            "attempts_end": 0,
        }
        trace.append(item, [Step("fill", 0.1, {}, outcome="runs")], Cleaner())
    with closing(sqlite3.connect(tmp_path / "trace.sqlite")) as connection:
        yield connection


def test_every_table_view_and_column_is_documented(plain: sqlite3.Connection) -> None:
    tables = [name for (name,) in plain.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")]
    assert len(tables) > 8
    for table in tables:
        section = next((part for part in PAGE.split("\n### ")[1:] if f"`{table}`" in part.partition("\n")[0]), "")
        missing = {row[1] for row in plain.execute(f"PRAGMA table_info({table})")} - set(
            re.findall(r"`(\w+)`", section)
        )
        assert not missing, table


@pytest.mark.parametrize("query", EXAMPLES)
def test_every_example_can_be_asked(plain: sqlite3.Connection, query: str) -> None:
    plain.execute(query).fetchall()
