"""Tuning mixtures of tiny models: what learns, what stays, and that the balance is in the loss once."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from isogloss.tools.errors import UsageError

from ..command_line import isogloss
from .lessons_here import Stopped, save_small_model, silent, write_numbered
from .mixture_models import logits_of, mixed, save_experts
from .tiny_checkpoints import change_weights, weights_of

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

import torch
from isogloss.training.finetuning.journal import LogLine
from isogloss.training.finetuning.lessons import read_lessons
from isogloss.training.finetuning.source import load_model, load_tokenizer, open_source
from isogloss.training.finetuning.tune_config import TuneConfig
from isogloss.training.sft import SftConfig, train_sft
from isogloss.training.tuning import train_tune

ARCHITECTURES = ("Llama", "Qwen2", "Qwen3")  # one for each kind of mixture
GATES, EXPERTS = {"mlp.gate.weight"}, {"mlp.gate.weight", "mlp.experts.gate_up_proj", "mlp.experts.down_proj"}
ATTENTION = {f"self_attn.{name}_proj.weight" for name in "qkvo"}
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a mixture of each architecture, and one that gives each token to one expert."""
    place = tmp_path_factory.mktemp("mixtures")
    for architecture in ARCHITECTURES:
        models = save_experts(place / "experts" / architecture, architecture, max_position_embeddings=512)
        mixed(place / architecture, models)
    mixed(place / "single", save_experts(place / "short", max_position_embeddings=512), top_k=1)
    return place


@pytest.fixture
def config(mixtures: Path, tmp_path: Path) -> TuneConfig:
    """Settings of a training of eight steps."""
    data = write_numbered(tmp_path / "rows.jsonl", 48)
    more: dict[str, Any] = {"learning_rate": 5e-3, "steps": 8, "precision": "float32"}
    return TuneConfig(model=str(mixtures / "Llama"), data=(data,), out=tmp_path / "out", **more)


def stop_at_six(line: LogLine) -> None:
    if line.step == 6:
        raise Stopped


def changed(before: Path, after: Path) -> set[str]:
    """Return which tensors differ in a bit, as their names go within a layer."""
    first, second = weights_of(before), weights_of(after)
    assert first.keys() == second.keys()
    return {name.removeprefix("model.layers.")[2:] for name in first if not torch.equal(first[name], second[name])}


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("weights", "rank", "learns"),
    [
        ("gates", None, GATES),
        ("experts", None, EXPERTS),
        ("experts", 4, EXPERTS),
        ("all", 4, EXPERTS | ATTENTION),
    ],
)
def test_what_is_chosen_learns_and_the_rest_stays_bit_for_bit(
    config: TuneConfig, mixtures: Path, architecture: str, weights: str, rank: int | None, learns: set[str]
) -> None:
    lines: list[LogLine] = []
    wishes: dict[str, Any] = {"model": str(mixtures / architecture), "weights": weights, "lora": rank}
    train_tune(replace(config, **wishes), lines.append)
    assert changed(mixtures / architecture, config.out) == learns
    assert loss_of(config, config.out)[0] < loss_of(config, mixtures / architecture)[0]
    assert (config.out / "config.json").read_bytes() == (mixtures / architecture / "config.json").read_bytes()
    assert json.loads((config.out / "lineage.json").read_text())["made_by"] == "isogloss train tune"
    held_out = [line.held_out_loss for line in lines if line.held_out_loss is not None][-1]
    assert loss_of(config, config.out, held_out=True)[0] == pytest.approx(held_out, abs=2e-4)  # adapters merged or not


def test_supervised_training_of_a_mixture_has_no_balance_in_its_loss(config: TuneConfig) -> None:
    config = replace(config, steps=1, batch=48, held_out=0.0)
    own = json.loads((Path(config.model) / "config.json").read_text())["router_aux_loss_coef"]
    loss, balance = loss_of(config, Path(config.model))
    told = {name: value for name, value in vars(config).items() if name not in ("weights", "balance")}
    assert train_sft(SftConfig(**told), silent).first_loss == pytest.approx(loss - own * balance, abs=2e-5)


def test_all_weights_learn(config: TuneConfig) -> None:
    train_tune(config, silent)
    assert changed(Path(config.model), config.out) >= EXPERTS | ATTENTION | {"input_layernorm.weight"}
    assert logits_of(config.out).isfinite().all()


def loss_of(config: TuneConfig, folder: Path, held_out: bool = False) -> tuple[float, float]:
    """Return the loss on completions by plain Transformers, with what it adds for balance, and the balance alone."""
    source = open_source(str(folder))
    lessons = read_lessons(config, load_tokenizer(source))
    rows = [each.columns() for each in (lessons.held_out if held_out else lessons.train)]
    longest = max(len(row["input_ids"]) for row in rows)

    def padded(name: str, value: int) -> torch.Tensor:
        return torch.tensor([row[name] + [value] * (longest - len(row[name])) for row in rows])

    mask = torch.tensor([[int(i < len(row["input_ids"])) for i in range(longest)] for row in rows])
    model = load_model(source)
    with torch.no_grad():
        told = model(
            input_ids=padded("input_ids", 0),
            attention_mask=mask,
            labels=padded("labels", -100),
            output_router_logits=True,
        )
    return float(told.loss), float(told.aux_loss)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_balance_is_in_the_loss_once(config: TuneConfig, mixtures: Path, architecture: str) -> None:
    """By plain Transformers, which adds the model's own coefficient times the balance."""
    folder = mixtures / architecture
    own = json.loads((folder / "config.json").read_text()).get("router_aux_loss_coef", 0.001)
    config = replace(config, model=str(folder), steps=1, batch=48, held_out=0.0)
    loss, balance = loss_of(config, folder)
    for coefficient in (None, 0.0, 0.5):
        lines: list[LogLine] = []
        out = config.out.parent / str(coefficient)
        summary = train_tune(replace(config, balance=coefficient, out=out), lines.append)
        used = own if coefficient is None else coefficient
        assert summary.first_loss == pytest.approx(loss + (used - own) * balance, abs=2e-5)
        assert lines[0].measures.get("aux_loss") == (pytest.approx(balance, abs=1e-5) if used else None)
        assert json.loads((out / "training.json").read_text())["settings"]["balance"] == used


