"""Question sets in each format, as they are distributed; entries that cannot be used; files that cannot be read."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import UsageError
from isogloss.tools.question_sets import Problem, Question, read_question_set
from isogloss.tools.sources import open_source

SPIDER = Path(__file__).parents[3] / "shared" / "data" / "spider"
COUNT = "SELECT COUNT(*) FROM pupil"


def school(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE pupil (id INTEGER PRIMARY KEY)")
    return path


def written(path: Path, entries: Iterable[Any]) -> Path:
    """Write entries as a JSON list or, by the file's name, as JSON lines; text is written as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [each if isinstance(each, str) else json.dumps(each) for each in entries]
    path.write_text("\n".join(lines) if path.suffix == ".jsonl" else f"[{','.join(lines)}]", encoding="utf-8")
    return path


def spider(question: str, database: str = "school") -> dict[str, Any]:
    return {"db_id": database, "question": question, "query": COUNT, "sql": {"select": []}}


def plain(database: str = "school", **fields: Any) -> dict[str, Any]:
    return {"question": "How many?", "sql": COUNT, "database": database, **fields}


def test_spider_from_its_folder_its_file_or_with_databases_elsewhere(tmp_path: Path) -> None:
    database = school(tmp_path / "set" / "database" / "school" / "school.sqlite")
    file = written(tmp_path / "set" / "dev.json", [spider("How many?"), spider("How many pupils?")])
    written(tmp_path / "set" / "train_spider.json", [spider("Not this one")])
    read = read_question_set(tmp_path / "set")
    assert read.name == "set"
    assert read.questions == (
        Question("dev-0", "How many?", COUNT, "school", str(database)),
        Question("dev-1", "How many pupils?", COUNT, "school", str(database)),
    )
    assert not read.problems
    assert read_question_set(file).questions == read.questions
    assert read_question_set(file).name == "dev"
    elsewhere = school(tmp_path / "elsewhere" / "school.sqlite")
    assert {q.source for q in read_question_set(file, elsewhere.parent).questions} == {str(elsewhere)}


def test_bird_has_hints_and_ids_of_its_own(tmp_path: Path) -> None:
    school(tmp_path / "dev_databases" / "school" / "school.sqlite")
    entry = {"db_id": "school", "question": "How many?", "SQL": COUNT, "difficulty": "simple"}
    written(tmp_path / "dev.json", [entry | {"question_id": 0, "evidence": "a hint"}, entry | {"evidence": ""}])
    questions = read_question_set(tmp_path).questions
    assert [(q.id, q.sql, q.evidence) for q in questions] == [("0", COUNT, "a hint"), ("dev-1", COUNT, None)]


def test_kaggledbqa_is_read_once_and_its_databases_lie_above(tmp_path: Path) -> None:
    database = school(tmp_path / "databases" / "school" / "school.sqlite")
    for name, question in (("school", "all"), ("school_test", "test"), ("school_fewshot", "few")):
        written(tmp_path / "examples" / f"{name}.json", [spider(question)])
    for folder in (tmp_path, tmp_path / "examples"):
        (found,) = read_question_set(folder).questions
        assert (found.id, found.question, found.source) == ("school_test-0", "test", str(database))


def test_drspider_is_read_perturbed(tmp_path: Path) -> None:
    perturbed = school(tmp_path / "data/DB_schema_synonym/database_post_perturbation/school_0/school_0.sqlite")
    original = school(tmp_path / "data/Spider-dev/databases/school/school.sqlite")
    for name, database in (("DB_schema_synonym", "school_0"), ("NLQ_others", "school")):
        written(tmp_path / "data" / name / "questions_post_perturbation.json", [spider("after", database)])
        written(tmp_path / "data" / name / "questions_pre_perturbation.json", [spider("before")])
    questions = read_question_set(tmp_path).questions
    assert [(q.id, q.question, q.source) for q in questions] == [
        ("DB_schema_synonym-0", "after", str(perturbed)),
        ("NLQ_others-0", "after", str(original)),
    ]
    assert read_question_set(tmp_path / "data").questions == questions
    assert read_question_set(tmp_path / "data" / "NLQ_others").questions == questions[1:]
    before = read_question_set(tmp_path / "data" / "DB_schema_synonym" / "questions_pre_perturbation.json")
    assert [(q.id, q.source) for q in before.questions] == [("questions_pre_perturbation-0", str(original))]


def test_the_pairs_of_a_run(tmp_path: Path) -> None:
    pair = {"id": "duckdb-shop-0-3", "question": "How many?", "sql": COUNT, "database": "shop", "dialect": "duckdb"}
    written(tmp_path / "run" / "pairs.jsonl", [pair | {"rows": 1, "features": []}])
    expected = Question("duckdb-shop-0-3", "How many?", COUNT, "shop", "shop", "duckdb")
    assert read_question_set(tmp_path / "run").questions == (expected,)


