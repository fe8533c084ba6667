"""Pairs for others: whole, of stable types, in files that DuckDB, pandas and Hugging Face's datasets read."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs import dataset_parquet
from isogloss.graphs.dataset_columns import Columns
from isogloss.graphs.dataset_export import Format, export_dataset, format_of
from isogloss.graphs.dataset_parquet import join_shards, write_shards
from isogloss.tools.errors import UsageError

from ..command_line import isogloss
from .made_pairs import pair, run_of

PAIRS = [pair(n) for n in range(40)]
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(-1e300, 1e300).filter(lambda x: x != int(x))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.none() | st.booleans() | TEXTS | st.lists(TEXTS | st.none(), max_size=3)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return run_of(tmp_path / "runs" / "a", PAIRS, '{"id": "half')


def rows_of(path: Path) -> list[dict[str, Any]]:
    with closing(duckdb.connect()) as connection:
        found = connection.execute(f"SELECT * FROM read_parquet('{path}')")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize(
    ("name", "form"), [("a.jsonl", "jsonl"), ("a.b.parquet", "parquet"), ("a", "huggingface"), (".a", "huggingface")]
)
def test_the_ending_tells_the_format(name: str, form: Format) -> None:
    assert format_of(Path(name)) == form


def test_json_lines_are_the_whole_lines_of_the_run(run: Path, tmp_path: Path) -> None:
    assert export_dataset([run], tmp_path / "new" / "out.jsonl", "jsonl").pairs == len(PAIRS)
    exported = (tmp_path / "new" / "out.jsonl").read_bytes()
    assert exported == (run / "pairs.jsonl").read_bytes()[: len(exported)]
    assert exported.count(b"\n") == len(PAIRS)


@pytest.mark.parametrize("shard", [100, 40, 7])
def test_parquet_has_the_same_rows_in_one_file(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shard: int
) -> None:
    monkeypatch.setattr(dataset_parquet, "_SHARD_ROWS", shard)
    out = tmp_path / "it's [a] *.parquet"
    export_dataset([run], out, "parquet")
    assert rows_of(tmp_path / "it''s [[]a[]] [*].parquet") == PAIRS


def test_a_name_is_no_pattern(tmp_path: Path) -> None:
    for name in ("a", "[a]"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / ".rows.jsonl").write_text('{"n": 2}\n')
    join_shards(write_shards(iter([b'{"n": 1}\n']), tmp_path / "[a]", "rows", {"n": "BIGINT"}), tmp_path / "out")
    assert rows_of(tmp_path / "out") == [{"n": 1}]


def test_several_runs_follow_each_other(run: Path, tmp_path: Path) -> None:
    other = run_of(tmp_path / "other", [pair(0, hardness="easy", dialect="mysql", rows=None)])
    export_dataset([run, other], tmp_path / "out.parquet", "parquet")
    rows = rows_of(tmp_path / "out.parquet")
    assert [row["id"] for row in rows] == [each["id"] for each in (*PAIRS, pair(0))]
    assert [rows[0]["hardness"], rows[-1]["hardness"]] == [None, "easy"]


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out"])
def test_pairs_of_other_seeds_that_repeat_are_left_out(tmp_path: Path, name: str) -> None:
    shapes = [{"seed_query": "SELECT 1", "skeleton": f"SELECT {n}"} for n in range(6)]
    first = run_of(tmp_path / "first", [pair(n, **shapes[n]) for n in range(3)])
    same_query = pair(7, **shapes[4], sql="select  0")
    other_place = [pair(8, **shapes[0], database="flights"), pair(9, **shapes[0], dialect="duckdb")]
    second = run_of(tmp_path / "second", [pair(5, **shapes[1]), pair(6, **shapes[3]), same_query, *other_place])
    exported = export_dataset([first, second], tmp_path / name, format_of(tmp_path / name), distinct=True)
    assert (exported.pairs, exported.repeated) == (6, 2)
    if name == "out.jsonl":
        kept = [json.loads(line)["id"] for line in (tmp_path / name).read_text().splitlines()]
    else:
        kept = [row["id"] for row in rows_of(tmp_path / name if name != "out" else tmp_path / name / "data" / "*")]
    assert [int(each.rpartition("-")[2]) for each in kept] == [0, 1, 2, 6, 8, 9]


def test_translations_repeat_by_question_and_query(tmp_path: Path) -> None:
    questions = {name: [pair(0), pair(0, question=f"How many {name}?")] for name in ("a", "b")}
    runs = [run_of(tmp_path / name, pairs) for name, pairs in questions.items()]
    assert export_dataset(runs, tmp_path / "out.jsonl", "jsonl", distinct=True).repeated == 1
    assert export_dataset(runs, tmp_path / "all.jsonl", "jsonl").pairs == 4


def test_a_test_split_has_templates_of_its_own(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset_parquet, "_SHARD_ROWS", 10)
    exported = export_dataset([run], tmp_path / "out", "huggingface", test=0.4)
    data = tmp_path / "out" / "data"
    train, test = (rows_of(data / f"{split}-*.parquet") for split in ("train", "test"))
    assert {row["template"] for row in train}.isdisjoint(row["template"] for row in test)
    assert sorted(train + test, key=lambda row: int(row["id"][14:])) == PAIRS
    assert exported.splits == {"train": len(train), "test": len(test)}
    names = sorted(path.name for path in data.glob("train-*"))
    assert names == [f"train-{n:05d}-of-{len(names):05d}.parquet" for n in range(-(-len(train) // 10))]
    assert len(list(data.iterdir())) == len(names) + -(-len(test) // 10)


@pytest.mark.parametrize(("test", "splits"), [(None, ["train"]), (0.0, ["train"]), (1.0, ["test"])])
def test_a_split_without_pairs_is_none(run: Path, tmp_path: Path, test: float | None, splits: list[str]) -> None:
    export_dataset([run], tmp_path / "out", "huggingface", test)
    assert [each["split"] for each in _header(tmp_path / "out")["configs"][0]["data_files"]] == splits
    assert len(list((tmp_path / "out" / "data").iterdir())) == 1


def test_the_card_says_what_it_is(run: Path, tmp_path: Path) -> None:
    export_dataset([run], tmp_path / "my_dataset", "huggingface")
    card = (tmp_path / "my_dataset" / "README.md").read_text()
    header = _header(tmp_path / "my_dataset")
    assert (header["language"], header["size_categories"]) == (["en"], ["n<1K"])
    assert "license" not in header
    assert "40 questions, each with a SQLite query" in card
    assert "Warning" not in card
    assert "stand-in" not in card
    for told in ("| prompts | object |", "| tables | string list |", "| executed in | SQLite 3.40.1 |"):
        assert told in card


def test_the_card_warns(tmp_path: Path) -> None:
    told = {"evaluation_database": True, "stand_in": True, "database": "a|b\n# <i>", "dialect": "nowhere"}
    export_dataset([run_of(tmp_path / "run", [pair(0, **told), pair(1)])], tmp_path / "out", "huggingface")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "Warning: 1 pairs are on databases for evaluation" in card
    assert "Note: 1 queries were executed in a stand-in" in card
    assert "a nowhere or SQLite query" in card
    assert r"a\|b \# \<i\>" in card


@pytest.mark.parametrize("form", ["jsonl", "parquet", "huggingface"])
def test_nothing_is_left_of_what_fails(run: Path, tmp_path: Path, form: Format) -> None:
    broken = run_of(tmp_path / "broken", [pair(0)], "no pair\n")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="line 2 is not a pair"):
        export_dataset([run, broken], tmp_path / "out", form)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_stands_there_is_refused_and_stays(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        export_dataset([run], out, "jsonl")
    assert out.read_text() == "mine"


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES | st.dictionaries(st.sampled_from("xy"), VALUES))))
def test_columns_have_a_type_whatever_is_in_them(rows: list[dict[str, Any]]) -> None:
    assert len(list(_back(rows))) == len(rows)


@given(st.lists(st.fixed_dictionaries({"t": TEXTS, "l": st.lists(TEXTS), "b": st.booleans(), "o": st.none() | TEXTS,
                                       "n": st.integers(-(2**63), 2**63 - 1), "f": st.floats(-1e300, 1e300),
                                       "d": st.fixed_dictionaries({"x": TEXTS, "y": st.lists(st.integers(0, 9))})}),
                min_size=1))  # fmt: skip
def test_rows_come_back_as_they_were(rows: list[dict[str, Any]]) -> None:
    assert list(_back(rows)) == rows


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([None], "VARCHAR"),
        ([None, 1], "BIGINT"),
        ([1, 2.5], "DOUBLE"),
        ([True, 1], "VARCHAR"),
        ([2**63], "VARCHAR"),
        ([[], None], "VARCHAR[]"),
        ([[], [1, None]], "BIGINT[]"),
        ([[1], "a"], "VARCHAR"),
        ([{}], "VARCHAR"),
        ([{"a": 1}, {'b"': ["x"]}, None], 'STRUCT("a" BIGINT, "b""" VARCHAR[])'),
    ],
)
def test_a_column_has_the_type_of_all_its_values(values: list[Any], expected: str) -> None:
    columns = Columns()
    for value in values:
        columns.add({"a": value})
    assert columns.types() == {"a": expected}


