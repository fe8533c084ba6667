"""Seed files of users: SQL over the shop, lists in Spider's format, and what cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import UsageError
from isogloss.tools.templates import import_seed_file, load_seed_file

SPIDER = Path(__file__).parents[3] / "shared" / "data" / "spider"
DATABASE: dict[str, Any] = {
    "db_id": "school",
    "table_names_original": ["Pupil", "Mark"],
    "column_names_original": [
        [-1, "*"],
        [0, "ID"],
        [0, "Name"],
        [0, "Born"],
        [1, "Pupil_ID"],
        [1, "Points"],
        [1, "Photo"],
    ],
    "column_types": ["text", "number", "text", "time", "number", "number", "others"],
    "primary_keys": [1],
    "foreign_keys": [[4, 1]],
}
QUERIES = [
    'SELECT name FROM pupil WHERE name  =  "Ann"',
    'SELECT name FROM pupil WHERE name = "Bob"',
    "SELECT T1.name ,  count(*) FROM pupil AS T1 JOIN mark AS T2 ON T1.id = T2.pupil_id GROUP BY T1.id",
    'SELECT "Name" FROM pupil WHERE born > "2001-01-01" ORDER BY born DESC',
    "SELECT photo FROM mark",
    "SELECT name, count(*) FROM pupil",
    "SELECT name FROM",
]


def spider(folder: Path, queries: list[str], database: dict[str, Any] = DATABASE) -> Path:
    (folder / "tables.json").write_text(json.dumps([database]))
    path = folder / "train.json"
    path.write_text(json.dumps([{"db_id": "school", "query": query, "question": "?"} for query in queries]))
    return path


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "sqlite"])
def test_spider_queries_become_templates(tmp_path: Path, dialect: str) -> None:
    found = import_seed_file(spider(tmp_path, QUERIES), dialect)
    assert [(template.seed, template.sql) for template in found.templates] == [
        ("train_0", "SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.text_1 = :value_1"),
        (
            "train_2",
            "SELECT t1.text_1, COUNT(*) AS out_1 FROM table_1 AS t1 "
            "JOIN table_2 AS t2 ON t1.key_1 = t2.key_1 GROUP BY t1.key_1, t1.text_1",
        ),
        ("train_3", "SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.date_1 > :value_1 ORDER BY t1.date_1 DESC"),
    ]
    assert found.repeated == ("train_1",)
    assert [name for name, _ in found.refused] == ["train_4", "train_5", "train_6"]
    assert load_seed_file(tmp_path / "train.json", dialect) == list(found.templates)


def test_tables_may_lie_one_folder_up(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    path = spider(tmp_path, QUERIES).rename(tmp_path / "lists" / "train.json")
    assert load_seed_file(path, "sqlite")


def test_sql_files_are_in_the_dialect_itself(tmp_path: Path) -> None:
    path = tmp_path / "mine.sql"
    path.write_text(
        "-- name: firsts\nSELECT DISTINCT ON (category) name\nFROM products -- all\n"
        "ORDER BY category, price;\n\n"
        "SELECT name FROM products WHERE name = 'a;b'"
    )
    assert [(template.seed, template.sql) for template in load_seed_file(path, "postgres")] == [
        (
            "firsts",
            "SELECT DISTINCT ON (t1.text_1) t1.text_2 FROM table_1 AS t1 ORDER BY t1.text_1, t1.number_1",
        ),
        ("mine_2", "SELECT t1.text_1 FROM table_1 AS t1 WHERE t1.text_1 = :value_1"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("seeds.txt", b"SELECT 1;", "no seed file"),
        ("seeds.sql", None, "Cannot read"),
        ("seeds.sql", b"\xff\xfe", "Cannot read"),
        ("seeds.sql", b"", "can become a template"),
        ("seeds.sql", b"SELECT nope FROM customers;", "nope"),
        ("seeds.json", b"[]", "tables.json"),
    ],
)
def test_useless_files_are_refused(tmp_path: Path, name: str, content: bytes | None, complaint: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        load_seed_file(path, "postgres")


@pytest.mark.parametrize("content", ["{}", "[{}]", '[{"db_id": "nowhere", "query": "SELECT 1"}]', "["])
def test_other_json_is_refused(tmp_path: Path, content: str) -> None:
    path = spider(tmp_path, QUERIES)
    path.write_text(content)
    with pytest.raises(UsageError, match="not in Spider's format"):
        load_seed_file(path, "postgres")


@pytest.mark.skipif(not SPIDER.is_dir(), reason="the Spider data set is not beside the project")
def test_nearly_all_of_spider_is_usable(tmp_path: Path) -> None:
    items = json.loads((SPIDER / "train_spider_min.json").read_text())[::20]
    (tmp_path / "tables.json").write_bytes((SPIDER / "tables.json").read_bytes())
    (tmp_path / "some.json").write_text(json.dumps(items))
    found = import_seed_file(tmp_path / "some.json", "postgres")
    assert len(found.refused) < 0.01 * len(items)
    assert len(found.templates) > 0.4 * len(items)
