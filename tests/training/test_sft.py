"""Supervised fine-tuning of real, tiny models: what it learns, what it leaves, and how it ends before its time."""

import json
import math
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import IsoglossError, UsageError

from .lessons_here import Stopped, example, save_small_model, silent
from .tiny_checkpoints import change_weights, weights_of

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

import torch
from isogloss.training.examples import write_examples
from isogloss.training.finetuning.journal import LogLine
from isogloss.training.sft import SftConfig, train_sft

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_loss_falls_and_the_folder_is_whole(config: SftConfig) -> None:
    lines: list[LogLine] = []
    summary = train_sft(config, lines.append)
    assert summary.last_loss is not None
    assert summary.first_loss is not None
    assert summary.last_loss < summary.first_loss - 0.1
    assert summary.best_held_out_loss is not None
    assert (summary.steps, summary.stopped_early) == (10, False)
    assert summary.train + summary.held_out + summary.left_out == 48
    assert [line.step for line in lines if line.loss is not None] == list(range(1, 11))
    assert [line.step for line in lines if line.held_out_loss is not None] == [2, 4, 6, 8, 10]
    written = [json.loads(line) for line in (config.out / "losses.jsonl").read_text().splitlines()]
    assert [each["loss"] for each in written] == [line.loss for line in lines]
    assert sorted(path.name for path in config.out.iterdir()) == [
        "README.md",
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "lineage.json",
        "loss.png",
        "losses.jsonl",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "training.json",
    ]
    assert not (config.out.parent / ".out.training").exists()
    assert weights_of(config.out).keys() == weights_of(Path(config.model)).keys()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        assert (config.out / name).read_bytes() == (Path(config.model) / name).read_bytes()
    lineage = json.loads((config.out / "lineage.json").read_text())
    assert lineage["made_by"] == "isogloss train sft"
    assert list(lineage["recipe"]["data"]) == [str(config.data[0])]


def test_the_weights_are_those_of_the_loss_on_completions_alone(config: SftConfig) -> None:
    """One step of plain AdamW on a loss written out here gives the same weights."""
    from isogloss.training.finetuning.lessons import read_lessons
    from isogloss.training.finetuning.source import load_model, load_tokenizer, open_source

    config = replace(config, steps=1, batch=48, held_out=0.0)
    summary = train_sft(config, silent)
    source = open_source(config.model)
    model = load_model(source)
    total, count = torch.zeros(()), 0
    for each in read_lessons(config, load_tokenizer(source)).train:
        logits = model(input_ids=torch.tensor([each.prompt + each.completion])).logits[0, len(each.prompt) - 1 : -1]
        total = total + torch.nn.functional.cross_entropy(logits, torch.tensor(each.completion), reduction="sum")
        count += len(each.completion)
    loss = total / count
    assert summary.first_loss == pytest.approx(loss.item(), abs=1e-5)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0).step()
    trained, expected = weights_of(config.out), model.state_dict()
    assert max((trained[name] - expected[name]).abs().max().item() for name in trained) < 1e-5


