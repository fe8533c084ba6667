"""What keeps models from being merged is told before any weight is read."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from isogloss.tools.errors import UsageError  # noqa: E402
from isogloss.training.checkpoints.checkpoint import Checkpoint, open_checkpoint  # noqa: E402
from isogloss.training.checkpoints.preflight import differences, require_mergeable  # noqa: E402
from isogloss.training.merge.config import MergeConfig  # noqa: E402
from isogloss.training.merge.merging import merge  # noqa: E402

from .tiny_checkpoints import change_weights, save_checkpoint, weights_of  # noqa: E402

Change = Callable[[Path], None]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    return save_checkpoint(tmp_path / "a"), save_checkpoint(tmp_path / "b", 0.5)


def in_json(file: str, change: Callable[[dict[str, Any]], object]) -> Change:
    """Return what applies ``change`` to the object in a JSON file of a model's folder."""

    def applied(folder: Path) -> None:
        value = json.loads((folder / file).read_text(encoding="utf-8"))
        change(value)
        (folder / file).write_text(json.dumps(value), encoding="utf-8")

    return applied


def in_config(**values: Any) -> Change:
    return in_json("config.json", lambda config: config.update(values))


def swap_two_tokens(tokenizer: dict[str, Any]) -> None:
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary["A"], vocabulary["B"] = vocabulary["B"], vocabulary["A"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (in_config(model_type="mistral"), 'has model_type "mistral" where the first has "llama"'),
        (in_config(num_attention_heads=8), "has num_attention_heads 8 where the first has 4"),
        (in_config(rope_parameters={"rope_type": "default", "rope_theta": 5.0}), "has rope "),
        (in_config(quantization_config={"bits": 4}), "is quantised"),
        (in_json("tokenizer.json", swap_two_tokens), "has another vocabulary than the first, by 2 tokens: A, B"),
        (in_json("tokenizer.json", lambda t: t["model"].update(merges=[["A", "B"]])), "splits words into tokens"),
        (in_json("tokenizer.json", lambda t: t["added_tokens"].pop()), "has another added tokens in its tokenizer"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "there is no tokenizer.json in"),
        (lambda folder: (folder / "tokenizer.model").write_bytes(b"pieces"), "has another tokenizer.model"),
        (lambda folder: (folder / "chat_template.jinja").write_text("{{ m }}"), "has another chat template"),
        (lambda folder: change_weights(folder, "lm_head.weight", None), "lacks 1 tensors of the first: lm_head.weight"),
        (lambda folder: change_weights(folder, "more", torch.ones(2)), "has 1 tensors that the first lacks: more"),
        (
            lambda folder: change_weights(folder, "model.norm.weight", torch.ones(3)),
            "has model.norm.weight of shape [3] where the first has [32]",
        ),
        (
            lambda folder: change_weights(folder, "model.norm.weight", torch.ones(32).to(torch.float8_e4m3fn)),
            "has tensors of type F8_E4M3, which cannot be averaged: model.norm.weight",
        ),
    ],
)
def test_each_difference_is_a_sentence(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, change: Change, sentence: str
) -> None:
    change(pair[1])
    monkeypatch.setattr(Checkpoint, "read", lambda *_: pytest.fail("a weight was read"))
    with pytest.raises(UsageError, match=re.escape(f"{pair[1]} ") + ".*" + re.escape(sentence)) as raised:
        merge(MergeConfig(pair, "slerp", pair[0].parent / "out"), lambda done, of: None)
    assert all(line.endswith(".") for line in str(raised.value).splitlines())
    assert sorted(path.name for path in pair[0].parent.iterdir()) == ["a", "b"]


def test_all_differences_are_told_at_once(pair: tuple[Path, Path]) -> None:
    in_config(num_attention_heads=8, hidden_act="gelu")(pair[1])
    (pair[1] / "chat_template.jinja").unlink()
    with pytest.raises(UsageError) as raised:
        require_mergeable([open_checkpoint(folder) for folder in pair])
    assert len(str(raised.value).splitlines()) == 4


@pytest.mark.parametrize(
    "change",
    [
        in_config(_name_or_path="elsewhere", torch_dtype="bfloat16", transformers_version="4.40.0", pad_token_id=7),
        in_config(attention_dropout=0.1, initializer_range=0.5, use_cache=False),
        in_json("tokenizer.json", lambda t: t.update(padding={"pad_id": 0}, truncation={"max_length": 8})),
        in_json(
            "config.json", lambda c: c.update(rope_theta=c.pop("rope_parameters")["rope_theta"], rope_scaling=None)
        ),
        in_json("config.json", lambda c: c.pop("head_dim")),
    ],
)
def test_what_training_and_other_releases_leave_is_no_difference(pair: tuple[Path, Path], change: Change) -> None:
    change(pair[1])
    assert not list(differences(*map(open_checkpoint, pair)))


def test_a_template_is_the_same_in_either_file(pair: tuple[Path, Path]) -> None:
    template = (pair[1] / "chat_template.jinja").read_text(encoding="utf-8")
    (pair[1] / "chat_template.jinja").unlink()
    in_json("tokenizer_config.json", lambda config: config.update(chat_template=template))(pair[1])
    assert not list(differences(*map(open_checkpoint, pair)))


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def cut_weights_short(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:500])


def lose_a_part(folder: Path) -> None:
    index = {"weight_map": dict.fromkeys(weights_of(folder), "model-00001-of-00002.safetensors")}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def leave_an_adapter(folder: Path) -> None:
    (folder / "config.json").rename(folder / "adapter_config.json")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (remove_weights, "has no weights as safetensors"),
        (cut_weights_short, "cannot be read as safetensors"),
        (lose_a_part, "is not whole: model-00001-of-00002.safetensors is missing"),
        (leave_an_adapter, "it holds an adapter"),
        (lambda folder: (folder / "config.json").unlink(), "has no config.json: name one with a saved model"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json cannot be read"),
        (lambda folder: (folder / "config.json").write_text("[]"), "config.json holds no JSON object"),
        (lambda folder: (folder / "model.safetensors.index.json").write_text("{}"), "has no weight_map"),
    ],
)
def test_a_folder_that_is_no_whole_model_is_told(pair: tuple[Path, Path], change: Change, sentence: str) -> None:
    change(pair[1])
    with pytest.raises(UsageError, match=re.escape(sentence)):
        open_checkpoint(pair[1])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        open_checkpoint(tmp_path / "nowhere")
