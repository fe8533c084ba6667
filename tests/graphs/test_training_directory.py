"""What is taken for done when a training goes on."""

from pathlib import Path

import pytest
from isogloss.graphs.training.directory import open_directory
from isogloss.graphs.training.recipe import Recipe
from isogloss.graphs.training.run import planned_stages
from isogloss.graphs.training.stages import Stage
from isogloss.tools.errors import UsageError

RECIPE = Recipe.model_validate(
    {
        "model": "smollm2",
        "out": "trained",
        "dialects": {"sqlite": ["a"], "duckdb": ["b"]},
        "sft": {"epochs": 2},
        "merge": {"method": "slerp"},
        "evaluate": {"set": "questions.jsonl"},
    }
)
STAGES = {stage.name: stage for stage in planned_stages(RECIPE)}


def do(folder: Path, *stages: Stage) -> None:
    with open_directory(RECIPE, folder) as directory:
        for stage in stages:
            (folder / stage.out).mkdir(parents=True, exist_ok=True)
            directory.begin(stage)
            directory.add(stage.done(1.0, {"loss": 0.5}))


def known(folder: Path, *stages: Stage) -> list[str]:
    with open_directory(RECIPE, folder) as directory:
        return [stage.name for stage in stages if directory.done(stage)]


def test_what_is_done_stays_done(tmp_path: Path) -> None:
    assert known(tmp_path, *STAGES.values()) == []
    do(tmp_path, *STAGES.values())
    assert known(tmp_path, *STAGES.values()) == list(STAGES)


def test_what_is_gone_is_done_again_and_so_is_what_was_made_of_it(tmp_path: Path) -> None:
    do(tmp_path, *STAGES.values())
    (tmp_path / "trained/sqlite/sft").rmdir()
    assert set(STAGES) - set(known(tmp_path, *STAGES.values())) == {"sft sqlite"}
    do(tmp_path, STAGES["sft sqlite"])
    outdated = {"merge", "evaluate sft sqlite"}
    assert set(STAGES) - set(known(tmp_path, *STAGES.values())) == outdated
    do(tmp_path, STAGES["merge"])
    outdated = {"evaluate sft sqlite", "evaluate merge sqlite", "evaluate merge duckdb"}
    assert set(STAGES) - set(known(tmp_path, *STAGES.values())) == outdated


def test_what_appears_whole_is_done_though_its_stage_was_killed_at_its_end(tmp_path: Path) -> None:
    """An evaluation goes on by itself: its folder is there from its beginning."""
    mixed = RECIPE.model_copy(update={"mixture": {}, "tune": {}, "routing": {}})
    stages = planned_stages(mixed)
    with open_directory(RECIPE, tmp_path) as directory:
        for stage in stages:
            (tmp_path / stage.out).mkdir(parents=True)
            directory.begin(stage)
    changed = planned_stages(mixed.model_copy(update={"sft": {"epochs": 3}}))
    with pytest.raises(UsageError, match="'sft sqlite' was done with '--epochs 2'"):
        known(tmp_path, *changed)
    found = known(tmp_path, *stages)
    assert {"keywords", "routing mixture", "routing tune", "prepare sqlite", "sft sqlite"} <= set(found)
    assert found == [stage.name for stage in stages if stage.kind != "evaluate"]


def test_a_model_that_nobody_began_is_not_ours(tmp_path: Path) -> None:
    do(tmp_path)
    (tmp_path / STAGES["sft sqlite"].out).mkdir(parents=True)
    assert known(tmp_path, STAGES["sft sqlite"]) == []


def test_a_line_cut_short_is_cut_off(tmp_path: Path) -> None:
    do(tmp_path, STAGES["sft sqlite"], STAGES["sft duckdb"])
    file = tmp_path / "trained" / "stages.jsonl"
    file.write_bytes(file.read_bytes()[:-10])
    (tmp_path / "trained/duckdb/sft").rmdir()
    assert known(tmp_path, *STAGES.values()) == ["sft sqlite"]
    do(tmp_path, STAGES["sft duckdb"])
    assert known(tmp_path, *STAGES.values()) == ["sft sqlite", "sft duckdb"]


def test_another_command_is_refused_with_the_words_that_differ(tmp_path: Path) -> None:
    do(tmp_path, *STAGES.values())
    changed = planned_stages(RECIPE.model_copy(update={"sft": {"epochs": 3}}))
    with pytest.raises(
        UsageError, match="'sft sqlite' was done with '--epochs 2' where the recipe now asks for '--epo"
    ):
        known(tmp_path, *changed)


def test_what_has_begun_and_is_not_there_may_be_changed(tmp_path: Path) -> None:
    with open_directory(RECIPE, tmp_path) as directory:
        directory.begin(STAGES["sft sqlite"])
    changed = planned_stages(RECIPE.model_copy(update={"sft": {"epochs": 3}}))
    assert known(tmp_path, *changed) == []


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trained").mkdir()
    (tmp_path / "trained" / "letters.txt").touch()
    with pytest.raises(UsageError, match="holds something other than a training"):
        known(tmp_path)


def test_two_at_a_time_are_refused(tmp_path: Path) -> None:
    with open_directory(RECIPE, tmp_path), pytest.raises(UsageError, match="is writing to"):
        known(tmp_path)