def test_csv_with_optional_columns(tmp_path: Path) -> None:
    database = school(tmp_path / "databases" / "school.sqlite")
    file = tmp_path / "mine.csv"
    file.write_text(
        "\ufeffid,question,query,db_id,dialect,evidence\n"
        'q1,"How many,\nthen?",SELECT 1,school,mysql,hint\n'
        ",How many?,SELECT 2,school,,\n"
        "q3,How many?\n",
        encoding="utf-8",
    )
    read = read_question_set(file, dialect="postgres")
    assert read.questions == (
        Question("q1", "How many,\nthen?", "SELECT 1", "school", str(database), "mysql", "hint"),
        Question("mine-1", "How many?", "SELECT 2", "school", str(database), "postgres"),
    )
    assert read.problems == (Problem("q3", "The entry has no SQL."),)


def test_a_database_is_a_name_a_path_or_a_url(tmp_path: Path) -> None:
    database = school(tmp_path / "school.sqlite")
    tables = tmp_path / "tables" / "pupil.csv"
    tables.parent.mkdir()
    tables.write_text("id\n1\n")
    url = "postgresql+psycopg://me:secret@host/shop"
    given = [str(database), "school.sqlite", "tables", f"sqlite:///{database}", url, "bigquery://me@[here"]
    read = read_question_set(written(tmp_path / "mine.jsonl", map(plain, given)))
    assert [(q.database, q.source) for q in read.questions] == [
        ("school", str(database)),
        ("school", str(database)),
        ("tables", str(tables.parent)),
        ("school", str(database)),
        ("shop", url),
        ("[here", "bigquery://me@[here"),
    ]


def test_what_cannot_be_used_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "database" / "lost").mkdir(parents=True)
    school(tmp_path / "database" / "school.sqlite")
    entries = [
        plain(id="a"),
        '{"question": "How',
        "",
        "[1]",
        {"sql": COUNT, "database": "school"},
        plain(sql=" "),
        {"question": "How many?", "sql": COUNT},
        plain("lost"),
        plain("sqlite:///nowhere.sqlite"),
        plain("x" * 300),
        {"question": "How many?", "sql": COUNT, "db_id": "shop"},
        plain(dialect="klingon"),
        plain(id="a", question="Again?"),
        plain(id="b"),
    ]
    read = read_question_set(written(tmp_path / "mine.jsonl", entries))
    assert [(q.id, q.question) for q in read.questions] == [("a", "How many?"), ("b", "How many?")]
    assert read.problems == (
        Problem("mine-1", "The line is not valid JSON."),
        Problem("mine-2", "The entry is not a JSON object."),
        Problem("mine-3", "The entry has no question."),
        Problem("mine-4", "The entry has no SQL."),
        Problem("mine-5", "The entry has no database."),
        Problem("mine-6", "There is no database 'lost'."),
        Problem("mine-7", "There is no database 'nowhere'."),
        Problem("mine-8", f"There is no database '{'x' * 300}'."),
        Problem("mine-9", "There is no database 'shop'."),
        Problem("mine-10", f"The entry is of an {unknown_dialect(tmp_path)}."),
        Problem("a", "An earlier question has the same id."),
    )


def unknown_dialect(folder: Path) -> str:
    with pytest.raises(UsageError) as error:
        read_question_set(folder, dialect="klingon")
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("dev.json", '[{"db_id": "school", ', "not valid JSON"),
        ("dev.json", '{"questions": []}', "no known format"),
        ("dev.json", "[]", "no known format"),
        ("dev.json", "", "no known format"),
        ("mine.csv", "a,b\n1,2\n", "no known format"),
        ("mine.jsonl", '{"question": "How many?", "database": "school"}', "no known format"),
        ("mine.csv", b"question\n\xff\n", "UTF-8"),
        ("dev.jsonl", '{"table_id": "1-1", "question": "?", "sql": {"sel": 0}}', r"put dev\.tables\.jsonl beside"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, text: str | bytes, message: str) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError, match=message):
        read_question_set(tmp_path / name)


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no"):
        read_question_set(tmp_path / "dev.json")
    with pytest.raises(UsageError, match="name a file of questions"):
        read_question_set(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        read_question_set(written(tmp_path / "dev.json", [spider("?")]), tmp_path / "nowhere")


@pytest.mark.skipif(not SPIDER.is_dir(), reason="needs Spider")
def test_the_development_set_of_spider() -> None:
    read = read_question_set(SPIDER)
    assert len(read.questions) + len(read.problems) == 1034
    lost = [] if (SPIDER / "database" / "wta_1").is_dir() else ["There is no database 'wta_1'."] * 62
    assert [problem.reason for problem in read.problems] == lost
    with closing(open_source(read.questions[0].source)) as source:
        assert source.name == read.questions[0].database == "concert_singer"
