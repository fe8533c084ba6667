"""Merging in a process of its own: its memory, what a killed or failed one leaves, and the command line."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..command_line import isogloss

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from .tiny_checkpoints import save_checkpoint, weights_of

LARGE: dict[str, Any] = {"hidden_size": 512, "intermediate_size": 2048, "num_hidden_layers": 12}
MODEL_BYTES = 189e6
TENSOR_BYTES = 4 * 512 * 2048

_MERGE = """
import resource, sys
from pathlib import Path
from isogloss.training.merge import companions, merging
from isogloss.training.merge.config import MergeConfig

def peak():  # not getrusage's, which counts what the process that started this one held
    told = Path("/proc/self/status")
    return 1024 * int(told.read_text().split("VmHWM:")[1].split()[0]) if told.exists() else 0

def watch(done, of):
    print(done, flush=True)
    {pause}

{before}
start = peak()
merging.merge(MergeConfig((Path("a"), Path("b")), "slerp", Path("out")), watch)
print(peak() - start)
"""


def script(pause: str = "pass", before: str = "") -> list[str]:
    return [sys.executable, "-c", _MERGE.format(pause=pause, before=before)]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two models of 190 MB."""
    place = tmp_path_factory.mktemp("large")
    for name, distance in (("a", 0.0), ("b", 0.5)):
        save_checkpoint(place / name, distance, **LARGE)
    return place


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a folder with two models of some kilobytes."""
    for name, distance in (("a", 0.0), ("b", 0.5)):
        save_checkpoint(tmp_path / name, distance)
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="the peak memory is read from Linux")
def test_memory_stays_far_below_one_model(large: Path) -> None:
    quiet = "companions.draw_cosines = lambda *_: None"  # the plot's library is no matter of the weights
    run = subprocess.run(script(before=quiet), cwd=large, capture_output=True, text=True, check=True)
    assert sum(file.stat().st_size for file in (large / "a").glob("*.safetensors")) >= MODEL_BYTES
    assert int(run.stdout.split()[-1]) < MODEL_BYTES / 3
    assert int(run.stdout.split()[-1]) > 2 * TENSOR_BYTES  # else nothing was measured


def test_killed_in_mid_write_it_leaves_no_folder_and_the_next_run_clears_up(small: Path) -> None:
    run = subprocess.Popen(script(pause="__import__('time').sleep(60)"), cwd=small, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    run.stdout.readline()
    assert (small / ".out.unfinished" / "model.safetensors").is_file()
    run.kill()
    run.communicate()
    assert not (small / "out").exists()
    subprocess.run(script(), cwd=small, check=True, capture_output=True)
    assert sorted(path.name for path in small.iterdir()) == ["a", "b", "out"]
    assert weights_of(small / "out").keys() == weights_of(small / "a").keys()


def test_interrupted_it_leaves_nothing(small: Path) -> None:
    run = subprocess.Popen(script(pause="__import__('time').sleep(60)"), cwd=small, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    run.stdout.readline()
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=30)
    assert sorted(path.name for path in small.iterdir()) == ["a", "b"]


def test_a_disk_that_is_full_leaves_nothing(small: Path) -> None:
    full = "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    run = subprocess.run(script(before=full), cwd=small, capture_output=True, text=True, check=False)
    assert "IsoglossError: out cannot be written" in run.stderr
    assert sorted(path.name for path in small.iterdir()) == ["a", "b"]


def test_two_at_the_same_place_do_not_meet(small: Path) -> None:
    first = subprocess.Popen(script(pause="__import__('time').sleep(60)"), cwd=small, stdout=subprocess.PIPE, text=True)
    assert first.stdout
    first.stdout.readline()
    second = isogloss("train", "merge", "a", "b", "--method", "slerp", "--out", "out", cwd=small)
    first.kill()
    first.communicate()
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert "Another process is writing to out" in second.stderr


def test_the_command_tells_what_was_done_and_what_to_run_next(small: Path) -> None:
    run = isogloss("train", "merge", "a", "hf:b", "--method", "slerp", "--t", "0.3", "--out", "made/out", cwd=small)
    assert run.returncode == 0, run.stderr
    assert "slerp" in run.stdout
    assert "smallest cosine 0." in run.stdout
    assert run.stdout.splitlines()[-1] == "next: isogloss doctor --model hf:made/out"
    assert isogloss("doctor", "--model", "hf:made/out", "--json", cwd=small).returncode == 0


def test_the_command_speaks_json(small: Path) -> None:
    words = ("--method", "linear", "--weights", "3,1", "--dtype", "bfloat16", "--shard-size", "20 KB", "--out", "out")
    run = isogloss("train", "merge", "a", "b", *words, "--json", cwd=small)
    told = json.loads(run.stdout)
    assert told["recipe"] == {"method": "linear", "dtype": "bfloat16", "shares": [0.75, 0.25]}
    assert told["branches"]["linear"]["share"] == 1.0
    assert (small / "out" / "model.safetensors.index.json").is_file()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("a b --method mean", "There is no method 'mean'"),
        ("a --method slerp", "A merge takes two models or more"),
        ("a nowhere --method slerp", "There is no folder nowhere"),
        ("a smollm2 --method slerp", "SmolLM2 is not here yet"),
        ("a b --method slerp --shard-size 2", "'2' is no size of a file"),
        ("a b --method linear --weights 1;2", "'1;2' are no --weights"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(small: Path, words: str, sentence: str) -> None:
    run = isogloss("train", "merge", *words.split(), "--out", "out", cwd=small)
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)
    assert sentence in run.stderr
    assert not (small / "out").exists()


def test_a_long_merge_says_how_far_it_is(small: Path) -> None:
    slow = "import itertools, time; time.monotonic = itertools.count(step=3).__next__"
    watched = "from isogloss.graphs.training.watching import watched"
    code = f"{watched}\n{slow}\nwith watched('merge', 'merged') as tell: tell(1, 4); tell(4, 4)"
    run = subprocess.run([sys.executable, "-c", code], cwd=small, capture_output=True, text=True, check=True)
    assert run.stderr.splitlines() == ["25 % merged", "100 % merged"]


def test_the_command_is_known_before_torch_is_loaded() -> None:
    code = "import sys, isogloss.graphs.commands.training; print('torch' in sys.modules, 'safetensors' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False False\n"