def test_the_balance_keeps_the_work_even(config: TuneConfig) -> None:
    even: list[LogLine] = []
    train_tune(replace(config, weights="gates", balance=10.0, steps=30), even.append)
    balances = [line.measures["aux_loss"] for line in even if line.loss is not None]
    assert balances[-1] < balances[0] - 0.01


@pytest.mark.parametrize(("weights", "rank"), [("gates", None), ("experts", 4)])
def test_stopped_and_resumed_it_ends_with_the_same_weights(config: TuneConfig, weights: str, rank: int | None) -> None:
    config = replace(config, weights=weights, lora=rank, save_every=2)
    cut = replace(config, out=config.out.parent / "cut")
    with pytest.raises(Stopped):
        train_tune(cut, stop_at_six)
    if weights == "gates":
        kept = config.out.parent / ".cut.training/checkpoints/checkpoint-4/optimizer.pt"
        states = torch.load(kept, weights_only=True)["state"].values()
        assert [state["exp_avg"].shape for state in states] == [(3, 32)] * 3  # a router for each layer, and no more
    lines: list[LogLine] = []
    assert train_tune(cut, lines.append).steps == 8
    assert lines[0].step in (5, 6)
    train_tune(config, silent)
    assert changed(config.out, cut.out) == set()


def test_a_model_without_experts_is_trained_as_by_sft(config: TuneConfig, tmp_path: Path) -> None:
    dense = str(save_small_model(tmp_path / "dense"))
    train_tune(replace(config, model=dense), silent)
    told = {name: value for name, value in vars(config).items() if name not in ("weights", "balance")}
    train_sft(SftConfig(**{**told, "model": dense, "out": tmp_path / "sft"}), silent)
    assert changed(config.out, tmp_path / "sft") == set()


def test_the_command_tells_what_was_done(mixtures: Path, tmp_path: Path) -> None:
    write_numbered(tmp_path / "rows.jsonl", 24)
    words = ("--model", str(mixtures / "Llama"), "--weights", "gates", "--steps", "2", "--out", "tuned", "--json")
    run = isogloss("train", "tune", "rows.jsonl", *words, cwd=tmp_path, OMP_NUM_THREADS="1")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["steps"] == 2
    assert changed(mixtures / "Llama", tmp_path / "tuned") == GATES


def test_one_expert_for_each_token_teaches_no_gates(config: TuneConfig, mixtures: Path) -> None:
    """Its weight is 1 whatever the router gives it, so that no gradient comes back."""
    single = replace(config, model=str(mixtures / "single"))
    with pytest.raises(UsageError, match="its gates learn nothing from answers: mix it with --top-k 2"):
        train_tune(replace(single, weights="gates"), silent)
    summary = train_tune(replace(single, weights="experts"), silent)
    assert any("taught the gates nothing" in note for note in summary.notes)
    gradients = []
    for folder in (mixtures / "single", mixtures / "Llama"):
        model, ids = load_model(open_source(str(folder))), torch.arange(50)[None]
        model(input_ids=ids, labels=ids).loss.backward()
        gradients.append(model.model.layers[0].mlp.gate.weight.grad.abs().max().item())
    assert gradients[0] < 1e-7 < 1e-4 < gradients[1]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"weights": "routers"}, "There are no weights 'routers': choose gates, experts or all"),
        ({"weights": "gates", "lora": 4}, "Gates are small and learn whole: leave out --lora"),
        ({"balance": -1.0}, "does not make work even"),
        ({"balance": math.nan}, "does not make work even"),
        ({"model": "dense", "weights": "gates"}, "dense has no experts: leave out --weights and --balance"),
        ({"model": "dense", "balance": 0.1}, "dense has no experts"),
    ],
)
def test_settings_that_cannot_be_are_told(
    config: TuneConfig, wrong: dict[str, Any], sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    save_small_model(tmp_path / "dense")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=sentence):
        train_tune(replace(config, **wrong), silent)
    assert not config.out.exists()


def test_a_mixture_that_lacks_a_router_is_refused(config: TuneConfig, tmp_path: Path) -> None:
    half = tmp_path / "half"
    shutil.copytree(config.model, half)
    gate = next(name for name in weights_of(half) if name.endswith(".gate.weight"))
    change_weights(half, gate, None)
    with pytest.raises(UsageError, match=r"half lacks .*gate\.weight: name a folder with a whole model"):
        train_tune(replace(config, model=str(half)), silent)


@pytest.mark.parametrize("rank", [None, 4])
def test_weights_keep_their_number_type_and_a_tied_head_is_saved_once(
    config: TuneConfig, tmp_path: Path, rank: int | None
) -> None:
    settings: dict[str, Any] = {"max_position_embeddings": 512, "tie_word_embeddings": True, "dtype": torch.bfloat16}
    mixed(tmp_path / "tied", save_experts(tmp_path / "experts", **settings))
    wishes: dict[str, Any] = {"model": str(tmp_path / "tied"), "lora": rank, "steps": 1, "precision": "bf16"}
    train_tune(replace(config, **wishes), silent)
    assert changed(tmp_path / "tied", config.out)
    assert {each.dtype for each in weights_of(config.out).values()} == {torch.bfloat16}
    assert logits_of(config.out).isfinite().all()
