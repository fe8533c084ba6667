"""What a training is said to come to."""

from typing import Any

from isogloss.graphs.training.recipe import Recipe
from isogloss.graphs.training.report import TrainingReport, training_report
from isogloss.graphs.training.report_files import best_models, dialect_tables, markdown, overview
from isogloss.graphs.training.run import planned_stages
from isogloss.graphs.training.stages import Stage
from isogloss.graphs.training.state import Done, TrainingState

RECIPE = Recipe.model_validate(
    {
        "model": "smollm2",
        "out": "trained",
        "dialects": {"postgres": ["a"], "sqlite": ["b"]},
        "sft": {},
        "sample": {"set": "questions.jsonl"},
        "merge": {"method": "slerp"},
        "evaluate": {"set": "questions.jsonl"},
    }
)
RIGHT = {"base": 2, "sft": 5, "sft of round 1": 4, "merge": 7}  # of ten
TRAINED = {
    "first_loss": 1.24, "last_loss": 0.08, "best_held_out_loss": 0.5, "tokens_per_second": 210.0,
    "stopped_early": True, "notes": ["3 examples are too long"],
}  # fmt: skip


def result(stage: Stage) -> dict[str, Any]:
    match stage.kind:
        case "prepare":
            return {"examples": 1200}
        case "sft":
            return TRAINED
        case "sample":
            return {"data": {"valid": int(stage.dialect == "sqlite"), "preferences": 3}}
        case "merge":
            return {"branches": {"slerp": {"share": 0.25}, "lerp": {"share": 0.75}}}
    model = f"{stage.subject} of round {stage.round}" if stage.round else stage.subject
    value = RIGHT[model] / 10
    gain = value - RIGHT["base"] / 10
    counts = {"questions": 10, "first": value, "second": 0.2, "first_better": 5, "second_better": 1, "p_value": 0.04}
    test = {**counts, "difference": {"value": gain, "low": gain - 0.1, "high": gain + 0.1}}
    estimate = {"value": value, "low": value - 0.1, "high": value + 0.1}
    return {"accuracy": {"estimate": estimate, "questions": 10}, "against": None if model == "base" else {"test": test}}


def reported() -> TrainingReport:
    done: list[Done] = []

    def do(stage: Stage) -> Done:
        done.append(stage.done(60.0, result(stage)))
        return done[-1]

    planned_stages(RECIPE, do)
    return training_report(RECIPE, TrainingState(done=done))


def test_the_best_model_of_each_dialect_comes_first() -> None:
    report = reported()
    assert [(score.dialect, score.model) for score in report.scores] == [
        *(("postgres", model) for model in ("merge", "sft", "base")),  # no sample of it was right: there is no round 1
        *(("sqlite", model) for model in ("merge", "sft", "sft of round 1", "base")),
    ]
    assert [score.folder for score in report.scores if score.dialect == "sqlite"] == [
        *("trained/merge", "trained/sqlite/sft", "trained/sqlite/sft-1", "smollm2"),
    ]
    assert report.next == ["isogloss doctor --model hf:trained/merge"]
    assert best_models(report)[1] == (
        "sqlite: best is merge, 70.0 % (60.0-80.0), +50.0 (+40.0 to +60.0) points against base, p = 0.04."
    )


def test_the_overview_goes_from_the_first_model_to_the_last() -> None:
    table = overview(reported())
    assert table.header == ("model", "postgres", "sqlite")
    assert [row[0] for row in table.rows] == ["base", "sft", "sft of round 1", "merge"]
    assert table.rows[2] == ("sft of round 1", "", "40.0 % (30.0-50.0)")
    assert [row[-2:] for row in dialect_tables(reported())[0].rows][-1] == ("", "")


def test_a_reader_learns_what_each_stage_came_to() -> None:
    text = markdown(reported())
    assert "| sft sqlite | loss 1.24 → 0.08, held out 0.50, 210 tok/s, stopped early | 0:01:00 |" in text
    assert "| prepare postgres | 1,200 examples | 0:01:00 |" in text
    assert "| merge | slerp 25 %, lerp 75 % | 0:01:00 |" in text
    assert "sample postgres · round 1: not one right query was found." in text
    assert "sft sqlite: 3 examples are too long" in text


def test_what_the_mining_of_keywords_noted_is_told() -> None:
    stages = planned_stages(RECIPE.model_copy(update={"mixture": {}, "evaluate": None, "sample": None}))
    mined = {"queries": {"postgres": 40, "sqlite": 40}, "notes": ["sqlite has those of its tutorial"]}
    done = [stage.done(1.0, mined if stage.kind == "keywords" else {}) for stage in stages]
    assert training_report(RECIPE, TrainingState(done=done)).notes == ["keywords: sqlite has those of its tutorial"]


def test_a_stage_whose_numbers_are_lost_has_none() -> None:
    stages = planned_stages(RECIPE.model_copy(update={"evaluate": None, "sample": None}))
    report = training_report(RECIPE, TrainingState(done=[stage.done(0.0, {}) for stage in stages]))
    assert not report.scores
    assert {stage.facts for stage in report.stages} == {""}
    assert report.next == ["isogloss doctor --model hf:trained/merge"]
