"""Fine-tuning in processes of its own: killed and resumed, on two processes at once, and by the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ..command_line import isogloss
from .lessons_here import save_small_model, write_numbered

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("trl", reason="trl is not installed")

import torch
from isogloss.graphs.training.view import watched_training
from isogloss.training.finetuning.journal import LogLine
from isogloss.training.sft import SftConfig, train_sft

from .tiny_checkpoints import weights_of

ONE_THREAD = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
WORDS = ("train", "sft", "rows.jsonl", "--model", "model", "--precision", "float32", "--learning-rate", "3e-3")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a model and data for it."""
    save_small_model(tmp_path / "model")
    write_numbered(tmp_path / "rows.jsonl", 48)
    return tmp_path


def furthest(one: Path, other: Path) -> float:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def test_killed_in_mid_run_the_same_settings_end_with_the_same_weights(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (*WORDS, "--epochs", "30", "--save-every", "3", "--lora", "4")  # adapters draw from the random state too
    command = [sys.executable, "-m", "isogloss", *words, "--out", "out"]
    run = subprocess.Popen(command, cwd=place, env={**os.environ, **ONE_THREAD}, stderr=subprocess.DEVNULL)
    log = place / ".out.training/losses.jsonl"
    deadline = time.monotonic() + 100
    while not (log.exists() and log.read_text().count("\n") >= 20):
        assert run.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert not (place / "out").exists()
    monkeypatch.chdir(place)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    settings: dict[str, Any] = {"epochs": 30.0, "save_every": 3, "lora": 4, "learning_rate": 3e-3}
    common = {"model": "model", "data": (Path("rows.jsonl"),), "precision": "float32", **settings}
    lines: list[LogLine] = []
    resumed = train_sft(SftConfig(out=Path("out"), **common), lines.append)
    assert lines[0].step > 15
    assert lines[0].step % 3 == 1
    undisturbed = train_sft(SftConfig(out=Path("whole"), **common), lambda _: None)
    assert resumed.steps == undisturbed.steps
    assert furthest(place / "out", place / "whole") <= 1e-6
    assert not any(path.name.startswith(".") for path in place.iterdir())


def test_two_processes_train_what_one_does(place: Path) -> None:
    words = (*WORDS, "--steps", "3", "--json")
    # `--cpu` starts one process where there is no MPI; `--multi_gpu` takes torch's own launcher, on CPUs as well
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    command = [*launch, "-m", "isogloss", *words, "--out", "two"]
    environment = {**os.environ, **ONE_THREAD}
    two = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert two.returncode == 0, two.stderr
    assert json.loads(two.stdout)["steps"] == 3
    isogloss(*words, "--out", "one", cwd=place, **ONE_THREAD)
    told = [json.loads((place / out / "training.json").read_text()) for out in ("one", "two")]
    assert [each["settings"]["processes"] for each in told] == [1, 2]
    assert furthest(place / "one", place / "two") < 1e-5


def test_the_command_tells_what_was_done_and_what_to_run_next(place: Path) -> None:
    run = isogloss(*WORDS, "--steps", "4", "--out", "made/out", cwd=place, **ONE_THREAD)
    assert run.returncode == 0, run.stderr
    assert "step 4" in run.stdout
    assert "trained made/out: 4 steps" in run.stdout
    assert run.stdout.splitlines()[-1] == "next: isogloss eval SET --dialect NAME --generator hf:made/out"
    assert all(line.startswith("step ") for line in run.stderr.splitlines())


def test_the_plot_has_the_steps_before_it_was_interrupted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    settings: dict[str, Any] = {"precision": "float32", "learning_rate": 3e-3, "steps": 4}

    def stop(line: LogLine) -> None:
        if line.step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_sft(SftConfig(model="model", data=(Path("rows.jsonl"),), out=Path("out"), **settings), stop)
    run = isogloss(*WORDS, "--steps", "4", "--out", "out", cwd=place, **ONE_THREAD)
    assert run.returncode == 0, run.stderr
    assert "step 4" in run.stdout  # none, if it had the last step alone


def test_interrupted_it_tells_where_the_same_command_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = tmp_path / ".out.training/checkpoints/checkpoint-2"
    for sentence in ("begins again", "goes on from the last checkpoint"):
        with pytest.raises(KeyboardInterrupt), watched_training("train sft", tmp_path / "out"):
            raise KeyboardInterrupt
        assert capsys.readouterr().err == f"Stopped; the same command {sentence}.\n"
        checkpoint.mkdir(parents=True)
        (checkpoint / "whole").touch()
        checkpoint = checkpoint.with_name("checkpoint-4")


def test_smollm2_is_what_is_trained_unless_another_model_is_named(place: Path) -> None:
    run = isogloss("train", "sft", "rows.jsonl", "--out", "out", cwd=place, ISOGLOSS_HOME=str(place), **ONE_THREAD)
    assert run.returncode == 2
    assert "isogloss models add smollm2" in run.stderr
    assert isogloss("train", "dpo", "rows.jsonl", "--out", "out", cwd=place).returncode == 2


def test_bad_input_is_one_sentence(place: Path) -> None:
    run = isogloss(*WORDS[:3], "--model", "nowhere", "--out", "out", cwd=place, **ONE_THREAD)
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert "There is no folder nowhere" in run.stderr


def test_the_command_is_known_before_torch_is_loaded() -> None:
    code = "import sys, isogloss.graphs.commands.finetuning; print('torch' in sys.modules, 'trl' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False False\n"
