"""WikiSQL: the database made of a split's tables, and the queries written from its structures."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import UsageError
from isogloss.tools.question_sets import Problem, read_question_set
from isogloss.tools.schema import ColumnType
from isogloss.tools.sources import open_source

TABLE: dict[str, Any] = {
    "id": "1-10-2",
    "header": ["Player", "Goals", "PLAYER", "", 'The "best"'],
    "types": ["text", "real", "text", "text", "real"],
    "rows": [
        ["Ann O'Hara", "1,200", "x", 7, 1],
        ["BOB", 30.5, "y", "", ""],
        ["bob", "2", "z", None, "-4"],
    ],
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the cached databases in the test's folder."""
    monkeypatch.setenv("ISOGLOSS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def asked(sel: int, agg: int, *conds: list[Any], table: str = "1-10-2") -> dict[str, Any]:
    return {"phase": 1, "table_id": table, "question": "?", "sql": {"sel": sel, "agg": agg, "conds": conds}}


def split(folder: Path, *entries: Any, tables: tuple[Any, ...] = (TABLE,)) -> Path:
    for name, lines in (("dev.jsonl", entries), ("dev.tables.jsonl", tables)):
        text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_queries_are_written_and_find_what_wikisql_finds(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, Any], str, list[Any]]] = [
        (asked(1, 0), 'SELECT "Goals" FROM "table_1_10_2"', [1200, 30.5, 2]),
        (asked(0, 3, [0, 0, "Bob"]), 'SELECT COUNT("Player") FROM "table_1_10_2" WHERE "Player" = \'Bob\'', [2]),
        (
            asked(2, 0, [0, 0, "ann o'hara"], [1, 1, "1,000 goals"]),
            'SELECT "PLAYER 2" FROM "table_1_10_2" WHERE "Player" = \'ann o\'\'hara\' AND "Goals" > 1',
            ["x"],
        ),
        (asked(4, 2, [1, 2, 30.5]), 'SELECT MIN("The ""best""") FROM "table_1_10_2" WHERE "Goals" < 30.5', [-4]),
        (asked(4, 0, [3, 0, 7]), 'SELECT "The ""best""" FROM "table_1_10_2" WHERE "column 4" = \'7\'', [1]),
        (asked(0, 0, [1, 0, "many"]), 'SELECT "Player" FROM "table_1_10_2" WHERE "Goals" = \'many\'', []),
    ]
    read = read_question_set(split(tmp_path, *(entry for entry, _, _ in cases)), dialect="postgres")
    assert [(q.id, q.sql) for q in read.questions] == [(f"dev-{n}", sql) for n, (_, sql, _) in enumerate(cases)]
    assert {(q.database, q.dialect) for q in read.questions} == {("dev", "sqlite")}
    with closing(sqlite3.connect(read.questions[0].source)) as connection:
        found = [[row[0] for row in connection.execute(q.sql)] for q in read.questions]
    assert found == [rows for _, _, rows in cases]


def test_its_database_is_typed_and_opens_as_a_source(tmp_path: Path) -> None:
    (question,) = read_question_set(split(tmp_path, asked(0, 0))).questions
    with closing(open_source(question.source)) as source:
        (table,) = source.schema().tables
        assert (source.name, table.name) == ("dev", "table_1_10_2")
        text, real = ColumnType.TEXT, ColumnType.FLOAT
        assert [(c.name, c.type) for c in table.columns] == [
            ("Player", text),
            ("Goals", real),
            ("PLAYER 2", text),
            ("column 4", text),
            ('The "best"', real),
        ]
        assert list(source.rows(table.name))[1:] == [("BOB", 30.5, "y", "", None), ("bob", 2.0, "z", None, -4.0)]


def test_the_database_is_built_once_and_again_when_the_tables_change(tmp_path: Path, home: Path) -> None:
    (first,) = read_question_set(split(tmp_path, asked(0, 0))).questions
    built = Path(first.source).stat()
    assert Path(first.source).is_relative_to(home)
    assert [file.name for file in Path(first.source).parent.iterdir()] == ["dev.sqlite"]
    (second,) = read_question_set(tmp_path / "dev.jsonl").questions
    assert second.source == first.source
    assert Path(second.source).stat().st_mtime_ns == built.st_mtime_ns
    (third,) = read_question_set(split(tmp_path, asked(0, 0), tables=(TABLE | {"rows": []},))).questions
    with closing(sqlite3.connect(third.source)) as connection:
        assert not connection.execute(third.sql).fetchall()


def test_what_does_not_fit_is_a_problem(tmp_path: Path) -> None:
    broken = [
        TABLE | {"id": "narrow", "rows": [["Ann"]]},
        TABLE | {"id": "typed", "types": ["text"] * 4 + ["date"]},
        TABLE | {"id": "bare", "header": []},
        {"id": "empty"},
        '{"id": "cut", ',
    ]
    entries = [
        asked(0, 0),
        asked(9, 0),
        asked(-1, 0),
        asked(0, 9),
        asked(0, 0, [0, 3, "x"]),
        asked(0, 0, [0]),
        {"table_id": "1-10-2", "question": "?", "sql": "SELECT 1"},
        {"table_id": "1-10-2", "sql": {"sel": 0, "agg": 0, "conds": []}},
        '{"table_id": ',
        *(asked(0, 0, table=name) for name in ("narrow", "typed", "bare", "empty", "cut", "none")),
    ]
    read = read_question_set(split(tmp_path, *entries, tables=(*broken, TABLE)))
    assert [q.id for q in read.questions] == ["dev-0"]
    misfit = "The query does not fit its table."
    assert read.problems == (
        *(Problem(f"dev-{place}", misfit) for place in range(1, 7)),
        Problem("dev-7", "The entry has no question."),
        Problem("dev-8", "The line is not valid JSON."),
        *(
            Problem(f"dev-{place}", f"There is no sound table '{name}'.")
            for place, name in enumerate(("narrow", "typed", "bare", "empty", "cut", "none"), 9)
        ),
    )


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path, home: Path) -> None:
    home.write_text("no folder")
    with pytest.raises(UsageError, match="ISOGLOSS_HOME"):
        read_question_set(split(tmp_path, asked(0, 0)))
    home.unlink()
    twins = (TABLE, TABLE | {"id": "1_10_2"})
    with pytest.raises(UsageError, match="repair that file"):
        read_question_set(split(tmp_path, asked(0, 0), tables=twins))
    assert not [file for file in home.rglob("*") if file.is_file()]
