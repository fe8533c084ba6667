"""Running the command line as a person does, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def isogloss(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "ISOGLOSS_HOME": str(cwd / "home"), **environment}
    command = [sys.executable, "-m", "isogloss", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=settings, timeout=120, check=False)
