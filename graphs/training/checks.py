"""Whether a recipe can be run at all, found out before anything is: its options, its files, its dialects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import typer

from ...tools.dialects import get_dialect
from ...tools.errors import UsageError
from ...training.finetuning.config import TrainingConfig
from ...training.finetuning.dpo_config import DpoConfig
from ...training.finetuning.tune_config import TuneConfig
from ...training.merge.config import MergeConfig
from ...training.mixture.config import MixtureConfig
from ..run_catalog import run_dialect
from .launching import check_launch
from .recipe import Recipe, Value
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
    "routing": {"out"},
    "evaluate": {"dialect", "generator", "predictions", "baseline", "against", "out"},
}


def check_recipe(recipe: Recipe, planned: Iterable[Stage], folder: Path, program: Any) -> None:
    """Raise ``UsageError``, with one sentence, for what one of the ``planned`` stages would be refused for.

    ``program`` is our own command line: its commands judge what a recipe gives them, so that a section may say what its
    command takes and nothing else.
    """
    for dialect in recipe.dialects:
        get_dialect(dialect)
    for stage in planned:
        command, words = _command(program, stage.words)
        for name, value in recipe.options(stage.kind).items():
            _check_option(stage.kind, name, value, command)
        _check_words(stage.kind, words, command)
    for what, path in _files(recipe):
        if not (folder / path).exists():
            raise UsageError(f"{what}: there is no {path} in {folder.resolve()}, where the paths of a recipe begin.")
    for dialect, runs in recipe.dialects.items():
        for run in runs:
            _check_run(dialect, folder / run)
    check_launch(recipe)


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


def _check_words(section: str, words: list[str], command: Any) -> None:
    try:
        given = command.make_context(section, words).params
    except typer.TyperException as error:
        raise UsageError(f"{section}: {error.format_message().rstrip('.')}.") from error
    check = _SETTINGS.get(section)
    if check:
        check(given)


def _check_training(kind: type[TrainingConfig], given: dict[str, Any]) -> None:
    kind(**{each.name: given[each.name] for each in fields(kind) if each.name in given}).check()


def _check_merge(given: dict[str, Any]) -> None:
    alike = {name: given[name] for name in ("models", "method", "out", "t", "gradient", "dtype", "base", "density")}
    MergeConfig(**alike).check()


def _check_mixture(given: dict[str, Any]) -> None:
    """Check what is known before the keywords are mined."""
    experts = {each.partition("=")[0]: Path(each) for each in given["experts"]}
    keywords = {dialect: ["mined"] for dialect in experts} if given["keywords"] else {}
    alike = {name: given[name] for name in ("base", "gate", "out", "top_k", "dtype")}
    MixtureConfig(experts, keywords=keywords, **alike).check()


_SETTINGS: dict[str, Callable[[dict[str, Any]], None]] = {
    "sft": partial(_check_training, TrainingConfig),
    "dpo": partial(_check_training, DpoConfig),
    "tune": partial(_check_training, TuneConfig),
    "merge": _check_merge,
    "mixture": _check_mixture,
}


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
