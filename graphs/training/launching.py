"""Running a stage as a process of its own: its memory comes back, and what kills it kills that stage alone."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...tools.errors import IsoglossError, UsageError
from .recipe import Recipe
from .stages import Stage

_TRAINING = ("sft", "dpo", "tune")  # what is launched as the recipe says
_GUARD = (sys.executable, "-m", "isogloss.graphs.training.guard")
_KILLED = 128 + 9


class StageFailed(IsoglossError):
    """A stage ended with an exit ``code`` other than 0; it has said why itself."""

    def __init__(self, stage: Stage, code: int) -> None:
        self.code = code
        why = "was killed, as for want of memory" if code == _KILLED else f"ended with exit code {code}"
        super().__init__(f"The stage '{stage.name}' {why}. What is done is kept: the same command goes on from there.")


def shown_command(recipe: Recipe, stage: Stage) -> str:
    """Return the command of a stage as a person would type it in the recipe's folder."""
    launched = recipe.launch and stage.kind in _TRAINING
    start = [*shlex.split(recipe.launch or ""), "-m", "isogloss"] if launched else ["isogloss"]
    return shlex.join([*start, *stage.words])


def check_launch(recipe: Recipe) -> None:
    """Raise ``UsageError`` if there is no program to launch the training stages with."""
    try:
        words = shlex.split(recipe.launch or "")
    except ValueError as error:
        raise UsageError(f"launch: {recipe.launch} is no command line ({str(error).lower()}): mend it.") from error
    if words and shutil.which(words[0], path=_search_path()) is None:
        raise UsageError(f"launch: there is no program '{words[0]}' here.")


def launch(recipe: Recipe, stage: Stage, folder: Path) -> dict[str, Any]:
    """Run a stage in ``folder`` and return what it printed as JSON; its progress goes where ours does.

    Interrupted, it is stopped first. Raises ``StageFailed`` if it fails.
    """
    python = shlex.split(recipe.launch) if recipe.launch and stage.kind in _TRAINING else [sys.executable]
    program = shutil.which(python[0], path=_search_path()) or python[0]
    command = [*_GUARD, program, *python[1:], "-m", "isogloss", *stage.words, "--json"]
    safely = {**os.environ, "PYTHONSAFEPATH": "1"}  # no module of the folder stands in the way of another
    guard = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder, env=safely)
    assert guard.stdin
    assert guard.stdout
    try:
        output = guard.stdout.read()
    finally:
        guard.stdin.close()
        code = guard.wait()
        guard.stdout.close()
    if code:
        raise StageFailed(stage, code)
    result = last_object(output.decode(errors="replace"))
    if result is None:
        raise IsoglossError(f"The stage '{stage.name}' ended well and printed no result: is launch: to blame?")
    return result


def last_object(output: str) -> dict[str, Any] | None:
    """Return the last JSON object that begins a line of an output, None if there is none.

    Launchers may print before it and behind it.
    """
    for begin in reversed([found.start() for found in re.finditer(r"^\{", output, re.MULTILINE)]):
        with suppress(json.JSONDecodeError):
            found: dict[str, Any] = json.JSONDecoder().raw_decode(output, begin)[0]
            return found
    return None


def _search_path() -> str:
    """Return where programs are looked for: beside our Python first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
