"""What each node of the training graph has to run: from what is done to the command lines of its stages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .recipe import Options, Recipe
from .state import Done, TrainingState, latest, of_kind, rounds_sampled, sampled

MODELS = ("sft", "dpo", "merge", "mixture", "tune")  # the kinds of stages that make a model
WHOLE = (*MODELS, "prepare", "keywords", "routing")  # those whose ``out`` appears when it is whole
_PROMPT = ("schema-tokens", "schema-values")  # what training, sampling and evaluation must have in common


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the ``words`` after ``isogloss`` that make ``out``.

    ``kind`` is its section of the recipe, or ``keywords``. It is of one ``dialect`` or of all (None), and may be of a
    ``round`` of sampling. ``subject`` is the model that is evaluated.
    """

    kind: str
    words: tuple[str, ...]
    out: str
    dialect: str | None = None
    round: int = 0
    subject: str = ""

    @property
    def name(self) -> str:
        """What it is called, once in a training."""
        what = " ".join(filter(None, (self.kind, self.subject, self.dialect)))
        return f"{what} · round {self.round}" if self.round else what

    def reads(self, made: str) -> bool:
        """Return whether it is made of what another stage has ``made``."""
        named = {made, f"hf:{made}", f"{made}/preferences.jsonl"}
        return any(word in named or word.partition("=")[2] == made for word in self.words) and made != self.out

    def done(self, seconds: float, result: dict[str, Any]) -> Done:
        """Return its record, now that it is done."""
        return Done(
            name=self.name,
            kind=self.kind,
            dialect=self.dialect,
            round=self.round,
            subject=self.subject,
            words=list(self.words),
            out=self.out,
            seconds=seconds,
            result=result,
        )


Plan = Callable[[Recipe, TrainingState], Iterable[Stage]]