def test_hugging_face_loads_it_offline(run: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    export_dataset([run], tmp_path / "out", "huggingface", test=0.4)
    code = (
        "import json, datasets; found = datasets.load_dataset('out', cache_dir='cache')\n"
        "print(json.dumps({name: split.to_list() for name, split in found.items()}))"
    )
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home"), "HOME": str(tmp_path), "PATH": ""}
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True
    )
    found = json.loads(loaded.stdout)
    assert found.keys() == {"train", "test"}
    assert sorted(found["train"] + found["test"], key=lambda row: int(row["id"][14:])) == PAIRS


def test_the_command_says_what_it_wrote(run: Path, tmp_path: Path) -> None:
    done = isogloss("dataset", "export", "a", "runs/a", "--out", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, '40 pairs written to out\ndatasets.load_dataset("out")\n')
    told = json.loads(isogloss("dataset", "export", "--out", "out.parquet", "--json", cwd=tmp_path).stdout)
    assert told == {
        "out": "out.parquet",
        "format": "parquet",
        "pairs": 40,
        "splits": {"train": 40, "test": 0},
        "repeated": 0,
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("nowhere --out new", "nowhere is not a run"),
        ("a --out runs", "runs exists already"),
        ("a --out new.csv", "say so with --format"),
        ("a --out new.jsonl --test 0.1", "A file has no splits"),
        ("empty --out new", "There is no pair in runs/empty yet"),
        ("a --out runs/a/run.json/new", "cannot be written"),
    ],
)
def test_bad_input_gets_one_sentence(run: Path, tmp_path: Path, words: str, sentence: str) -> None:
    run_of(tmp_path / "runs" / "empty", [], "{")
    done = isogloss("dataset", "export", *words.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(rf"^error: .*{re.escape(sentence)}", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("new*"))


def _header(folder: Path) -> dict[str, Any]:
    header: dict[str, Any] = next(yaml.safe_load_all((folder / "README.md").read_text()))
    return header


def _back(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file made of some."""
    columns = Columns()
    for row in rows:
        columns.add({"row": 0, **row})
    lines = (json.dumps({"row": 0, **row}).encode() + b"\n" for row in rows)
    with TemporaryDirectory() as folder:
        shards = write_shards(lines, Path(folder), "rows", columns.types())
        if shards:
            join_shards(shards, Path(folder) / "all.parquet")
            for row in rows_of(Path(folder) / "all.parquet"):
                yield {name: value for name, value in row.items() if name != "row"}