def test_the_head_is_computed_on_completions_alone(config: SftConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    from trl.trainer import utils

    scored: list[int] = []
    plain = utils._ChunkedLogProbFunction.apply

    def watched(hidden: torch.Tensor, *rest: Any) -> Any:
        scored.append(len(hidden))
        return plain(hidden, *rest)

    monkeypatch.setattr(utils._ChunkedLogProbFunction, "apply", watched)
    summary = train_sft(replace(config, epochs=1.0, steps=None, held_out=0.0), silent)
    assert sum(scored) == summary.trained < summary.tokens / 2


def test_micro_batches_change_nothing(config: SftConfig) -> None:
    train_sft(config, silent)
    train_sft(replace(config, micro_batch=2, out=config.out.parent / "micro"), silent)
    whole, parts = weights_of(config.out), weights_of(config.out.parent / "micro")
    assert max((whole[name] - parts[name]).abs().max().item() for name in whole) < 1e-5


def test_the_held_out_loss_is_the_mean_over_tokens_whatever_the_parts(config: SftConfig) -> None:
    from isogloss.training.finetuning.lessons import read_lessons
    from isogloss.training.finetuning.source import load_model, load_tokenizer, open_source

    texts = ("SELECT 1", f"SELECT {'a, ' * 40}b")
    write_examples(config.data[0], (example(number, texts[number // 24] + str(number)) for number in range(48)))
    config = replace(config, held_out=0.2, steps=1, learning_rate=1e-12)
    source = open_source(config.model)
    model, nats, tokens = load_model(source), 0.0, 0
    for each in read_lessons(config, load_tokenizer(source)).held_out:
        logits = model(input_ids=torch.tensor([each.prompt + each.completion])).logits[0, len(each.prompt) - 1 : -1]
        nats += torch.nn.functional.cross_entropy(logits, torch.tensor(each.completion), reduction="sum").item()
        tokens += len(each.completion)
    parts: list[dict[str, Any]] = [{"micro_batch": 1}, {"micro_batch": 8}, {"packing": True, "max_tokens": 400}]
    for number, changed in enumerate(parts):
        summary = train_sft(replace(config, **changed, out=config.out.parent / str(number)), silent)
        assert summary.best_held_out_loss == pytest.approx(nats / tokens, abs=1e-5)


def test_what_is_longer_than_the_model_takes_is_left_out(config: SftConfig, tmp_path: Path) -> None:
    long = example(48, f"SELECT {'a, ' * 40}b")
    write_examples(config.data[0], [*map(example, range(48)), long])
    short = save_small_model(tmp_path / "short", max_position_embeddings=80)
    summary = train_sft(replace(config, model=str(short), steps=1), silent)
    assert summary.too_long == 1
    assert summary.notes == ("Left out, being longer than 80 tokens, which is all that the model takes: 1.",)
    shorter = save_small_model(tmp_path / "shorter", max_position_embeddings=20)
    with pytest.raises(UsageError, match="more than the 20 tokens that the model takes: choose another model"):
        train_sft(replace(config, model=str(shorter), out=tmp_path / "other"), silent)


def test_packed_examples_do_not_see_each_other(config: SftConfig) -> None:
    config = replace(config, held_out=0.0, batch=48, steps=1)
    apart = train_sft(config, silent)
    packed = train_sft(replace(config, packing=True, max_tokens=400, out=config.out.parent / "packed"), silent)
    assert packed.first_loss == pytest.approx(apart.first_loss, abs=1e-5)


def test_adapters_are_merged_into_a_plain_model(config: SftConfig) -> None:
    summary = train_sft(replace(config, lora=4, learning_rate=0.02), silent)
    before, after = weights_of(Path(config.model)), weights_of(config.out)
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if "_proj" in name}
    assert summary.last_loss is not None
    assert summary.first_loss is not None
    assert summary.last_loss < summary.first_loss


def test_weights_keep_the_number_type_of_the_model(config: SftConfig, tmp_path: Path) -> None:
    short = save_small_model(tmp_path / "short", dtype=torch.bfloat16)
    train_sft(replace(config, model=str(short), steps=2), silent)
    assert {each.dtype for each in weights_of(config.out).values()} == {torch.bfloat16}


def test_it_stops_when_the_held_out_loss_rises_and_keeps_the_best(config: SftConfig) -> None:
    lines: list[LogLine] = []
    settings: dict[str, Any] = {"steps": 60, "patience": 2, "evaluate_every": 3, "learning_rate": 0.05}
    summary = train_sft(replace(config, **settings), lines.append)
    measured = {line.step: line.held_out_loss for line in lines if line.held_out_loss is not None}
    assert summary.stopped_early
    assert summary.steps < 60
    best = min(measured, key=lambda step: measured[step])
    assert summary.best_held_out_loss == measured[best]
    assert best < summary.steps
    again = replace(config, out=config.out.parent / "again", model=str(config.out), steps=1, evaluate_every=1)
    lines.clear()
    train_sft(replace(again, learning_rate=1e-12), lines.append)
    assert lines[-1].held_out_loss == pytest.approx(measured[best], abs=1e-4)


def test_a_loss_that_is_no_number_stops_it_and_says_where(config: SftConfig) -> None:
    def spoil(line: LogLine) -> None:
        if line.step == 5:
            raise Stopped

    with pytest.raises(Stopped):
        train_sft(config, spoil)
    checkpoint = config.out.parent / ".out.training/checkpoints/checkpoint-4"
    name = "model.norm.weight"
    change_weights(checkpoint, name, weights_of(checkpoint)[name] * math.nan)
    with pytest.raises(
        IsoglossError, match=r"The loss became nan in step 5 \(epoch 1\.\d\d\).*or after removing .*\.out"
    ):
        train_sft(config, silent)
    assert checkpoint.is_dir()
    assert not config.out.exists()


def test_a_disk_that_is_full_leaves_the_checkpoint_before_and_the_same_command_goes_on(config: SftConfig) -> None:
    train_sft(config, silent)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(line: LogLine) -> None:
        if line.step == 5:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))

    cut = replace(config, out=config.out.parent / "cut")
    try:
        with pytest.raises(
            IsoglossError, match=r"cut cannot be written: .*The checkpoint of step 4 is whole: the same"
        ):
            train_sft(cut, fill)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    left = config.out.parent / ".cut.training/checkpoints"
    assert sorted(path.name for path in left.iterdir()) == ["checkpoint-2", "checkpoint-4"]
    summary = train_sft(cut, silent)
    assert summary.steps == 10
    whole, resumed = weights_of(config.out), weights_of(cut.out)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    told = [(config.out / "losses.jsonl").read_text(), (cut.out / "losses.jsonl").read_text()]
    kept = [[(line["step"], line["loss"]) for line in map(json.loads, each.splitlines())] for each in told]
    assert kept[0] == kept[1]


def test_half_a_checkpoint_does_not_count(config: SftConfig) -> None:
    def stop(line: LogLine) -> None:
        if line.step == 7:
            raise Stopped

    with pytest.raises(Stopped):
        train_sft(config, stop)
    work = config.out.parent / ".out.training"
    (work / "checkpoints/checkpoint-6/whole").unlink()
    (work / "checkpoints/checkpoint-6/optimizer.pt").write_bytes(b"half")
    first: list[LogLine] = []
    assert train_sft(config, first.append).steps == 10
    assert first[0].step == 5


def stop_at_five(line: LogLine) -> None:
    if line.step == 5:
        raise Stopped


def test_other_settings_at_the_same_place_are_refused(config: SftConfig) -> None:
    with pytest.raises(Stopped):
        train_sft(config, stop_at_five)
    with pytest.raises(
        UsageError, match=r"\(seed was 0, now 1; batch was 8, now 4\)|\(batch was 8, now 4; seed was 0, now 1\)"
    ):
        train_sft(replace(config, seed=1, batch=4), silent)
    write_examples(config.data[0], map(example, range(30)))
    with pytest.raises(UsageError, match="data was"):
        train_sft(config, silent)


def test_another_model_at_the_same_place_is_refused(config: SftConfig, tmp_path: Path) -> None:
    config = replace(config, model=str(save_small_model(tmp_path / "changing")))
    with pytest.raises(Stopped):
        train_sft(config, stop_at_five)
    name = "model.norm.weight"
    change_weights(Path(config.model), name, weights_of(Path(config.model))[name] * 2)
    with pytest.raises(UsageError, match=r"other settings was begun there .*model_files was"):
        train_sft(config, silent)


def test_what_does_not_change_the_result_may_change_on_the_way(config: SftConfig) -> None:
    train_sft(config, silent)
    cut = replace(config, out=config.out.parent / "cut")
    with pytest.raises(Stopped):
        train_sft(cut, stop_at_five)
    steps: list[str] = []

    def watch(line: LogLine) -> None:
        if line.step == 8:
            steps.extend(path.name for path in (cut.out.parent / ".cut.training/checkpoints").iterdir())

    assert train_sft(replace(cut, micro_batch=2, save_every=3), watch).steps == 10
    assert "checkpoint-6" in steps
    assert set(steps) <= {"checkpoint-2", "checkpoint-4", "checkpoint-6"}
    whole, resumed = weights_of(config.out), weights_of(cut.out)
    assert max((whole[name] - resumed[name]).abs().max().item() for name in whole) < 1e-5


def test_before_there_is_a_checkpoint_other_settings_begin_anew(config: SftConfig) -> None:
    def stop(_: LogLine) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        train_sft(config, stop)
    lines: list[LogLine] = []
    assert train_sft(replace(config, steps=3, seed=1), lines.append).steps == 3
    assert lines[0].step == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"model": "nowhere"}, "There is no folder nowhere"),
        ({"precision": "fp8"}, "There is no precision 'fp8'"),
        ({"model": "gpt2"}, "There is no folder gpt2: .* as ORG/NAME"),
        ({"epochs": 0.0}, "no training of 0 epochs"),
        ({"epochs": math.nan}, "no training of nan epochs"),
        ({"learning_rate": 0.0}, "Nothing is learnt at a rate of 0"),
        ({"learning_rate": -1e-3}, "Nothing is learnt at a rate of -0.001"),
        ({"learning_rate": math.nan}, "Nothing is learnt at a rate of nan"),
        ({"micro_batch": 3}, "A batch of 8 cannot be cut into parts of 1 x 3"),
        ({"patience": 2, "held_out": 0.0}, "--patience needs examples held out"),
        ({"patience": 2, "save_every": 5}, "leave out --save-every"),
        ({"held_out": 1.0}, "A share of 1 cannot be held out"),
    ],
)
def test_settings_that_cannot_be_are_told(config: SftConfig, changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        train_sft(replace(config, **changed), silent)
    assert [path.name for path in config.out.parent.iterdir()] == ["rows.jsonl"]


def test_a_place_that_is_taken_is_refused(config: SftConfig) -> None:
    config.out.mkdir()
    (config.out / "thesis.txt").write_text("all of it")
    with pytest.raises(UsageError, match="exists already"):
        train_sft(config, silent)


def test_a_place_that_is_a_link_is_refused(config: SftConfig, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    config.out.symlink_to(tmp_path / "empty")
    with pytest.raises(UsageError, match="out is a link: give the folder itself"):
        train_sft(config, silent)


def with_settings(folder: Path, **changed: Any) -> Path:
    """Save a model whose configuration says otherwise."""
    path = save_small_model(folder) / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    return folder


def test_a_model_that_cannot_be_trained_is_refused(config: SftConfig, tmp_path: Path) -> None:
    half = save_small_model(tmp_path / "half")
    change_weights(half, "model.layers.1.mlp.up_proj.weight", None)
    change_weights(half, "lm_head.weight", None)
    refused = {
        half: r"half lacks lm_head\.weight and 1 more: name a folder with a whole model",
        with_settings(tmp_path / "narrow", intermediate_size=48): "lacks .* and 5 more of the shape that",
        with_settings(tmp_path / "short", quantization_config={"quant_method": "gptq", "bits": 4}): "are quantised",
    }
    for folder, sentence in refused.items():
        with pytest.raises(UsageError, match=sentence):
            train_sft(replace(config, model=str(folder)), silent)


def test_a_tied_head_is_no_weight_that_is_lacking(config: SftConfig, tmp_path: Path) -> None:
    tied = save_small_model(tmp_path / "tied", tie_word_embeddings=True)
    assert "lm_head.weight" not in weights_of(tied)
    assert train_sft(replace(config, model=str(tied), steps=1), silent).steps == 1


@pytest.mark.parametrize("where", ["completion_trainer", "load_model"])
def test_too_little_memory_is_told_also_while_the_model_is_loaded(
    config: SftConfig, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A CPU has no error of its own for it: this one is real."""
    monkeypatch.setattr(f"isogloss.training.sft.{where}", lambda *_: torch.empty(10**15))
    with pytest.raises(IsoglossError, match="The memory does not suffice: give a smaller --micro-batch"):
        train_sft(config, silent)


def test_a_model_without_safetensors_is_refused(config: SftConfig, tmp_path: Path) -> None:
    folder = save_small_model(tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UsageError, match="has no weights as safetensors"):
        train_sft(replace(config, model=str(folder)), silent)
