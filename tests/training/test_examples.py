"""Examples as a file: written whole, read back the same, refused with their place."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.errors import UsageError
from isogloss.training.examples import Example, distinct, read_examples, write_examples
from isogloss.training.prompt_format import prompt_for

texts = st.text(st.characters(codec="utf-8"), max_size=20)


def example(name: str = "1", question: str = "How many?", sql: str = "SELECT 1") -> Example:
    return Example(name, prompt_for("sqlite", "CREATE TABLE a (b TEXT);", question), sql, "sqlite", "shop", "t")


@given(name=texts, question=texts, sql=texts)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, question: str, sql: str
) -> None:
    path = tmp_path_factory.mktemp("examples") / "e.jsonl"
    written = [example(name, question, sql), example("2")]
    assert write_examples(path, written) == 2
    assert read_examples([path, path]) == written * 2


def test_an_interrupted_file_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    write_examples(path, [example()])
    with pytest.raises(KeyboardInterrupt):
        write_examples(path, (_interrupted() if place else example("2") for place in range(2)))
    assert [e.id for e in read_examples([path])] == ["1"]
    assert [p.name for p in tmp_path.iterdir()] == ["e.jsonl"]


def _interrupted() -> Example:
    raise KeyboardInterrupt


def test_a_repeated_prompt_with_the_same_completion_is_one() -> None:
    assert [e.id for e in distinct([example("1"), example("2"), example("3", sql="SELECT 2")])] == ["1", "3"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"plain": None}, r"line 2 is no example \(plain\)"),
        ({"messages": [{"role": "user"}]}, r"line 2 is no example \(messages\)"),
        ({"messages": []}, r"line 2 is no example \(messages\)"),
        ({"prompt_format": "other"}, "line 2 has the prompt format other, not text-to-sql-1"),
    ],
)
def test_what_is_no_example_is_told_with_its_line(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "e.jsonl"
    write_examples(path, [example()])
    record = json.loads(path.read_text())
    path.write_text(f"{json.dumps(record)}\n{json.dumps({**record, **change})}\n")
    with pytest.raises(UsageError, match=f"e.jsonl, {said}"):
        read_examples([path])


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "holds no examples"), ("[1]\n", "line 1 is no JSON object"), ("{\n", "line 1 is no JSON object")],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_examples([path])


def test_a_run_is_to_be_prepared_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="isogloss train prepare"):
        read_examples([tmp_path])


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_examples([tmp_path / "none.jsonl"])
    (tmp_path / "e.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_examples([tmp_path / "e.jsonl"])


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written"):
        write_examples(tmp_path / "file" / "e.jsonl", [example()])
