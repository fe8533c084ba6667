"""A training recipe: a YAML file that says what is trained on what, in sections of the commands' own options."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ...tools.errors import UsageError

Value = str | int | float | bool | list[str | int | float]
Options = dict[str, Value]
Evaluated = Literal["base", "sft", "dpo", "merge", "mixture", "tune"]


class OnQuestions(BaseModel):
    """A section about a question set: the ``set``, and the command's options."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: Options
    set: str

    @property
    def options(self) -> Options:
        """The command's options, by name."""
        return self.__pydantic_extra__


class Evaluation(OnQuestions):
    """What is evaluated, on what."""

    stages: tuple[Evaluated, ...] = get_args(Evaluated)


class Recipe(BaseModel):
    """What to train: an expert of each of the ``dialects``, from ``model`` on the pairs of its runs; into ``out``.

    ``rounds`` of sampling and training again follow if there is a ``sample``. ``preferences`` are files for DPO beside
    those of the last round. ``launch`` stands in the place of ``python`` where a model is trained. A section that is
    None is left out. Paths are as seen from the recipe's folder.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    out: str
    dialects: dict[str, list[str]] = Field(min_length=1)
    seed: int = 0
    rounds: int = Field(1, ge=0)
    launch: str | None = None
    preferences: dict[str, list[str]] = {}
    prepare: Options = {}
    sft: Options
    sample: OnQuestions | None = None
    dpo: Options | None = None
    merge: Options | None = None
    keywords: Options = {}
    mixture: Options | None = None
    tune: Options | None = None
    routing: Options | None = None
    evaluate: Evaluation | None = None

    @field_validator(
        "prepare", "sft", "sample", "dpo", "merge", "keywords", "mixture", "tune", "routing", "evaluate", mode="before"
    )
    @classmethod
    def _named_as_options_are(cls, section: Any) -> Any:
        """Let a section without a word be an empty one, and names be written with or without dashes."""
        if not isinstance(section, Mapping):
            return {} if section is None else section
        return {str(name).lstrip("-").replace("_", "-"): value for name, value in section.items()}

    def wants(self, kind: str) -> bool:
        """Return whether it has a kind of stages: keywords are mined where a mixture needs them and names none."""
        if kind == "keywords":
            drawn = self.options("mixture").get("gate") in ("random", "uniform")
            return self.mixture is not None and "keywords" not in self.mixture and not drawn
        return getattr(self, kind) is not None and (kind != "sample" or self.rounds > 0)

    def options(self, section: str) -> Options:
        """Return the options of a section; none of one that is left out."""
        found: Options | OnQuestions | None = getattr(self, section)
        return found.options if isinstance(found, OnQuestions) else found or {}


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a file; raises ``UsageError`` with one sentence for what is wrong in it."""
    try:
        content = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is no YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(content, dict):
        raise UsageError(f"{path} holds no recipe: it begins with 'model:', 'out:', 'dialects:' and 'sft:'.")
    try:
        recipe = Recipe.model_validate(content)
    except ValidationError as error:
        raise UsageError(f"{path}: {_sentence(error)}") from error
    for refused, sentence in _rules(recipe):
        if refused:
            raise UsageError(f"{path}: {sentence}")
    return recipe


def _rules(recipe: Recipe) -> Sequence[tuple[bool, str]]:
    """Return what a recipe may not ask for, beyond the shape of its sections, each with a sentence."""
    strangers = [dialect for dialect in recipe.preferences if dialect not in recipe.dialects]
    no_runs = [dialect for dialect, runs in recipe.dialects.items() if not runs]
    sampling, several = recipe.wants("sample"), len(recipe.dialects) > 1
    return (
        (bool(no_runs), f"dialects: name a run for {', '.join(no_runs)} to learn from."),
        (bool(strangers), f"preferences: there is no {', '.join(strangers)} among the dialects."),
        ("rounds" in recipe.model_fields_set and not recipe.sample, "rounds: they sample; add a section sample:."),
        (
            recipe.dpo is not None and not sampling and not recipe.preferences,
            "dpo: it learns from preferences; add sample:, or preferences: with files for a dialect.",
        ),
        (recipe.merge is not None and not several, "merge: there is but one expert; name two dialects."),
        (recipe.mixture is not None and not several, "mixture: there is but one expert; name two dialects."),
        (
            recipe.mixture is not None and recipe.merge is None and "base" not in recipe.mixture,
            "mixture: its attention comes from a merge; add merge:, or a base of its own.",
        ),
        (
            "keywords" in recipe.model_fields_set and not recipe.wants("keywords"),
            "keywords: no gates are made of them.",
        ),
        (
            recipe.tune is not None and not (recipe.wants("mixture") or recipe.wants("merge")),
            "tune: it tunes a mixture, or a merge; add mixture:.",
        ),
        (
            recipe.mixture is None
            and (recipe.options("tune").get("weights", "all") != "all" or "balance" in recipe.options("tune")),
            "tune: a merge has no gates and experts; leave out its weights and balance, or add mixture:.",
        ),
        (recipe.routing is not None and recipe.mixture is None, "routing: it is a mixture's; add mixture:."),
        (recipe.launch is not None and not recipe.launch.split(), "launch: give the words that start Python."),
    )


def _sentence(error: ValidationError) -> str:
    """Return the first fault that was found, in a sentence."""
    fault = error.errors(include_url=False)[0]
    *above, key = map(str, fault["loc"])
    place = ".".join(each for each in (*above, key) if "[" not in each)  # pydantic names the types of a union so
    if fault["type"] == "missing":
        return f"'{place}:' is missing."
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(key, Recipe.model_fields, 3, 0.5) or Recipe.model_fields
        return f"there is no '{place}:' in a recipe; there is {', '.join(near)}."
    return f"{place}: {fault['msg'][0].lower()}{fault['msg'][1:]}."
