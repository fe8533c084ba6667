"""Mixing saved models: what is in the folder, and that Transformers loads it and computes what it should."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

from isogloss.tools.errors import UsageError  # noqa: E402
from isogloss.training.mixture.config import GATES  # noqa: E402

from .mixture_models import ARCHITECTURES, HIDDEN, KEYWORDS, LAYERS, logits_of, mixed, save_experts  # noqa: E402
from .tiny_checkpoints import change_weights, save_checkpoint, weights_of  # noqa: E402

MLP = "model.layers.1.mlp."


@pytest.fixture(scope="module", params=ARCHITECTURES)
def models(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a base and three experts of an architecture."""
    return save_experts(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def llamas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return save_experts(tmp_path_factory.mktemp("llamas"))


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_identical_experts_give_the_logits_of_the_dense_model(
    models: dict[str, Path], tmp_path: Path, gate: str, top_k: int
) -> None:
    same = dict.fromkeys(("base", *KEYWORDS), models["base"])
    mixed(tmp_path / "out", same, gate, top_k=top_k)
    assert (logits_of(tmp_path / "out") - logits_of(models["base"])).abs().max() <= 1e-5


def test_every_tensor_is_the_one_it_was_taken_from_bit_for_bit(models: dict[str, Path], tmp_path: Path) -> None:
    mixed(tmp_path / "out", models)
    made, base = weights_of(tmp_path / "out"), weights_of(models["base"])
    outside = {name for name in base if ".mlp." not in name}
    assert outside == {name for name in made if ".mlp." not in name}
    assert all(torch.equal(made[name], base[name]) for name in outside)
    for number, dialect in enumerate(KEYWORDS):
        own = weights_of(models[dialect])
        gate_up = torch.cat([own[f"{MLP}gate_proj.weight"], own[f"{MLP}up_proj.weight"]])
        assert torch.equal(made[f"{MLP}experts.gate_up_proj"][number], gate_up)
        assert torch.equal(made[f"{MLP}experts.down_proj"][number], own[f"{MLP}down_proj.weight"])
    assert made[f"{MLP}gate.weight"].shape == (3, HIDDEN)


def test_saved_again_by_transformers_it_is_the_same(models: dict[str, Path], tmp_path: Path) -> None:
    mixed(tmp_path / "out", models, shard_bytes=30_000)
    assert len(list((tmp_path / "out").glob("model-*-of-*.safetensors"))) > 1
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    loaded = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    loaded.save_pretrained(tmp_path / "again")
    tokenizer.save_pretrained(tmp_path / "again")
    ours, theirs = weights_of(tmp_path / "out"), weights_of(tmp_path / "again")
    assert {name: each.shape for name, each in ours.items()} == {name: each.shape for name, each in theirs.items()}
    assert torch.equal(logits_of(tmp_path / "out"), logits_of(tmp_path / "again"))


@pytest.mark.parametrize("gate", GATES)
def test_the_gates_are_of_unit_length(llamas: dict[str, Path], tmp_path: Path, gate: str) -> None:
    mixed(tmp_path / "out", llamas, gate)
    lengths = torch.stack(
        [weights_of(tmp_path / "out")[f"model.layers.{i}.mlp.gate.weight"].norm(dim=-1) for i in range(LAYERS)]
    )
    assert torch.allclose(lengths, torch.full((LAYERS, 3), 0.01 if gate == "uniform" else 1.0), atol=1e-6)


def test_the_configuration_says_what_routes(models: dict[str, Path], tmp_path: Path) -> None:
    mixed(tmp_path / "out", models, top_k=1, aux_loss=0.02)
    told = json.loads((tmp_path / "out" / "config.json").read_text())
    dense = json.loads((models["base"] / "config.json").read_text())
    assert (told["num_experts_per_tok"], told["router_aux_loss_coef"], told["output_router_logits"]) == (1, 0.02, False)
    assert told.get("num_experts", told.get("num_local_experts")) == 3
    assert told["architectures"] == [told["model_type"].title().replace("_", "").replace("moe", "Moe") + "ForCausalLM"]
    shared = "hidden_size rope_parameters rms_norm_eps tie_word_embeddings vocab_size dtype eos_token_id".split()
    assert {key: told[key] for key in shared} == {key: dense[key] for key in shared}


@pytest.mark.parametrize(
    ("architecture", "changed"),
    [
        ("Llama", {"tie_word_embeddings": True}),
        ("Qwen2", {"tie_word_embeddings": True}),
        ("Llama", {"head_dim": 16}),
        ("Llama", {"rope_parameters": {"rope_type": "linear", "rope_theta": 1e5, "factor": 4.0}}),
        (
            "Llama",
            {
                "rope_parameters": {
                    "rope_type": "llama3",
                    "rope_theta": 5e5,
                    "factor": 8.0,
                    "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0,
                    "original_max_position_embeddings": 32,
                }
            },
        ),
        ("Mistral", {"sliding_window": 8}),
        ("Mistral", {"sliding_window": None}),
        ("Qwen2", {"use_sliding_window": True, "sliding_window": 8, "max_window_layers": 2}),
        ("Qwen3", {"attention_bias": True}),
        ("Qwen3", {"head_dim": 16}),
        ("Llama", {"hidden_act": "gelu", "rms_norm_eps": 1e-3}),
    ],
)
def test_what_else_a_model_is_configured_for_stays(tmp_path: Path, architecture: str, changed: dict[str, Any]) -> None:
    if architecture == "Qwen3":
        changed = {"head_dim": 8, **changed}
    base = save_checkpoint(tmp_path / "base", 0.0, architecture, **changed)
    mixed(tmp_path / "out", dict.fromkeys(("base", *KEYWORDS), base), "router")
    assert (logits_of(tmp_path / "out") - logits_of(base)).abs().max() <= 1e-5


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_the_number_type_can_be_chosen(llamas: dict[str, Path], tmp_path: Path, dtype: str) -> None:
    mixed(tmp_path / "out", llamas, dtype=dtype)
    assert {each.dtype for each in weights_of(tmp_path / "out").values()} == {getattr(torch, dtype)}
    assert json.loads((tmp_path / "out" / "config.json").read_text())["dtype"] == dtype
    assert logits_of(tmp_path / "out").dtype == getattr(torch, dtype)


def test_a_base_in_bfloat16_stays_so_and_has_its_gates_from_float32(tmp_path: Path) -> None:
    models = save_experts(tmp_path, dtype=torch.bfloat16)
    mixed(tmp_path / "out", models)
    assert {each.dtype for each in weights_of(tmp_path / "out").values()} == {torch.bfloat16}


def test_it_generates(models: dict[str, Path], tmp_path: Path) -> None:
    mixed(tmp_path / "out", models)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    asked = tokenizer("SELECT", return_tensors="pt")
    made = model.generate(**asked, max_new_tokens=4, do_sample=False, pad_token_id=0)
    assert made.shape[1] > asked.input_ids.shape[1]


def test_the_shared_expert_of_qwen2_never_learns(tmp_path: Path) -> None:
    mixed(tmp_path / "out", save_experts(tmp_path, "Qwen2"))
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    ids = torch.arange(20)[None]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    for _ in range(2):
        model(ids, labels=ids).loss.backward()
        optimizer.step()
    shared = [each for name, each in model.named_parameters() if ".shared_expert" in name]
    assert len(shared) == 4 * LAYERS
    assert not any(each.any() for each in shared)


def test_lineage_card_and_report_tell_what_it_was_made_of(llamas: dict[str, Path], tmp_path: Path) -> None:
    summary = mixed(tmp_path / "out", llamas, top_k=2)
    lineage = json.loads((tmp_path / "out" / "lineage.json").read_text())
    digests = [hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() for folder in llamas.values()]
    assert [model["sha256"]["model.safetensors"] for model in lineage["models"]] == digests
    assert lineage["recipe"]["keywords"] == KEYWORDS
    assert lineage["recipe"]["negatives"] == "others"
    card = (tmp_path / "out" / "README.md").read_text()
    assert all(digest in card for digest in digests)
    assert "| 1 | postgres |" in card
    assert "{" not in card
    told = json.loads((tmp_path / "out" / "mixture.json").read_text())
    assert [expert["dialect"] for expert in told["experts"]] == list(KEYWORDS)
    assert [layer["layer"] for layer in told["gates"]] == list(range(LAYERS))
    assert told["summary"]["directory"] == str(tmp_path / "out")
    loaded = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert summary.numbers == sum(each.numel() for each in loaded.parameters())
    one_expert = sum(weights_of(llamas["base"])[f"{MLP}{part}_proj.weight"].numel() for part in ("gate", "up", "down"))
    assert summary.working == summary.numbers - LAYERS * one_expert


def test_weights_that_are_no_numbers_are_named_and_leave_nothing(tmp_path: Path) -> None:
    models = save_experts(tmp_path)
    broken = f"{MLP}up_proj.weight"
    change_weights(models["mysql"], broken, torch.full_like(weights_of(models["mysql"])[broken], float("nan")))
    with pytest.raises(UsageError, match=r"tensor model\.layers\.1\.mlp\.experts\.gate_up_proj holds NaN"):
        mixed(tmp_path / "out", models)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(models)


def test_a_place_that_is_taken_is_left_alone(llamas: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        mixed(tmp_path / "out", llamas)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
