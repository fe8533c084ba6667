"""The command ``train mixture`` within this process: what its options come to, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from isogloss.graphs.commands.mixing import mixture
from isogloss.tools.errors import UsageError

from .mixture_models import KEYWORDS, save_experts

NEAR = {"sqlite": ["A LONG KEYWORD, ALMOST THE SAME A"], "postgres": ["A LONG KEYWORD, ALMOST THE SAME B"]}
TWO = ["sqlite=sqlite", "mysql=mysql"]


def write_keywords(path: str, keywords: dict[str, list[str]]) -> None:
    lines = [f"{dialect}\t{text}" for dialect, texts in keywords.items() for text in texts]
    Path(path).write_text("\n".join(["dialect\tkeyword", *lines, ""]))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a base, three experts of some kilobytes, and files of keywords."""
    save_experts(tmp_path)
    monkeypatch.chdir(tmp_path)
    write_keywords("keywords.tsv", KEYWORDS)
    write_keywords("same.tsv", {"sqlite": ["GLOB"], "mysql": ["GLOB"]})
    write_keywords("near.tsv", {**NEAR, "mysql": ["IFNULL"]})
    write_keywords("negatives.tsv", {"sqlite": ["SELECT"]})


def mixed(experts: list[str], **options: Any) -> None:
    options = {name: Path(value) if name == "keywords" else value for name, value in options.items()}
    mixture(experts, **{"base": "base", "out": Path("out"), **options})


def test_every_option_reaches_the_mixture_and_json_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    wishes = {"gate": "random", "seed": 3, "top_k": 1, "aux_loss": 0.02, "dtype": "bfloat16"}
    mixed(TWO, **wishes, shard_size="30 KB", json=True)
    told = json.loads(capsys.readouterr().out)
    assert {key: told["recipe"][key] for key in wishes} == wishes
    assert told["experts"] == {"sqlite": "sqlite", "mysql": "mysql"}
    assert Path("out/model.safetensors.index.json").is_file()


@pytest.mark.parametrize(
    ("negatives", "told"),
    [
        ("others", "others"),
        ("none", {"sqlite": [], "mysql": []}),
        ("negatives.tsv", {"sqlite": ["SELECT"], "mysql": []}),
    ],
)
def test_negatives_can_be_left_out_or_named(negatives: str, told: Any, capsys: pytest.CaptureFixture[str]) -> None:
    mixed(TWO, keywords="keywords.tsv", negatives=negatives, json=True)
    assert json.loads(capsys.readouterr().out)["recipe"]["negatives"] == told


def test_gates_that_are_hard_to_tell_apart_are_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    mixed([*TWO, "postgres=postgres"], keywords="near.tsv", gate="mean")
    assert "hard to tell apart at layers 0, 1, 2, with a condition number above 5" in capsys.readouterr().out
    assert "it is above 5 at layers 0, 1, 2" in Path("out/README.md").read_text()


@pytest.mark.parametrize(
    ("experts", "options", "sentence"),
    [
        ("sqlite", {}, "'sqlite' names no expert: write a dialect and its model, like postgres=checkpoints/pg."),
        ("sqlite= mysql=mysql", {}, "'sqlite=' names no expert"),
        ("sqlite=sqlite sqlite=mysql", {}, "There are two experts for sqlite: name one."),
        ("db2=sqlite mysql=mysql", {}, "unknown dialect 'db2'"),
        ("sqlite=nowhere mysql=mysql", {"gate": "random"}, "There is no folder nowhere"),
        ("sqlite=sqlite mysql=mysql", {"gate": "random", "top_k": 3}, "--top-k is from 1 to the 2 experts, not 3."),
        ("sqlite=sqlite mysql=mysql", {"keywords": "nowhere.tsv"}, "nowhere.tsv cannot be read"),
        ("sqlite=sqlite mysql=mysql", {"keywords": "same.tsv"}, "keywords of sqlite are on average what its negatives"),
        ("sqlite=sqlite mysql=mysql", {"gate": "random", "shard_size": "2"}, "'2' is no size of a file"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(experts: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        mixed(experts.split(), **options)
    assert not Path("out").exists()


def test_a_mixture_is_no_base_for_another() -> None:
    mixed(TWO, gate="random")
    with pytest.raises(UsageError, match="out is of the type mixtral"):
        mixed(TWO, gate="random", base="out", out=Path("other"))
