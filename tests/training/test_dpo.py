"""Preference training of real, tiny models: what they come to prefer, and how it ends before its time."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import UsageError
from isogloss.training.prompt_format import FORMAT, completion_messages

from ..command_line import isogloss
from .lessons_here import DATABASES, TEMPLATES, Stopped, silent
from .tiny_checkpoints import weights_of

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

import torch
from isogloss.training.dpo import train_dpo
from isogloss.training.finetuning.dpo_config import DpoConfig
from isogloss.training.finetuning.journal import LogLine
from isogloss.training.finetuning.pairs import read_pairs
from isogloss.training.finetuning.source import load_model, load_tokenizer, open_source

pytestmark = pytest.mark.usefixtures("one_thread")


def preference(number: int, wrong: str = "", **changed: Any) -> dict[str, Any]:
    """Return a pair for a question; its database and the shape of its queries follow from its number."""
    said = f"SELECT {', '.join('a' * (1 + number % TEMPLATES))} FROM t{number}"
    return {
        "id": f"{number}{wrong}",
        "prompt": [{"role": "user", "content": f"Question {number}?"}],
        "chosen": completion_messages(said),
        "rejected": completion_messages(f"{said} LIMIT 1{wrong}"),
        "grade": "runs but differs",
        "dialect": "sqlite",
        "database": f"db{number // TEMPLATES % DATABASES}",
        "plain": f"Question {number}?\n",
        "prompt_format": FORMAT,
        **changed,
    }


def written(path: Path, *preferences: dict[str, Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in preferences))
    return path


@pytest.fixture
def config(model: Path, tmp_path: Path) -> DpoConfig:
    """Settings of a training of ten steps."""
    data = written(tmp_path / "pairs.jsonl", *map(preference, range(48)))
    return DpoConfig(
        model=str(model), data=(data,), out=tmp_path / "out", learning_rate=1e-3, steps=10, precision="float32"
    )


def test_the_model_comes_to_prefer_what_is_chosen(config: DpoConfig) -> None:
    lines: list[LogLine] = []
    summary = train_dpo(config, lines.append)
    steps = [line for line in lines if line.loss is not None]
    assert steps[0].loss == pytest.approx(math.log(2), abs=1e-6)  # at first it is the model that it is compared with
    assert steps[0].measures["rewards/margins"] == 0.0
    assert summary.last_loss is not None
    assert summary.last_loss < math.log(2) - 0.05
    assert steps[-1].measures["rewards/margins"] > 0.1
    assert steps[-1].measures["rewards/accuracies"] == 1.0
    measured = [line for line in lines if line.held_out_loss is not None]
    assert [line.step for line in measured] == [2, 4, 6, 8, 10]
    assert measured[-1].measures["rewards/margins"] > measured[0].measures["rewards/margins"]
    assert (summary.first_margin, summary.last_margin) == (0.0, steps[-1].measures["rewards/margins"])
    assert weights_of(config.out).keys() == weights_of(Path(config.model)).keys()
    assert (config.out / "config.json").read_bytes() == (Path(config.model) / "config.json").read_bytes()
    assert json.loads((config.out / "lineage.json").read_text())["made_by"] == "isogloss train dpo"
    assert "the sigmoid loss of pairs" in (config.out / "README.md").read_text()


def log_probability(model: Any, prompt: list[int], said: list[int]) -> torch.Tensor:
    logits = model(input_ids=torch.tensor([prompt + said])).logits[0, len(prompt) - 1 : -1]
    return logits.log_softmax(-1).gather(1, torch.tensor(said)[:, None]).sum()


def test_two_steps_are_those_of_the_formula(config: DpoConfig) -> None:
    """Plain AdamW on equation 7 of the paper, written out here, gives the same loss and weights."""
    config = replace(config, steps=2, batch=48, held_out=0.0, beta=0.3)
    lines: list[LogLine] = []
    train_dpo(config, lines.append)
    source = open_source(config.model)
    model, reference = load_model(source), load_model(source)
    pairs = read_pairs(config, load_tokenizer(source)).train
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    for line, rate in zip(lines, (1e-3, 0.5e-3), strict=True):
        losses = []
        for pair in pairs:
            with torch.no_grad():
                before = [
                    log_probability(reference, each.prompt, each.completion) for each in (pair.chosen, pair.rejected)
                ]
            now = [log_probability(model, each.prompt, each.completion) for each in (pair.chosen, pair.rejected)]
            rewards = [0.3 * (after - first) for after, first in zip(now, before, strict=True)]
            losses.append(-torch.nn.functional.logsigmoid(rewards[0] - rewards[1]))
        loss = torch.stack(losses).mean()
        assert line.loss == pytest.approx(loss.item(), abs=1e-5)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    trained, expected = weights_of(config.out), model.state_dict()
    assert max((trained[name] - expected[name]).abs().max().item() for name in trained) < 1e-4


@pytest.mark.parametrize(
    ("changed", "first"),
    [({"loss": "ipo"}, 25.0), ({"loss": "hinge"}, 1.0), ({"lora": 4}, math.log(2)), ({"micro_batch": 2}, math.log(2))],
)
def test_losses_begin_where_their_formulas_say(config: DpoConfig, changed: dict[str, Any], first: float) -> None:
    summary = train_dpo(replace(config, **changed, learning_rate=3e-3), silent)
    assert summary.first_loss == pytest.approx(first, abs=1e-5)
    assert summary.last_loss is not None
    assert summary.last_loss < first
    assert weights_of(config.out).keys() == weights_of(Path(config.model)).keys()


def test_the_supervised_loss_is_added(config: DpoConfig) -> None:
    config = replace(config, steps=1, batch=48, held_out=0.0, sft=0.5)
    summary = train_dpo(config, silent)
    source = open_source(config.model)
    model, pairs = load_model(source), read_pairs(config, load_tokenizer(source)).train
    with torch.no_grad():
        said = sum(log_probability(model, each.chosen.prompt, each.chosen.completion).item() for each in pairs)
    nats = -said / sum(len(each.chosen.completion) for each in pairs)
    assert summary.first_loss == pytest.approx(math.log(2) + 0.5 * nats, abs=1e-5)


def test_stopped_and_resumed_it_ends_with_the_same_weights(config: DpoConfig) -> None:
    def stop(line: LogLine) -> None:
        if line.step == 7:
            raise Stopped

    cut = replace(config, out=config.out.parent / "cut")
    with pytest.raises(Stopped):
        train_dpo(cut, stop)
    lines: list[LogLine] = []
    summary = train_dpo(cut, lines.append)
    assert (lines[0].step, summary.steps) == (7, 10)
    assert summary.first_loss == pytest.approx(math.log(2), abs=1e-6)
    train_dpo(config, silent)
    whole, resumed = weights_of(config.out), weights_of(cut.out)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_what_takes_no_part_is_counted_and_a_question_is_on_one_side(config: DpoConfig) -> None:
    pairs = [preference(number, wrong, database="db") for wrong in ("", "0") for number in range(48)]
    long = preference(50, "0" * 400)
    data = written(config.data[0], *pairs, pairs[0], pairs[1], long)
    settings = replace(config, data=(data,), held_out=0.2, max_tokens=200)
    read = read_pairs(settings, load_tokenizer(open_source(config.model)))
    counts = read.counts
    assert (counts.duplicates, counts.too_long) == (2, 1)
    assert counts.train + counts.held_out == 96
    assert counts.held_out > 0
    assert counts.trained < counts.tokens == sum(len(pair.chosen) + len(pair.rejected) for pair in read.train)
    sides = [{tuple(pair.chosen.prompt) for pair in part} for part in (read.train, read.held_out)]
    assert not sides[0] & sides[1]


def test_databases_that_models_are_evaluated_on_are_told(config: DpoConfig) -> None:
    written(config.data[0], *(preference(number, evaluation_database=number < 6) for number in range(48)))
    read = read_pairs(replace(config, held_out=0.0), load_tokenizer(open_source(config.model)))
    assert read.counts.notes == ("On databases that models are evaluated on: 6.",)


def test_of_a_run_the_file_is_read_and_nothing_is_cached(
    config: DpoConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    for name in ("temporary", "cache"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    written(tmp_path / "run/preferences.jsonl", *map(preference, range(8)))
    summary = train_dpo(replace(config, data=(tmp_path / "run",), steps=1), silent)
    assert summary.train + summary.held_out + summary.left_out == 8
    assert [path for name in ("temporary", "cache") for path in (tmp_path / name).rglob("*")] == []


def test_the_command_tells_how_the_margin_grew(config: DpoConfig) -> None:
    words = ("--model", config.model, "--lora", "4", "--steps", "4", "--out", "preferring")
    place = config.out.parent
    run = isogloss("train", "dpo", "pairs.jsonl", *words, cwd=place, OMP_NUM_THREADS="1")
    assert run.returncode == 0, run.stderr
    assert "margin" in run.stdout
    assert "trained preferring: 4 steps" in run.stdout
    assert run.stdout.splitlines()[-1] == "next: isogloss eval SET --dialect NAME --generator hf:preferring"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"loss": "dpo"}, "There is no loss 'dpo': choose sigmoid, ipo or hinge"),
        ({"beta": 0.0}, "With a --beta of 0 nothing is preferred"),
        ({"beta": math.nan}, "With a --beta of nan nothing is preferred"),
        ({"beta": math.inf}, "With a --beta of inf nothing is preferred"),
        ({"sft": -1.0}, "teaches nothing"),
        ({"sft": math.nan}, "teaches nothing"),
        ({"max_tokens": 20}, "Every example has more than 20 tokens: give --max-tokens "),
        ({"model": "nowhere"}, "There is no folder nowhere"),
    ],
)
def test_settings_that_cannot_be_are_told(config: DpoConfig, changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        train_dpo(replace(config, **changed), silent)
    assert [path.name for path in config.out.parent.iterdir()] == ["pairs.jsonl"]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([], "holds no preferences"),
        ([preference(1, rejected=preference(1)["chosen"])], "line 1 has the same query to prefer and to avoid"),
        ([preference(1), preference(1)], "Every example is the same"),
    ],
)
def test_data_that_cannot_be_trained_on_is_told(config: DpoConfig, pairs: list[dict[str, Any]], sentence: str) -> None:
    written(config.data[0], *pairs)
    with pytest.raises(UsageError, match=sentence):
        train_dpo(config, silent)
