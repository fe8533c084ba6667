"""What keeps models or keywords from being mixed is told before any weight is read."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from isogloss.tools.errors import UsageError  # noqa: E402
from isogloss.training.checkpoints.checkpoint import Checkpoint  # noqa: E402

from .mixture_models import KEYWORDS, mixed, save_experts  # noqa: E402
from .tiny_checkpoints import change_weights, save_checkpoint  # noqa: E402


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Return a base and three experts none of whose weights may be read."""
    saved = save_experts(tmp_path)
    monkeypatch.setattr(Checkpoint, "read", lambda *_: pytest.fail("a weight was read"))
    return saved


def in_config(folder: Path, **values: Any) -> None:
    told = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**told, **values}))


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"gate": "first"}, "There is no --gate 'first': last, mean, router, random, uniform."),
        ({"top_k": 4}, "--top-k is from 1 to the 3 experts, not 4."),
        ({"top_k": 0}, "--top-k is from 1 to the 3 experts, not 0."),
        ({"aux_loss": -0.1}, "--aux-loss is not negative, as -0.1 is."),
        ({"aux_loss": float("nan")}, "--aux-loss is not negative"),
        ({"dtype": "int8"}, "'int8' is no --dtype"),
        ({"gate": "random", "keywords": KEYWORDS}, "--gate random is drawn: it has no use for --keywords."),
        ({"keywords": {}}, "There are no keywords for sqlite, which --gate last is made of: give some."),
        ({"keywords": {**KEYWORDS, "mysql": []}, "gate": "mean"}, "There are no keywords for mysql, which --gate mean"),
        ({"keywords": {**KEYWORDS, "mysql": ["IFNULL", " "]}}, "A keyword for mysql is empty: remove it."),
    ],
)
def test_wishes_that_cannot_be_met_are_refused(
    models: dict[str, Path], tmp_path: Path, wishes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        mixed(tmp_path / "out", models, **wishes)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("broken", [None, "{}", "no JSON"])
def test_gates_of_keywords_take_a_tokenizer(models: dict[str, Path], tmp_path: Path, broken: str | None) -> None:
    for folder in models.values():
        for file in folder.glob("tokenizer*"):
            file.unlink()
        if broken:
            (folder / "tokenizer.json").write_text(broken)
    with pytest.raises(UsageError, match=re.escape(f"{models['base']} has no tokenizer that can be loaded")) as raised:
        mixed(tmp_path / "out", models)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out").exists()


def test_a_mixture_takes_two(models: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="A mixture takes two experts or more"):
        mixed(tmp_path / "out", {name: models[name] for name in ("base", "sqlite")}, top_k=1)


@pytest.mark.parametrize(
    ("architecture", "changed", "sentence"),
    [
        ("Gemma", {}, "is of the type gemma: Transformers has a mixture for llama, mistral, qwen2, qwen3"),
        ("Mixtral", {}, "is of the type mixtral: Transformers has a mixture for"),
        (
            "Llama",
            {"attention_bias": True},
            "has biases in its attention (attention_bias), which Mixtral cannot express",
        ),
        ("Llama", {"mlp_bias": True}, "has biases in its MLPs (mlp_bias), which Mixtral cannot express"),
        (
            "Qwen3",
            {"use_sliding_window": True, "sliding_window": 8, "max_window_layers": 2},
            "has a sliding window in some of its layers only (use_sliding_window), which Qwen3Moe cannot express",
        ),
    ],
)
def test_what_has_no_mixture_of_its_kind_is_refused(
    tmp_path: Path, architecture: str, changed: dict[str, Any], sentence: str
) -> None:
    base = save_checkpoint(tmp_path / "base", 0.0, architecture, **changed)
    with pytest.raises(UsageError, match=re.escape(f"{base} {sentence}")):
        mixed(tmp_path / "out", dict.fromkeys(("base", *KEYWORDS), base))


def test_each_difference_of_an_expert_is_a_sentence(models: dict[str, Path], tmp_path: Path) -> None:
    in_config(models["mysql"], num_attention_heads=8)
    (models["postgres"] / "chat_template.jinja").unlink()
    change_weights(models["sqlite"], "model.layers.0.mlp.up_proj.weight", torch.ones(3, 32))
    with pytest.raises(UsageError) as raised:
        mixed(tmp_path / "out", models)
    assert str(raised.value).splitlines() == [
        "These models cannot be mixed; the first is the base.",
        f"{models['sqlite']} has model.layers.0.mlp.up_proj.weight of shape [3, 32] where the first has [48, 32].",
        f"{models['postgres']} has another chat template than {models['base']}.",
        f"{models['mysql']} has num_attention_heads 8 where the first has 4.",
    ]
