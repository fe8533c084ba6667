"""Preferences read for training: what sampling writes, and what is refused with its line."""

import json
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import UsageError
from isogloss.training.preference_data import PreferenceExample, read_preferences
from isogloss.training.prompt_format import FORMAT, Prompt, completion_messages

CHAT = [{"role": "user", "content": "How many?"}]


def record(**more: Any) -> dict[str, Any]:
    texts = {
        "id": "q1-0-1",
        "dialect": "sqlite",
        "database": "shop",
        "grade": "runs but differs",
        "plain": "-- How many?",
    }
    queries = {"chosen": completion_messages("SELECT 1;"), "rejected": completion_messages("SELECT 2")}
    return {**texts, "prompt": CHAT, **queries, "prompt_format": FORMAT, **more}


def written(folder: Path, *records: dict[str, Any]) -> Path:
    path = folder / "preferences.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    return path


def test_a_file_or_a_run_gives_its_preferences(tmp_path: Path) -> None:
    path = written(tmp_path, record())
    prompt = Prompt(CHAT, "-- How many?")
    wanted = PreferenceExample("q1-0-1", prompt, "SELECT 1", "SELECT 2", "sqlite", "shop", "runs but differs")
    assert read_preferences([path, tmp_path]) == [wanted, wanted]


def test_whether_models_are_evaluated_on_the_database_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path, record(), record(evaluation_database=True), record(evaluation_database=False))
    assert [each.evaluation for each in read_preferences([path])] == [False, True, False]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"plain": None}, r"is no preference \(plain\)"),
        ({"rejected": []}, r"is no preference \(rejected\)"),
        ({"chosen": "SELECT 1"}, r"is no preference \(chosen\)"),
        ({"rejected": completion_messages("SELECT 1")}, "the same query"),
        ({"rejected": [{"role": "assistant", "content": "SELECT 1 ;\n"}]}, "the same query"),
        ({"prompt_format": "text-to-sql-0"}, "the prompt format text-to-sql-0, not text-to-sql-1"),
    ],
)
def test_what_is_no_preference_is_told_with_its_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = written(tmp_path, record(), record(**change))
    with pytest.raises(UsageError, match=rf"preferences.jsonl, line 2.*{said}"):
        read_preferences([path])


def test_a_run_without_preferences_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Sample more answers"):
        read_preferences([written(tmp_path)])
    with pytest.raises(UsageError, match="cannot be read"):
        read_preferences([tmp_path / "none"])
