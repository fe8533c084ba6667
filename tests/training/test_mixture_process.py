"""Mixing in a process of its own: its memory, and the command line."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..command_line import isogloss

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("transformers", reason="transformers is not installed")

from .mixture_models import KEYWORDS, save_experts
from .tiny_checkpoints import save_checkpoint

LARGE: dict[str, Any] = {"hidden_size": 512, "intermediate_size": 2048, "num_hidden_layers": 12}
MODEL_BYTES = 189e6
GATE_UP_BYTES = 3 * 2 * 4 * 512 * 2048

_MIX = """
import sys
from pathlib import Path
from transformers import AutoModel, LlamaModel, MixtralConfig  # before the memory is taken
from isogloss.training.mixture.config import MixtureConfig
from isogloss.training.mixture.mixing import mix

def peak():  # not getrusage's, which counts what the process that started this one held
    told = Path("/proc/self/status")
    return 1024 * int(told.read_text().split("VmHWM:")[1].split()[0]) if told.exists() else 0

experts = {"sqlite": Path("a"), "postgres": Path("b"), "mysql": Path("b")}
keywords = {"sqlite": ["GLOB"], "postgres": ["ILIKE"], "mysql": ["IFNULL"]}
start = peak()
mix(MixtureConfig(experts, Path("a"), "router", Path("out"), keywords), lambda done, of: None)
print(peak() - start)
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a folder with a base and three experts of some kilobytes, and a file of keywords."""
    save_experts(tmp_path)
    lines = [f"{dialect}\t{text}" for dialect, texts in KEYWORDS.items() for text in texts]
    (tmp_path / "keywords.tsv").write_text("\n".join(["dialect\tkeyword", *lines, ""]))
    return tmp_path


@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="the peak memory is read from Linux")
def test_memory_stays_far_below_one_model(tmp_path: Path) -> None:
    for name, distance in (("a", 0.0), ("b", 0.5)):
        save_checkpoint(tmp_path / name, distance, **LARGE)
    run = subprocess.run([sys.executable, "-c", _MIX], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert sum(file.stat().st_size for file in (tmp_path / "a").glob("*.safetensors")) >= MODEL_BYTES
    assert int(run.stdout.split()[-1]) < MODEL_BYTES / 2
    assert int(run.stdout.split()[-1]) > GATE_UP_BYTES  # else nothing was measured


def mixture(small: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return isogloss("train", "mixture", *words, "--base", "base", "--out", "out", cwd=small)


def test_the_command_tells_what_was_mixed_and_what_to_run_next(small: Path) -> None:
    run = mixture(small, "sqlite=sqlite", "postgres=hf:postgres", "mysql=mysql", "--keywords", "keywords.tsv")
    assert run.returncode == 0, run.stderr
    assert all(line.endswith("% mixed") for line in run.stderr.splitlines())
    assert "1  postgres  postgres  4 keywords" in run.stdout
    assert "gates last: condition number" in run.stdout
    assert "next: isogloss train routing out EXAMPLES…" in run.stdout
    assert "isogloss train tune EXAMPLES… --model out --weights gates" in run.stdout


def test_bad_input_gets_one_sentence_and_exit_code_2(small: Path) -> None:
    run = mixture(small, "sqlite=sqlite", "mysql=mysql")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1), run.stderr
    assert "There are no keywords for sqlite" in run.stderr
    assert not (small / "out").exists()


def test_the_command_is_known_before_torch_is_loaded() -> None:
    code = "import sys, isogloss.graphs.commands.mixing; print('torch' in sys.modules, 'transformers' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False False\n"
