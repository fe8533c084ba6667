"""Predictions in each format, and what of them cannot be used."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from isogloss.graphs.evaluation.predictions import read_predictions
from isogloss.tools.errors import UsageError
from isogloss.tools.question_sets import Problem, Question, QuestionSet

SQL = ["SELECT 0", "SELECT 1", "SELECT 2"]
WHOLE = {f"dev-{place}": {0: sql} for place, sql in enumerate(SQL)}


def questions(*ids: str, problems: Sequence[str] = ()) -> QuestionSet:
    asked = tuple(Question(id_, "?", "SELECT 1", "school", "school.sqlite") for id_ in ids)
    return QuestionSet("dev", asked, tuple(Problem(id_, "There is no database 'lost'.") for id_ in problems))


SET = questions("dev-0", "dev-1", "dev-2")


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def lines(values: Sequence[Any]) -> str:
    return "\n".join(value if isinstance(value, str) else json.dumps(value) for value in values)


def entries(key: str) -> list[dict[str, str]]:
    return [{"id": f"dev-{place}", key: sql} for place, sql in enumerate(SQL)]


@pytest.mark.parametrize(
    "text",
    [
        lines(entries("sql")),
        lines(entries("prediction")[::-1]),
        json.dumps(entries("query")),
        json.dumps(SQL),
        json.dumps({f"dev-{place}": sql for place, sql in enumerate(SQL)}),
        json.dumps({f"dev-{place}": f"{sql}\t----- bird -----\tschool" for place, sql in enumerate(SQL)}),
        "\n".join(SQL) + "\n\n",
        "\r\n".join(f"{sql}\tschool" for sql in SQL),
        "\n".join(f"{place}\t{sql}\tschool" for place, sql in enumerate(SQL)),
        "\n".join(f"{place}\t{sql}" for place, sql in reversed(list(enumerate(SQL)))),
    ],
)
def test_every_format_says_the_same(tmp_path: Path, text: str) -> None:
    found = read_predictions(written(tmp_path / "mine.out", text), SET, "sqlite")
    assert (found.name, found.samples, found.problems) == ("mine", WHOLE, {})


@pytest.mark.parametrize(
    "text",
    [
        lines([{"id": "dev-1", "sql": "SELECT 1"}, {"id": "dev-1", "sql": "SELECT 1"}, {"id": "dev-1", "sql": None}]),
        lines([{"id": "dev-1", "sql": "SELECT 1", "sample": n} for n in (1, 0)] + [{"id": "dev-1", "sql": "none"}]),
        json.dumps({"dev-1": ["SELECT 1", "SELECT 1", None]}),
        lines([{"id": "dev-1", "sql": ["SELECT 1", "SELECT 1", "I do not know."]}]),
    ],
)
def test_several_to_a_question_are_samples(tmp_path: Path, text: str) -> None:
    found = read_predictions(written(tmp_path / "samples.jsonl", text), SET, "sqlite")
    assert found.samples == {"dev-1": {0: "SELECT 1", 1: "SELECT 1", 2: None}}


def test_raw_replies_hold_a_query(tmp_path: Path) -> None:
    reply = "<think>count…</think>Here it is:\n```sql\nSELECT COUNT(*)\nFROM pupil;\n```\nIt counts."
    file = written(tmp_path / "raw.jsonl", lines([{"id": "dev-0", "prediction": reply}]))
    assert read_predictions(file, SET, "duckdb").samples == {"dev-0": {0: "SELECT COUNT(*)\nFROM pupil"}}


def test_what_cannot_be_used_is_counted_and_the_rest_read(tmp_path: Path) -> None:
    text = lines(
        [
            *entries("sql"),
            {"id": "dev-9", "sql": "SELECT 9"},
            {"id": "dev-0", "sql": "SELECT 9", "sample": 0},
            '{"id": "dev-1", "sq',
            {"id": "dev-1"},
            {"sql": "SELECT 1"},
            {"id": "dev-2", "sql": 7},
            "[]",
        ]
    )
    found = read_predictions(written(tmp_path / "bad.jsonl", text), SET, "sqlite")
    assert found.samples == WHOLE
    assert found.problems == {"unknown ids": 1, "repeated samples": 1, "broken lines": 4}
    assert found.examples == {"unknown ids": "dev-9", "repeated samples": "dev-0", "broken lines": "entry 6"}


def test_lines_that_are_out_of_step_are_noticed(tmp_path: Path) -> None:
    two = questions("dev-0")
    other = QuestionSet("dev", (*two.questions, Question("dev-1", "?", "SELECT 1", "farm", "farm.sqlite")), ())
    file = written(tmp_path / "lines.txt", "SELECT 0\tfarm\nSELECT 1\tfarm\nSELECT 2\tfarm\n1\tSELECT 3\n")
    found = read_predictions(file, other, "sqlite")
    assert found.samples == {"dev-1": {0: "SELECT 1"}}
    assert found.problems == {"written for another database": 1, "unknown ids": 1, "repeated samples": 1}


def test_an_empty_line_is_a_missing_prediction(tmp_path: Path) -> None:
    found = read_predictions(written(tmp_path / "lines.txt", "SELECT 0\n\nSELECT 2"), SET, "sqlite")
    assert found.samples == {"dev-0": {0: "SELECT 0"}, "dev-1": {0: None}, "dev-2": {0: "SELECT 2"}}


def test_lines_count_entries_that_could_not_be_read(tmp_path: Path) -> None:
    file = written(tmp_path / "lines.txt", "\n".join(SQL))
    found = read_predictions(file, questions("dev-0", "dev-2", problems=["dev-1"]), "sqlite")
    assert {id_: found.samples[id_] for id_ in ("dev-0", "dev-2")} == {"dev-0": {0: SQL[0]}, "dev-2": {0: SQL[2]}}
    with pytest.raises(UsageError, match="give each with its id"):
        read_predictions(file, questions("a", "b", problems=["c"]), "sqlite")


def test_a_file_of_no_use_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_predictions(tmp_path / "absent", SET, "sqlite")
    with pytest.raises(UsageError, match="no prediction for a question of dev"):
        read_predictions(written(tmp_path / "other.jsonl", '{"id": "test-0", "sql": "SELECT 1"}'), SET, "sqlite")
