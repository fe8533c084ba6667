"""Weights spread over two processes, started as a person does, with the configuration that comes along."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from ..command_line import isogloss
from .lessons_here import save_small_model, write_numbered
from .test_dpo import preference, written
from .tiny_checkpoints import weights_of

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

from accelerate import Accelerator
from isogloss import training
from isogloss.tools.errors import UsageError
from isogloss.training.finetuning.sharding import check_sharding, require_seen
from isogloss.training.finetuning.work_folder import WorkFolder, work_folder
from transformers import AutoModelForCausalLM

RECIPES = Path(str(training.__file__)).parent / "recipes"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
COMMON = ("--model", "model", "--precision", "float32", "--learning-rate", "3e-3", "--json")
SFT, DPO = ("train", "sft", "rows.jsonl", *COMMON), ("train", "dpo", "pairs.jsonl", *COMMON)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with data and a model whose head is its embedding, as those of small models are."""
    save_small_model(tmp_path / "model", tie_word_embeddings=True)
    write_numbered(tmp_path / "rows.jsonl", 48)
    written(tmp_path / "pairs.jsonl", *map(preference, range(48)))
    return tmp_path


def launched(*words: str, recipe: Path = RECIPES / "fsdp-cpu.yaml") -> list[str]:
    """Return the command that runs ``words`` on two processes, each with a part of the weights."""
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(recipe), "--num_processes", "2"]
    return [*launch, "-m", "isogloss", *words]


def spread(place: Path, *words: str, **how: Path) -> subprocess.CompletedProcess[str]:
    """Run a command on two processes to its end."""
    command, settings = launched(*words, **how), {**os.environ, **ONE_THREAD}
    return subprocess.run(command, cwd=place, env=settings, capture_output=True, text=True, timeout=180, check=False)


def furthest(one: Path, other: Path) -> float:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    assert {each.dtype for each in first.values()} == {each.dtype for each in second.values()}
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def same_as_alone(place: Path, words: tuple[str, ...], **how: Path) -> None:
    """Train on two processes and on one, and compare what they leave."""
    two = spread(place, *words, "--steps", "2", "--out", "two", **how)
    assert two.returncode == 0, two.stderr
    assert json.loads(two.stdout)["steps"] == 2
    assert isogloss(*words, "--steps", "2", "--out", "one", cwd=place, **ONE_THREAD).returncode == 0
    assert furthest(place / "one", place / "two") < 1e-5
    assert furthest(place / "model", place / "two") > 1e-4
    assert {path.name for path in (place / "one").iterdir()} == {path.name for path in (place / "two").iterdir()}
    settings = [json.loads((place / out / "training.json").read_text())["settings"] for out in ("one", "two")]
    assert [(each["processes"], each.get("sharded")) for each in settings] == [(1, None), (2, True)]
    _, loaded = AutoModelForCausalLM.from_pretrained(place / "two", output_loading_info=True)
    assert not loaded["missing_keys"]


def test_sft_learns_what_one_process_does(place: Path) -> None:
    same_as_alone(place, SFT)


def test_dpo_learns_what_one_process_does(place: Path) -> None:
    same_as_alone(place, DPO, recipe=RECIPES / "fsdp.yaml")  # there is nothing in it that takes a GPU
    first = json.loads((place / "two/losses.jsonl").read_text().splitlines()[0])
    assert first["measures"]["rewards/margins"] == 0.0  # what it is compared with is whole on both


def test_adapters_go_on_from_parts_of_weights_and_never_as_whole_copies(place: Path) -> None:
    words = (*SFT, "--lora", "4", "--batch", "6", "--steps", "15", "--save-every", "2")  # no process trains one twice
    settings = {**os.environ, **ONE_THREAD}
    run = subprocess.Popen(launched(*words, "--out", "two"), cwd=place, env=settings, stderr=subprocess.DEVNULL)
    log, deadline = place / ".two.training/losses.jsonl", time.monotonic() + 100
    while not (log.exists() and log.read_text().count("\n") >= 4):
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    run.terminate()
    run.wait()
    refused = isogloss(*words, "--out", "two", cwd=place, **ONE_THREAD)
    assert refused.returncode == 2
    assert "processes was 2, now 1; sharded was true, now null" in refused.stderr
    kept = [path for path in (place / ".two.training/checkpoints").iterdir() if (path / "whole").exists()]
    assert kept
    assert all((path / "pytorch_model_fsdp_0").is_dir() for path in kept)  # not whole copies, as without our part
    assert spread(place, *words, "--out", "two").returncode == 0
    assert isogloss(*words, "--out", "one", cwd=place, **ONE_THREAD).returncode == 0
    assert furthest(place / "one", place / "two") < 1e-5


def test_another_version_of_sharding_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    monkeypatch.setenv("FSDP_VERSION", "1")
    with pytest.raises(UsageError, match="write `fsdp_version: 2` into the configuration"):
        check_sharding()


def test_the_recipes_differ_only_in_what_is_told() -> None:
    made = [yaml.safe_load((RECIPES / name).read_text()) for name in ("fsdp.yaml", "fsdp-cpu.yaml")]
    gpus, processors = ({**each.pop("fsdp_config"), **each} for each in made)
    differs = {name for name in {**gpus, **processors} if gpus.get(name) != processors.get(name)}
    assert differs == {"num_processes", "fsdp_activation_checkpointing"}


def test_a_machine_that_does_not_see_the_folder_is_told_of(tmp_path: Path) -> None:
    trainer, work = (
        SimpleNamespace(accelerator=Accelerator(cpu=True), args=SimpleNamespace(device="cpu")),
        tmp_path / "o",
    )
    with pytest.raises(UsageError, match=r"1 of 1 processes see no .*\.o\.training: give an --out that all machines"):
        require_seen(trainer, WorkFolder(work))
    with work_folder(work, {}) as made:
        require_seen(trainer, made)
