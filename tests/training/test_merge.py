"""Merging saved models: what is in the folder, and that Transformers loads it."""

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from isogloss.tools.errors import IsoglossError, UsageError  # noqa: E402
from isogloss.training.merge.config import MergeConfig  # noqa: E402
from isogloss.training.merge.merging import merge  # noqa: E402
from isogloss.training.merge.report import MergeSummary  # noqa: E402

from .tiny_checkpoints import change_weights, save_checkpoint, weights_of  # noqa: E402

DOWN = "model.layers.1.mlp.down_proj.weight"


def merged(out: Path, models: Sequence[Path], method: str = "slerp", **wishes: Any) -> MergeSummary:
    return merge(MergeConfig(tuple(models), method, out, **wishes), lambda done, of: None)


def logits_of(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, told = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(told.values())
    ids = AutoTokenizer.from_pretrained(folder)("SELECT 1", return_tensors="pt").input_ids
    with torch.inference_mode():
        return model(ids).logits


@pytest.fixture(scope="module")
def siblings(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return three models far enough from each other for arcs."""
    place = tmp_path_factory.mktemp("siblings")
    return [save_checkpoint(place / name, distance) for name, distance in (("a", 0.0), ("b", 0.5), ("c", 0.7))]


@pytest.mark.parametrize("architecture", ["Llama", "Qwen2", "Qwen3"])
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("method", ["slerp", "karcher", "linear"])
def test_transformers_loads_the_merge(tmp_path: Path, architecture: str, tied: bool, method: str) -> None:
    models = [
        save_checkpoint(tmp_path / name, distance, architecture, tie_word_embeddings=tied)
        for name, distance in (("a", 0.0), ("b", 0.5))
    ]
    merged(tmp_path / "out", models, method, shard_bytes=20_000)
    shards = list((tmp_path / "out").glob("model-*-of-*.safetensors"))
    assert len(shards) > 1
    assert weights_of(tmp_path / "out").keys() == weights_of(models[0]).keys()
    logits = [logits_of(folder) for folder in (*models, tmp_path / "out")]
    assert not any(torch.equal(logits[2], end) for end in logits[:2])


@pytest.mark.parametrize("method", ["slerp", "karcher", "linear"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_model_merged_with_itself_is_itself(tmp_path: Path, method: str, dtype: Any) -> None:
    model = save_checkpoint(tmp_path / "a", dtype=dtype)
    summary = merged(tmp_path / "out", [model, model, model], method)
    before, after = weights_of(model), weights_of(tmp_path / "out")
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) and before[name].dtype == after[name].dtype for name in before)
    assert summary.branches["same"].share == 1.0
    assert torch.equal(logits_of(model), logits_of(tmp_path / "out"))


def test_the_ends_are_the_models(siblings: list[Path], tmp_path: Path) -> None:
    for t, end in ((0.0, siblings[0]), (1.0, siblings[1])):
        summary = merged(tmp_path / str(t), siblings[:2], t=t)
        assert list(summary.branches) == ["end"]
        expected = weights_of(end)
        assert all(torch.equal(expected[name], each) for name, each in weights_of(tmp_path / str(t)).items())


def test_the_gradient_takes_the_first_attention_from_the_first_model_and_its_mlp_from_the_second(
    siblings: list[Path], tmp_path: Path
) -> None:
    merged(tmp_path / "out", siblings[:2], gradient=True)
    first, second, made = (weights_of(folder) for folder in (*siblings[:2], tmp_path / "out"))
    for layer, attention, mlp in ((0, first, second), (2, second, first)):
        for name in (f"model.layers.{layer}.self_attn.q_proj.weight", f"model.layers.{layer}.mlp.up_proj.weight"):
            assert torch.equal(made[name], (attention if "attn" in name else mlp)[name])


def test_linear_takes_weights_in_any_unit(siblings: list[Path], tmp_path: Path) -> None:
    merged(tmp_path / "out", siblings, "linear", weights=(2.0, 1.0, 1.0))
    tensors = [weights_of(folder)[DOWN] for folder in siblings]
    expected = 0.5 * tensors[0] + 0.25 * tensors[1] + 0.25 * tensors[2]
    assert torch.allclose(weights_of(tmp_path / "out")[DOWN], expected, atol=1e-7)


@pytest.mark.parametrize(("name", "dtype"), [("bfloat16", torch.bfloat16), ("float16", torch.float16)])
def test_another_number_type_is_in_the_weights_and_in_the_configuration(
    siblings: list[Path], tmp_path: Path, name: str, dtype: Any
) -> None:
    merged(tmp_path / "out", siblings, "karcher", dtype=name)
    assert {each.dtype for each in weights_of(tmp_path / "out").values()} == {dtype}
    assert json.loads((tmp_path / "out" / "config.json").read_text())["dtype"] == name


def test_a_head_that_only_one_model_stores_is_passed_over_where_it_is_tied(tmp_path: Path) -> None:
    models = [save_checkpoint(tmp_path / name, 0.0, tie_word_embeddings=True) for name in ("a", "b")]
    change_weights(models[1], "lm_head.weight", weights_of(models[1])["model.embed_tokens.weight"].clone())
    merged(tmp_path / "out", models)
    assert "lm_head.weight" not in weights_of(tmp_path / "out")


def test_models_in_several_files_are_read(siblings: list[Path], tmp_path: Path) -> None:
    merged(tmp_path / "parted", siblings[:2], t=1.0, shard_bytes=20_000)
    merged(tmp_path / "whole", [siblings[0], siblings[1]])
    merged(tmp_path / "again", [siblings[0], tmp_path / "parted"])
    whole, again = weights_of(tmp_path / "whole"), weights_of(tmp_path / "again")
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_every_shard_but_one_of_a_single_tensor_keeps_to_the_size(siblings: list[Path], tmp_path: Path) -> None:
    merged(tmp_path / "out", siblings, shard_bytes=20_000)
    index = json.loads((tmp_path / "out" / "model.safetensors.index.json").read_text())
    weights = weights_of(tmp_path / "out")
    assert index["metadata"]["total_size"] == sum(each.nbytes for each in weights.values())
    for file in {*index["weight_map"].values()}:
        inside = [weights[name].nbytes for name, place in index["weight_map"].items() if place == file]
        assert sum(inside) <= 20_000 or len(inside) == 1


def test_tokenizer_template_and_settings_of_the_first_model_are_taken_over(
    siblings: list[Path], tmp_path: Path
) -> None:
    merged(tmp_path / "out", siblings[:2])
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"):
        assert (tmp_path / "out" / name).read_bytes() == (siblings[0] / name).read_bytes()


def test_the_report_tells_branch_cosine_and_norms_of_each_tensor(siblings: list[Path], tmp_path: Path) -> None:
    summary = merged(tmp_path / "out", siblings)
    told = json.loads((tmp_path / "out" / "merge.json").read_text())
    assert {each["name"] for each in told["tensors"]} == weights_of(siblings[0]).keys()
    down = next(each for each in told["tensors"] if each["name"] == DOWN)
    assert (down["kind"], down["layer"]) == ("mlp", 1)
    assert [step["t"] for step in down["steps"]] == [0.5, 1 / 3]
    first, second = (weights_of(folder)[DOWN] for folder in siblings[:2])
    assert down["steps"][0]["cosine"] == pytest.approx(float((first * second).sum() / first.norm() / second.norm()))
    assert down["steps"][0]["norm_ratio"] == pytest.approx(float(second.norm() / first.norm()))
    assert sum(each.share for each in summary.branches.values()) == pytest.approx(1.0)
    cosines = [step["cosine"] for each in told["tensors"] for step in each["steps"]]
    assert told["summary"]["smallest_cosine"] == min(cosines)
    assert (tmp_path / "out" / "merge.png").read_bytes().startswith(b"\x89PNG")


def test_near_siblings_take_the_straight_line(tmp_path: Path) -> None:
    models = [save_checkpoint(tmp_path / name, distance) for name, distance in (("a", 0.0), ("b", 0.002))]
    assert list(merged(tmp_path / "out", models).branches) == ["lerp"]


def test_card_and_lineage_name_the_models_and_their_hashes(siblings: list[Path], tmp_path: Path) -> None:
    merged(tmp_path / "first", siblings[:2], t=0.3)
    merged(tmp_path / "out", [tmp_path / "first", siblings[2]])
    lineage = json.loads((tmp_path / "out" / "lineage.json").read_text())
    digest = hashlib.sha256((siblings[2] / "model.safetensors").read_bytes()).hexdigest()
    assert lineage["models"][1] == {"model": str(siblings[2]), "sha256": {"model.safetensors": digest}}
    assert lineage["models"][0]["lineage"]["recipe"] == {"method": "slerp", "dtype": None, "t": 0.3}
    card = (tmp_path / "out" / "README.md").read_text()
    assert card.startswith("---\nlibrary_name: transformers\n")
    assert digest in card
    assert "{" not in card


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"method": "median"}, "There is no method 'median'"),
        ({"t": 1.2}, "--t is from 0 to 1"),
        ({"t": float("nan")}, "--t is from 0 to 1"),
        ({"t": 0.5, "gradient": True}, "Give --t or --gradient"),
        ({"t": 0.5, "method": "linear"}, "Only --method slerp has a --t"),
        ({"gradient": True, "method": "karcher"}, "Only --method slerp has a --gradient"),
        ({"weights": (1.0, 2.0)}, "Only --method linear and dare have --weights"),
        ({"weights": (1.0,), "method": "linear"}, "a number for each model"),
        ({"weights": (1.0, -1.0), "method": "linear"}, "--weights are not negative"),
        ({"weights": (0.0, 0.0), "method": "linear"}, "not all of them 0"),
        ({"weights": (1.0, float("nan")), "method": "linear"}, "--weights are"),
        ({"method": "ties"}, "--method ties needs --base"),
        ({"base": Path("base")}, "Only --method ties and dare have a --base"),
        ({"density": 0.5}, "Only --method ties and dare have a --density"),
        ({"method": "dare", "base": Path("base"), "density": 1.0}, "--density is between 0 and 1"),
        ({"dtype": "int8"}, "'int8' is no --dtype"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    siblings: list[Path], tmp_path: Path, wishes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        merged(tmp_path / "out", siblings[:2], **wishes)


def test_a_merge_takes_two_and_a_t_no_more(siblings: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two models or more"):
        merged(tmp_path / "out", siblings[:1])
    with pytest.raises(UsageError, match="Of more than two models"):
        merged(tmp_path / "out", siblings, t=0.5)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (float("nan"), f"{DOWN} cannot be merged: it holds NaN, Inf or numbers too large for float32 (in "),
        (float("inf"), f"{DOWN} cannot be merged: it holds NaN, Inf or numbers too large for float32 (in "),
        (None, f"{DOWN} cannot be merged: its values in two models point in opposite directions"),
    ],
)
def test_values_that_have_no_merge_are_named_and_leave_nothing(
    tmp_path: Path, values: float | None, sentence: str
) -> None:
    models = [save_checkpoint(tmp_path / name) for name in ("a", "b")]
    before = weights_of(models[1])[DOWN]
    change_weights(models[1], DOWN, -before if values is None else torch.full_like(before, values))
    with pytest.raises(UsageError, match=re.escape(sentence)) as raised:
        merged(tmp_path / "out", models)
    assert (str(models[1]) in str(raised.value)) == (values is not None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_numbers_too_large_for_the_type_asked_for_are_refused(tmp_path: Path) -> None:
    models = [save_checkpoint(tmp_path / name) for name in ("a", "b")]
    for model in models:
        change_weights(model, DOWN, 1e5 * torch.ones_like(weights_of(model)[DOWN]))
    with pytest.raises(UsageError, match="too large for F16"):
        merged(tmp_path / "out", models, dtype="float16")


def test_integers_are_kept_if_all_have_the_same(tmp_path: Path) -> None:
    models = [save_checkpoint(tmp_path / name, distance) for name, distance in (("a", 0.0), ("b", 0.5))]
    for model in models:
        change_weights(model, "model.places", torch.arange(5))
    merged(tmp_path / "out", models, dtype="bfloat16")
    assert torch.equal(weights_of(tmp_path / "out")["model.places"], torch.arange(5))
    change_weights(models[1], "model.places", torch.arange(1, 6))
    with pytest.raises(UsageError, match="holds integers, and not the same"):
        merged(tmp_path / "other", models)


def test_a_place_that_is_taken_is_left_alone(siblings: list[Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        merged(tmp_path / "out", siblings)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_made_is_told(siblings: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IsoglossError, match="cannot be written"):
        merged(tmp_path / "file" / "out", siblings)


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
    siblings: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(UsageError, match=r"has 0\.0 GB free: choose another --out"):
        merged(tmp_path / "out", siblings)
    assert not list(tmp_path.iterdir())
