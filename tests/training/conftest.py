"""What the tests of training share."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .lessons_here import save_small_model, write_numbered

if TYPE_CHECKING:
    from isogloss.training.sft import SftConfig


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torch compute with one thread, which for tiny models is the fastest, and the same each time."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small model."""
    return save_small_model(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture
def config(model: Path, tmp_path: Path) -> "SftConfig":
    """Settings of a training of ten steps."""
    from isogloss.training.sft import SftConfig

    data = write_numbered(tmp_path / "rows.jsonl", 48)
    return SftConfig(
        model=str(model), data=(data,), out=tmp_path / "out", learning_rate=3e-3, steps=10, precision="float32"
    )