def prepare(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Make examples of each dialect's runs and, after a round, of all that was sampled right."""
    for dialect in _learning(recipe, state):
        number, out = rounds_sampled(state), _place(recipe, state, dialect, "examples")
        runs = [*recipe.dialects[dialect], *(f"{recipe.out}/{dialect}/sample-{i}" for i in range(1, number + 1))]
        words = ("train", "prepare", *runs, "--out", f"{out}.jsonl", *_words(recipe.prepare))
        yield Stage("prepare", words, f"{out}.jsonl", dialect, number)


def sft(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Train each expert on its examples, in every round from the recipe's model.

    To start anew on more data, not to go on with the last expert, is what STaR does against overfitting
    (arXiv 2203.14465, section 3.1).
    """
    for dialect in _learning(recipe, state):
        data, out = latest(state, dialect, "prepare") or "", _place(recipe, state, dialect, "sft")
        words = ("train", "sft", data, "--model", recipe.model, "--out", out, *_seeded(recipe, recipe.sft))
        yield Stage("sft", words, out, dialect, rounds_sampled(state))


def sample(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Let each expert answer questions of its dialect, others in each round where ``limit`` draws them."""
    assert recipe.sample
    number = rounds_sampled(state) + 1
    for dialect in recipe.dialects:
        out = f"{recipe.out}/{dialect}/sample-{number}"
        asked = ("sample", recipe.sample.set, "--dialect", dialect, "--generator", _generator(_expert(state, dialect)))
        options = {"seed": recipe.seed + number, **_prompt(recipe), **recipe.sample.options}
        yield Stage("sample", (*asked, "--out", out, *_words(options)), out, dialect, number)


def dpo(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Train each expert on the preferences given, and on those of the last round, if there are any."""
    for dialect in recipe.dialects:
        own = [f"{latest(state, dialect, 'sample')}/preferences.jsonl"] * sampled(state, dialect, "preferences")
        data, out = [*recipe.preferences.get(dialect, []), *own], f"{recipe.out}/{dialect}/dpo"
        words = ("train", "dpo", *data, "--model", _expert(state, dialect), "--out", out)
        if data:
            yield Stage("dpo", (*words, *_seeded(recipe, recipe.options("dpo"))), out, dialect)


def merge(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Merge all experts."""
    out, experts = f"{recipe.out}/merge", (_expert(state, dialect) for dialect in recipe.dialects)
    yield Stage("merge", ("train", "merge", *experts, "--out", out, *_words(recipe.options("merge"))), out)


def keywords(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Mine the keywords of all dialects, of which the first is shown, from the runs that the experts learn from."""
    out, [first, *_] = f"{recipe.out}/keywords.tsv", recipe.dialects
    runs = (run for dialect in recipe.dialects for run in recipe.dialects[dialect])
    yield Stage("keywords", ("keywords", first, *runs, "--out", out, *_words(recipe.keywords)), out)


def mixture(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Mix the experts: the merge with each one's MLPs, and gates made of keywords."""
    out, experts = f"{recipe.out}/mixture", (f"{dialect}={_expert(state, dialect)}" for dialect in recipe.dialects)
    ours = {"base": latest(state, None, "merge"), "keywords": latest(state, None, "keywords"), "seed": recipe.seed}
    options = {name: value for name, value in ours.items() if value is not None} | recipe.options("mixture")
    yield Stage("mixture", ("train", "mixture", *experts, "--out", out, *_words(options)), out)


def tune(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Tune the mixture, or else the merge, on the examples of all dialects."""
    out, data = f"{recipe.out}/tune", (latest(state, dialect, "prepare") or "" for dialect in recipe.dialects)
    words = ("train", "tune", *data, "--model", latest(state, None, "merge", "mixture") or "", "--out", out)
    yield Stage("tune", (*words, *_seeded(recipe, recipe.options("tune"))), out)


def routing(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Report how the mixture routes the examples of each dialect, before and after it was tuned."""
    data = [latest(state, dialect, "prepare") or "" for dialect in recipe.dialects]
    for made in of_kind(state, "mixture", "tune"):
        out = f"{made['out']}-routing"
        words = ("train", "routing", made["out"], *data, "--out", out, *_seeded(recipe, recipe.options("routing")))
        yield Stage("routing", words, out, subject=made["kind"])


def evaluate(recipe: Recipe, state: TrainingState) -> Iterable[Stage]:
    """Evaluate the recipe's model, then every model that was made, in its dialect or in all; each against the first."""
    assert recipe.evaluate
    made: list[tuple[str, str | None, int, str]] = [("base", None, 0, recipe.model)]
    made += [(each["kind"], each["dialect"], each["round"], each["out"]) for each in of_kind(state, *MODELS)]
    for kind, own, number, folder in made:
        for dialect in [own] if own else recipe.dialects:
            if kind in recipe.evaluate.stages:
                yield _evaluation(recipe, kind, dialect, number, folder)


def _evaluation(recipe: Recipe, subject: str, dialect: str, number: int, folder: str) -> Stage:
    assert recipe.evaluate
    place = f"{recipe.out}/evaluations/{dialect}"
    out, first = f"{place}-{subject}{f'-{number}' if number else ''}", f"{place}-base"
    asked = ("eval", recipe.evaluate.set, "--dialect", dialect, "--generator", _generator(folder), "--out", out)
    against = ("--against", first) if out != first and "base" in recipe.evaluate.stages else ()
    options = {"seed": recipe.seed, **_prompt(recipe), **recipe.evaluate.options}
    return Stage("evaluate", (*asked, *against, *_words(options)), out, dialect, number, subject)


def _learning(recipe: Recipe, state: TrainingState) -> list[str]:
    """Return the dialects with something to learn: at first all, then those that were sampled right somewhere."""
    first = not rounds_sampled(state)
    return [dialect for dialect in recipe.dialects if first or sampled(state, dialect, "valid")]


def _place(recipe: Recipe, state: TrainingState, dialect: str, what: str) -> str:
    number = rounds_sampled(state)
    return f"{recipe.out}/{dialect}/{what}{f'-{number}' if number else ''}"


def _expert(state: TrainingState, dialect: str) -> str:
    return latest(state, dialect, "sft", "dpo") or ""


def _generator(folder: str) -> str:
    """Return how a model is called that answers questions."""
    return folder if folder == "smollm2" or folder.startswith("hf:") else f"hf:{folder}"


def _prompt(recipe: Recipe) -> Options:
    return {name: recipe.prepare[name] for name in _PROMPT if name in recipe.prepare}


def _seeded(recipe: Recipe, options: Options) -> list[str]:
    return _words({"seed": recipe.seed, **options})


def _words(options: Options) -> list[str]:
    """Return options as words: a true one by its name alone, a false one not at all, one with a list for each in it."""
    words: list[str] = []
    for name, value in options.items():
        if isinstance(value, bool):
            words += [f"--{name}"] * value
        else:
            for each in value if isinstance(value, list) else [value]:
                words += [f"--{name}", str(each)]
    return words
