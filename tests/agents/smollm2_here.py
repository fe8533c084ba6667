"""SmolLM2 for the tests: the one already added, else added by the command, else a skip with the reason."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from isogloss.agents.local_models.smollm2 import smollm2_origin
from isogloss.tools.home import home

_ADD = "from isogloss.agents.models_status import add_model; print(add_model('smollm2', print))"


def add_smollm2(home: Path, **environment: str) -> str:
    """Add SmolLM2 to ``home`` in a process of its own, the hub switched off unless told otherwise."""
    settings = {**os.environ, "HF_HUB_OFFLINE": "1", **environment, "ISOGLOSS_HOME": str(home)}
    run = subprocess.run([sys.executable, "-c", _ADD], env=settings, capture_output=True, text=True, timeout=900)
    if run.returncode:
        pytest.skip(f"SmolLM2 cannot be added here: {(run.stderr.strip() or 'it failed').splitlines()[-1]}")
    return run.stdout


@pytest.fixture(scope="session")
def smollm2_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of Isogloss's own that has SmolLM2."""
    for module in ("torch", "transformers", "gguf"):
        if not find_spec(module):
            pytest.skip(f"{module} is not installed: pip install 'isogloss[local]'")
    if smollm2_origin():
        return home()
    made = tmp_path_factory.mktemp("home")
    add_smollm2(made)
    return made


@pytest.fixture
def smollm2(smollm2_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``smollm2`` usable."""
    monkeypatch.setenv("ISOGLOSS_HOME", str(smollm2_home))
