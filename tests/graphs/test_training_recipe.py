"""What a training recipe comes to, and what is refused before anything runs."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from hypothesis import given
from hypothesis import strategies as st
from isogloss.cli import app
from isogloss.graphs.training.checks import check_recipe
from isogloss.graphs.training.graph import training_graph
from isogloss.graphs.training.recipe import Recipe, read_recipe
from isogloss.graphs.training.run import planned_stages
from isogloss.graphs.training.stages import Stage
from isogloss.graphs.training.state import Done
from isogloss.tools.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "training" / "recipes" / "dialects.yaml"
SMALL: dict[str, Any] = {
    "model": "smollm2",
    "out": "trained",
    "dialects": {"sqlite": ["runs/sqlite"], "duckdb": ["runs/duckdb"]},
    "sft": {"epochs": 2},
}
SAMPLE = {"set": "questions.jsonl", "n": 4}
MIXED = {"merge": {"method": "slerp"}, "mixture": {"gate": "last"}}


def written(folder: Path, content: Any) -> Path:
    """Write a recipe, and what every recipe here names."""
    for dialect in ("sqlite", "duckdb"):
        write_run(folder / "runs" / dialect, dialect)
    (folder / "questions.jsonl").touch()
    (folder / "words.tsv").write_text("dialect\tkeyword\nsqlite\tGLOB\n")
    path = folder / "recipe.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
    return path


def write_run(folder: Path, dialect: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"config": {"dialect": dialect}}))


def planned(path: Path) -> list[Stage]:
    recipe = read_recipe(path)
    stages = planned_stages(recipe)
    check_recipe(recipe, stages, path.parent, typer.main.get_command(app))
    return stages


def words(stages: list[Stage], name: str) -> str:
    [found] = [stage for stage in stages if stage.name == name]
    return " ".join(found.words)


def test_the_stages_come_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL | MIXED | {"sample": SAMPLE, "rounds": 2, "dpo": None, "tune": {"weights": "gates"}})
    names = [stage.name for stage in planned(path)]
    assert names == [
        *("prepare sqlite", "prepare duckdb", "sft sqlite", "sft duckdb"),
        *(f"{kind} {dialect} · round 1" for kind in ("sample", "prepare", "sft") for dialect in ("sqlite", "duckdb")),
        *(f"{kind} {dialect} · round 2" for kind in ("sample", "prepare", "sft") for dialect in ("sqlite", "duckdb")),
        *("dpo sqlite", "dpo duckdb", "merge", "keywords", "mixture", "tune"),
    ]
    assert len(set(names)) == len(names)


def test_each_stage_goes_on_from_the_one_before(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL | MIXED | {"sample": SAMPLE, "dpo": None, "tune": {"weights": "gates"}})
    stages = planned(path)
    assert "runs/sqlite trained/sqlite/sample-1 --out trained/sqlite/examples-1.jsonl" in words(
        stages, "prepare sqlite · round 1"
    )
    assert words(stages, "sft sqlite · round 1").startswith(
        "train sft trained/sqlite/examples-1.jsonl --model smollm2 --out trained/sqlite/sft-1"
    )
    assert "--generator hf:trained/duckdb/sft --out" in words(stages, "sample duckdb · round 1")
    assert words(stages, "dpo duckdb").startswith(
        "train dpo trained/duckdb/sample-1/preferences.jsonl --model trained/duckdb/sft-1 --out trained/duckdb/dpo"
    )
    assert "trained/sqlite/dpo trained/duckdb/dpo --out trained/merge" in words(stages, "merge")
    assert "sqlite=trained/sqlite/dpo duckdb=trained/duckdb/dpo" in words(stages, "mixture")
    assert "--base trained/merge" in words(stages, "mixture")
    tuned = words(stages, "tune")
    assert "trained/sqlite/examples-1.jsonl trained/duckdb/examples-1.jsonl --model trained/mixture" in tuned


def test_every_model_is_evaluated_against_the_first(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL | MIXED | {"evaluate": {"set": "questions.jsonl", "limit": 5}})
    evaluations = [stage for stage in planned(path) if stage.kind == "evaluate"]
    assert [stage.name for stage in evaluations] == [
        *("evaluate base sqlite", "evaluate base duckdb", "evaluate sft sqlite", "evaluate sft duckdb"),
        *(f"evaluate {model} {dialect}" for model in ("merge", "mixture") for dialect in ("sqlite", "duckdb")),
    ]
    base, *others = evaluations[::2]
    assert "--against" not in base.words
    assert all("--against trained/evaluations/sqlite-base" in " ".join(stage.words) for stage in others)


def test_evaluations_are_the_ones_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL | MIXED | {"evaluate": {"set": "questions.jsonl", "stages": ["mixture"]}})
    evaluations = [stage for stage in planned(path) if stage.kind == "evaluate"]
    assert [stage.subject for stage in evaluations] == ["mixture", "mixture"]
    assert not any("--against" in stage.words for stage in evaluations)


def test_prompts_are_the_same_in_training_sampling_and_evaluation(tmp_path: Path) -> None:
    evaluated = {"set": "questions.jsonl", "schema_tokens": 300}
    path = written(
        tmp_path, SMALL | {"prepare": {"--schema-tokens": 200}, "sample": SAMPLE, "evaluate": evaluated, "seed": 7}
    )
    stages = planned(path)
    assert "--schema-tokens 200" in words(stages, "prepare sqlite")
    assert "--schema-tokens 200" in words(stages, "sample sqlite · round 1")
    assert "--schema-tokens 300" in words(stages, "evaluate base sqlite")
    assert "--seed 8" in words(stages, "sample sqlite · round 1")
    assert "--seed 7" in words(stages, "sft sqlite")
    assert "--seed 7" in words(stages, "evaluate base sqlite")


def done(stage: Stage, valid: int, preferences: int) -> Done:
    return stage.done(0.0, {"data": {"valid": valid, "preferences": preferences}})


def test_a_round_without_a_right_answer_trains_nothing() -> None:
    recipe = Recipe.model_validate(SMALL | {"merge": {"method": "slerp"}, "sample": SAMPLE, "rounds": 2, "dpo": {}})
    stages = planned_stages(recipe, lambda stage: done(stage, int(stage.dialect == "duckdb"), 0))
    names = [stage.name for stage in stages]
    assert "sft duckdb · round 2" in names
    assert "sample sqlite · round 2" in names
    assert not {"prepare sqlite · round 1", "sft sqlite · round 1", "dpo sqlite", "dpo duckdb"} & set(names)
    assert "trained/sqlite/sft trained/duckdb/sft-2" in words(stages, "merge")


def test_preferences_of_ones_own_are_learnt_from_without_a_sample(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL | {"dpo": {}, "preferences": {"sqlite": ["questions.jsonl"]}})
    stages = planned(path)
    assert "dpo duckdb" not in {stage.name for stage in stages}
    assert words(stages, "dpo sqlite").startswith("train dpo questions.jsonl --model trained/sqlite/sft")


def test_drawn_gates_need_no_keywords(tmp_path: Path) -> None:
    stages = planned(written(tmp_path, SMALL | MIXED | {"mixture": {"gate": "random"}}))
    assert "keywords" not in {stage.kind for stage in stages}
    assert "--keywords" not in words(stages, "mixture")


def test_the_graph_has_the_nodes_that_its_recipe_asks_for() -> None:
    def nodes(content: dict[str, Any]) -> set[str]:
        drawn = training_graph(Recipe.model_validate(content), lambda stage: done(stage, 1, 1)).get_graph()
        return set(drawn.nodes) - {"__start__", "__end__"}

    assert nodes(SMALL) == {"prepare", "sft"}
    assert nodes(SMALL | MIXED) == {"prepare", "sft", "merge", "keywords", "mixture"}
    assert "sample" in nodes(SMALL | {"sample": SAMPLE})
    assert "sample" not in nodes(SMALL | {"sample": SAMPLE, "rounds": 0})


@given(
    st.fixed_dictionaries(
        {"rounds": st.integers(0, 3)},
        optional={
            "dpo": st.just({}),
            "merge": st.just({"method": "linear"}),
            "evaluate": st.just({"set": "questions.jsonl"}),
        },
    )
)
def test_no_stage_reads_what_none_before_it_has_made(sections: dict[str, Any]) -> None:
    recipe = Recipe.model_validate(SMALL | {"sample": SAMPLE} | sections)
    made = {"questions.jsonl", "runs/sqlite", "runs/duckdb"}
    for stage in planned_stages(recipe):
        before = list(stage.words)
        place = before.index("--out")
        read = {word.removeprefix("hf:") for word in before[:place] + before[place + 2 :] if "/" in word}
        assert {each.removesuffix("/preferences.jsonl") for each in read} <= made
        assert stage.out not in made
        made.add(stage.out)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"merges": {}}, "there is no 'merges:' in a recipe; there is merge."),
        ({"sft": None, "out": 3}, "out: input should be a valid string."),
        ({"dialects": {}}, "dialects: dictionary should have at least 1 item"),
        ({"dialects": {"sqlite": []}}, "dialects: name a run for sqlite to learn from."),
        ({"dialects": {"sqlit": ["runs/sqlite"]}}, "sqlit"),
        ({"dialects": {"sqlite": ["runs/duckdb"]}}, "is a run in duckdb."),
        ({"dialects": {"sqlite": ["runs/mysql"]}}, "dialects.sqlite: there is no runs/mysql in"),
        ({"sft": {"epoch": 2}}, "sft.epoch: there is no such option; there is epochs"),
        ({"sft": {"epochs": "two"}}, "sft: Invalid value for '--epochs'"),
        ({"sft": {"epochs": True}}, "sft.epochs: this option needs a value."),
        ({"sft": {"out": "there"}}, "sft.out: the graph says that itself; leave it out."),
        ({"sft": {"json": True}}, "sft.json: the graph says that itself; leave it out."),
        ({"sft": [1]}, "sft: "),
        ({"merge": {"gradient": 0.5, "method": "slerp"}}, "merge.gradient: this option is true or false."),
        ({"merge": {}}, "merge: Missing option '--method'."),
        ({"merge": {"method": "slurp"}}, "There is no method 'slurp'"),
        ({"merge": {"method": "slerp"}, "dialects": {"sqlite": ["runs/sqlite"]}}, "merge: there is but one expert"),
        ({"mixture": {"gate": "last"}}, "mixture: its attention comes from a merge"),
        ({"tune": {}}, "tune: it tunes a mixture, or a merge; add mixture:."),
        ({"merge": {"method": "slerp"}, "tune": {"weights": "gates"}}, "tune: a merge has no gates"),
        (MIXED | {"tune": {"weights": "gate"}}, "There are no weights 'gate'"),
        ({"sample": SAMPLE, "dpo": {"loss": "hing"}}, "There is no loss 'hing'"),
        (MIXED | {"mixture": {"gate": "first"}}, "There is no --gate 'first'"),
        (
            {"mixture": {"gate": "random"}, "merge": {"method": "slerp"}, "keywords": {"top": 3}},
            "keywords: no gates are",
        ),
        ({"merge": {"method": "slerp"}, "tune": {"balance": 0.1}}, "tune: a merge has no gates and experts; leave out"),
        ({"routing": {}}, "routing: it is a mixture's; add mixture:."),
        ({"model": "nowhere"}, "model: There is no folder nowhere: name one with a saved model."),
        ({"model": "no/where/at"}, "model: There is no folder no/where/at"),
        ({"model": "./nowhere"}, "model: There is no folder nowhere"),
        ({"model": "runs/sqlite"}, "model: runs/sqlite has no config.json: name one with a saved model."),
        ({"prepare": {"databases": "nodb"}}, "prepare: nodb is no folder: name the folder that holds the databases"),
        (
            {"prepare": {"writer": "nobody"}},
            "prepare: Nobody called 'nobody' translates: --writer takes sqlglot, rules",
        ),
        ({"prepare": {"db": "school"}}, "prepare: 'school' names no database: write --db NAME=DB"),
        ({"merge": {"method": "ties", "base": "nobase"}}, "merge: There is no folder nobase"),
        ({"merge": {"method": "linear", "weights": "1,2,3"}}, "merge: --weights takes a number for each model."),
        ({"merge": {"method": "linear", "weights": "one"}}, "merge: 'one' are no --weights: write them like 2,1,1."),
        ({"merge": {"method": "slerp", "shard-size": "2 apples"}}, "merge: '2 apples' is no size of a file"),
        (MIXED | {"mixture": {"shard-size": "2 apples"}}, "mixture: '2 apples' is no size of a file"),
        (MIXED | {"mixture": {"aux-loss": -1}}, "mixture: --aux-loss is not negative, as -1.0 is."),
        (MIXED | {"mixture": {"base": "nobase"}}, "mixture: There is no folder nobase"),
        (MIXED | {"mixture": {"keywords": "none.tsv"}}, "mixture: none.tsv cannot be read"),
        (
            MIXED | {"mixture": {"keywords": "words.tsv"}},
            "mixture: There are no keywords for duckdb, which --gate last",
        ),
        (MIXED | {"mixture": {"negatives": "none.tsv"}}, "mixture: none.tsv cannot be read"),
        (MIXED | {"routing": {"experts": "a,b,c"}}, "routing.experts: the graph says that itself; leave it out."),
        (
            MIXED | {"mixture": {"top-k": 1}, "tune": {"weights": "gates"}},
            "tune: with one expert for each token gates learn nothing from answers: let mixture have top-k: 2",
        ),
        ({"sft": {"batch": 3, "micro-batch": 2}}, "A batch of 3 cannot be cut into parts of"),
        ({"sft": {"learning-rate": -1}}, "sft: Nothing is learnt at a rate of -1"),
        ({"dpo": {}}, "dpo: it learns from preferences; add sample:"),
        ({"dpo": {}, "preferences": {"mysql": ["x"]}}, "preferences: there is no mysql among the dialects."),
        ({"rounds": 2}, "rounds: they sample; add a section sample:."),
        ({"rounds": -1, "sample": SAMPLE}, "rounds: input should be greater than or equal to 0."),
        ({"sample": {"n": 3}}, "'sample.set:' is missing."),
        ({"sample": {"set": "nowhere.json"}}, "sample.set: there is no nowhere.json in"),
        ({"sample": SAMPLE | {"n": 0}}, "sample: Invalid value for '-n' / '--n'"),
        ({"evaluate": {"set": "questions.jsonl", "stages": ["sfft"]}}, "evaluate.stages.0: input should be 'base', "),
        ({"launch": " "}, "launch: give the words that start Python."),
        ({"launch": 'accelerate "launch'}, 'launch: accelerate "launch is no command line (no closing quotation)'),
        ({"launch": "accelerat launch"}, "launch: there is no program 'accelerat' here."),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(change: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        planned(written(tmp_path, SMALL | change))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no recipe"),
        ("- model", "holds no recipe"),
        ("model: [", "is no YAML"),
        ("model: smollm2", "'out:' is missing."),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_recipe(written(tmp_path, text))


def test_the_example_is_a_recipe(tmp_path: Path) -> None:
    path = written(tmp_path, EXAMPLE.read_text())
    recipe = read_recipe(path)
    for dialect, runs in recipe.dialects.items():
        for run in runs:
            write_run(tmp_path / run, dialect)
    (tmp_path / "spider" / "database").mkdir(parents=True)
    for name in ("train_spider.json", "dev.json"):
        (tmp_path / "spider" / name).touch()
    assert {stage.kind for stage in planned(path)} >= {"sample", "dpo", "mixture", "tune", "evaluate"}
