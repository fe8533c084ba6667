"""Whether a recipe can be run at all, found out before anything is: its options, its files, its dialects."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import chdir
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from ...tools.dialects import get_dialect
from ...tools.errors import UsageError
from ..run_catalog import run_dialect
from .launching import check_launch
from .recipe import Recipe, Value
from .settings_checks import Given, check_model, check_settings, check_tuning
from .stages import Stage

_OURS = {  # the options that the graph itself gives to the commands of a section
    "prepare": {"out"},
    "sft": {"model", "out"},
    "sample": {"dialect", "generator", "out"},
    "dpo": {"model", "out"},
    "merge": {"out"},
    "keywords": {"out"},
    "mixture": {"out"},
    "tune": {"model", "out"},
    "routing": {"out", "experts"},
    "evaluate": {"dialect", "generator", "predictions", "baseline", "against", "out"},
}


def check_recipe(recipe: Recipe, planned: Iterable[Stage], folder: Path, program: Any) -> None:
    """Raise ``UsageError``, with one sentence, for what one of the ``planned`` stages would be refused for.

    ``program`` is our own command line: its commands judge what a recipe gives them, so that a section may say what its
    command takes and nothing else.
    """
    for dialect in recipe.dialects:
        get_dialect(dialect)
    with chdir(folder):  # where the commands are run
        _check_commands(recipe, list(planned), program)
        _check_files(recipe)
    check_launch(recipe)


def _check_commands(recipe: Recipe, planned: Sequence[Stage], program: Any) -> None:
    made, given = {stage.out for stage in planned}, dict[str, Given]()
    for stage in planned:
        command, words = _command(program, stage.words)
        for name, value in recipe.options(stage.kind).items():
            _check_option(stage.kind, name, value, command)
        given[stage.kind] = _given(stage.kind, words, command)
        check_settings(stage.kind, given[stage.kind], made)
    if {"mixture", "tune"} <= given.keys():
        check_tuning(given["mixture"], given["tune"])


def _check_files(recipe: Recipe) -> None:
    check_model(recipe.model)
    for what, path in _files(recipe):
        if not Path(path).exists():
            raise UsageError(f"{what}: there is no {path} in {Path.cwd()}, where the paths of a recipe begin.")
    for dialect, runs in recipe.dialects.items():
        for run in runs:
            _check_run(dialect, Path(run))


def _command(program: Any, words: Iterable[str]) -> tuple[Any, list[str]]:
    """Return the command that is called, and the words that are its own."""
    command, left = program, list(words)
    while left and left[0] in getattr(command, "commands", {}):
        command = command.commands[left.pop(0)]
    return command, left


def _check_option(section: str, name: str, value: Value, command: Any) -> None:
    known = {
        word.removeprefix("--"): parameter
        for parameter in command.params
        for word in (*parameter.opts, *parameter.secondary_opts)
        if word.startswith("--") and word not in ("--json", *(f"--{ours}" for ours in _OURS[section]))
    }
    if name in {*_OURS[section], "json"}:
        raise UsageError(f"{section}.{name}: the graph says that itself; leave it out.")
    if name not in known:
        near = get_close_matches(name, known, 3, 0.5) or known
        raise UsageError(f"{section}.{name}: there is no such option; there is {', '.join(near)}.")
    if known[name].is_flag != isinstance(value, bool):
        needed = "is true or false" if known[name].is_flag else "needs a value"
        raise UsageError(f"{section}.{name}: this option {needed}.")


def _given(section: str, words: list[str], command: Any) -> Given:
    """Return the values that the command finds in its words."""
    try:
        found: Given = command.make_context(section, words).params
    except typer.TyperException as error:
        raise UsageError(f"{section}: {error.format_message().rstrip('.')}.") from error
    return found


def _check_run(dialect: str, run: Path) -> None:
    found = run_dialect(run)
    if found != dialect:
        raise UsageError(f"dialects.{dialect}: {run} is a run in {found}.")


def _files(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """Yield the files and folders that must be there, each with where the recipe names it."""
    for section, named in (("dialects", recipe.dialects), ("preferences", recipe.preferences)):
        for dialect, paths in named.items():
            yield from ((f"{section}.{dialect}", path) for path in paths)
    for section in ("sample", "evaluate"):
        asked = getattr(recipe, section)
        if asked:
            yield f"{section}.set", asked.set
        databases = recipe.options(section).get("databases")
        if databases:
            yield f"{section}.databases", str(databases)
