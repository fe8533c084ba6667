"""What is compared, as a list of commands: each makes one file or folder, and is skipped where that exists.

Of three dialects and ten Spider databases: the model as it is; trained on people's pairs that sqlglot alone
translated (``human``), on pairs that Isogloss built (``synthetic``), on ``both``; these trained on with their own
answers that match (``best-of-n``), then with preferences (``dpo``); and one model on both kinds of all dialects
(``joint``). The ``both`` models are merged in six ways. Then every merge, the best single expert and the joint model
get equally many more steps on the same pairs. Models of one dialect are evaluated in that, ``both`` and those of
several in all three, on eight other databases.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

DIALECTS = ("sqlite", "postgres", "mysql")
TRAINING_DATABASES = (
    "student_1", "network_2", "manufactory_1", "race_track", "entrepreneur",
    "ship_1", "climbing", "musical", "scientist_1", "wrestler",
)  # fmt: skip
EVALUATION_DATABASES = (
    "singer", "poker_player", "pets_1", "course_teach", "flight_2", "network_1", "museum_visit", "battle_death",
)  # fmt: skip
MERGES = ("linear", "slerp", "karcher")
GATES = ("last", "router", "random")
_SPIDER_TRAIN = ("train_spider.json", "train_spider_min.json")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything: what the machine allows."""

    human: int = 14  # questions of each training database, to be translated
    synthetic: int = 14  # pairs built on each training database
    sampled: int = 60  # other questions, answered ``samples`` times for best-of-n
    samples: int = 4
    steps: int = 15  # more, of eight examples, for best-of-n, DPO and what is tuned
    evaluated: int = 64  # questions in each dialect


@dataclass(frozen=True, slots=True)
class Stage:
    """A command of Isogloss and what it makes; ``name`` is what the results call that."""

    name: str
    arguments: tuple[str, ...]
    makes: Path


class Plan:
    """The stages of a seed, in order, in the folder ``home``; data and the base's evaluations are shared by seeds."""

    def __init__(self, spider: Path, home: Path, model: str, sizes: Sizes) -> None:
        self.spider, self.home, self.model, self.sizes = spider, home, model, sizes
        self.databases = spider / "database"

    def write_questions(self) -> None:
        """Write the questions to learn from, to sample and to evaluate, drawn once for all seeds."""
        train = _questions(next(self.spider / name for name in _SPIDER_TRAIN if (self.spider / name).exists()), "train")
        dev = _questions(self.spider / "dev.json", "dev")
        human: list[dict[str, str]] = []
        others: list[dict[str, str]] = []
        for database in TRAINING_DATABASES:
            mine = [question for question in train if question["db_id"] == database]
            random.Random(database).shuffle(mine)
            human += mine[: self.sizes.human]
            others += mine[self.sizes.human :]
        evaluated = [question for question in dev if question["db_id"] in EVALUATION_DATABASES]
        for name, questions in (("human", human), ("sampled", others), ("evaluated", evaluated)):
            self._path("questions", f"{name}.json").parent.mkdir(parents=True, exist_ok=True)
            self._path("questions", f"{name}.json").write_text(json.dumps(questions), encoding="utf-8")

    def stages(self, seed: int) -> Iterator[Stage]:
        """Yield the stages; later ones depend on what earlier ones came to."""
        yield from self._data()
        yield from self._evaluations("base", self.model)
        for dialect in DIALECTS:
            for kind in ("human", "synthetic", "both"):
                where = DIALECTS if kind == "both" else (dialect,)
                yield from self._trained(f"{kind}-{dialect}", seed, self.model, self._files(kind, dialect), where)
            yield from self._best_of_n(dialect, seed)
        everything = [file for dialect in DIALECTS for file in self._files("both", dialect)]
        yield from self._trained("joint", seed, self.model, everything, DIALECTS)
        yield from self._merges(seed)
        # chosen by the very questions of the results: if that is unfair, then to the merges
        best = max(DIALECTS, key=lambda dialect: self.accuracy(f"both-{dialect}", seed))
        for name in (f"both-{best}", "joint", *MERGES):
            yield from self._tuned(name, seed, everything)
        for gate in GATES:
            yield from self._tuned(f"mixture-{gate}", seed, everything, "--weights", "all")

    def accuracy(self, name: str, seed: int) -> float:
        """Return the mean accuracy of a model over the dialects."""
        reports = [self.evaluation(name, seed, dialect) / "report.json" for dialect in DIALECTS]
        found = (json.loads(report.read_text(encoding="utf-8"))["accuracy"] for report in reports)
        return float(mean(accuracy["estimate"]["value"] for accuracy in found))

    def evaluation(self, name: str, seed: int, dialect: str) -> Path:
        """Return the folder of an evaluation."""
        return self._path("evals", "base" if name == "base" else f"{name}.{seed}", dialect)

    def _path(self, *parts: str) -> Path:
        return self.home.joinpath(*parts)

    def _model(self, name: str, seed: int) -> Path:
        return self._path("models", f"{name}.{seed}")

    def _files(self, kind: str, dialect: str) -> list[Path]:
        kinds = ("human", "synthetic") if kind == "both" else (kind,)
        return [self._path("examples", f"{each}-{dialect}.jsonl") for each in kinds]

    def _data(self) -> Iterator[Stage]:
        for dialect in DIALECTS:
            run = self._path("runs", f"human-{dialect}")
            yield Stage("translate", self._asked("translate", "human", dialect, "--out", run), run / "pairs.jsonl")
            yield self._prepared(f"human-{dialect}", [run], "--writer", "sqlglot")
            built = [self._path("runs", f"built-{dialect}-{name}") for name in TRAINING_DATABASES]
            for name, run in zip(TRAINING_DATABASES, built, strict=True):
                source = self.databases / name / f"{name}.sqlite"
                how = ("--dialect", dialect, "--db", source, "--n", self.sizes.synthetic, "--out", run)
                yield Stage("build", ("build", *map(str, how)), run / "pairs.jsonl")
            yield self._prepared(f"synthetic-{dialect}", built)
        runs = sorted(self._path("runs").glob("built-*"))
        keywords = self._path("keywords.tsv")
        yield Stage("keywords", ("keywords", DIALECTS[0], *map(str, runs), "--out", str(keywords)), keywords)

    def _prepared(self, name: str, runs: list[Path], *more: str) -> Stage:
        file = self._path("examples", f"{name}.jsonl")
        how = ("--schema-values", "0", "--out", str(file))
        return Stage("prepare", ("train", "prepare", *map(str, runs), *how, *more), file)

    def _asked(self, command: str, questions: str, dialect: str, *more: object) -> tuple[str, ...]:
        file = self._path("questions", f"{questions}.json")
        return tuple(map(str, (command, file, "--databases", self.databases, "--dialect", dialect, *more)))

    def _trained(
        self, name: str, seed: int, start: str | Path, files: list[Path], where: tuple[str, ...], *more: str
    ) -> Iterator[Stage]:
        made = self._model(name, seed)
        how = ("--model", str(start), "--out", str(made), "--seed", str(seed), *_SFT)
        yield Stage(name, ("train", "sft", *map(str, files), *how, *more), made)
        yield from self._evaluations(name, made, seed, where)

    def _best_of_n(self, dialect: str, seed: int) -> Iterator[Stage]:
        start, run = self._model(f"both-{dialect}", seed), self._path("runs", f"sampled-{dialect}.{seed}")
        drawn = ("--limit", self.sizes.sampled, "-n", self.sizes.samples, "--seed", seed, *_SHORT)
        asked = self._asked("sample", "sampled", dialect, "--generator", f"hf:{start}", *drawn, "--out", run)
        yield Stage("sample", asked, run / "preferences.jsonl")
        if not _lines(run / "valid.jsonl"):
            return  # nothing was right, so there is nothing to learn from
        own = f"sampled-{dialect}.{seed}"
        yield self._prepared(own, [run])
        files = [*self._files("both", dialect), self._path("examples", f"{own}.jsonl")]
        steps = ("--steps", str(self.sizes.steps))
        yield from self._trained(f"best-of-n-{dialect}", seed, start, files, (dialect,), *steps, *_GOING_ON)
        if not _lines(run / "preferences.jsonl"):
            return
        made, name = self._model(f"dpo-{dialect}", seed), f"best-of-n-{dialect}"
        how = ("--model", str(self._model(name, seed)), "--out", str(made), "--seed", str(seed), *steps, *_TRAINING)
        yield Stage(f"dpo-{dialect}", ("train", "dpo", str(run / "preferences.jsonl"), *how), made)
        yield from self._evaluations(f"dpo-{dialect}", made, seed, (dialect,))

    def _merges(self, seed: int) -> Iterator[Stage]:
        experts = {dialect: str(self._model(f"both-{dialect}", seed)) for dialect in DIALECTS}
        for name in MERGES:
            made = self._model(name, seed)
            how = ("--method", name, "--out", str(made))
            yield Stage(name, ("train", "merge", *experts.values(), *how), made)
            yield from self._evaluations(name, made, seed)
        named = [f"{dialect}={model}" for dialect, model in experts.items()]
        shared = (*named, "--base", str(self._model("slerp", seed)), "--top-k", "2", "--seed", str(seed))
        for gate in GATES:
            made = self._model(f"mixture-{gate}", seed)
            keywords = () if gate == "random" else ("--keywords", str(self._path("keywords.tsv")))
            gated = (*shared, "--gate", gate, *keywords, "--out", str(made))
            yield Stage(f"mixture-{gate}", ("train", "mixture", *gated), made)
            yield from self._evaluations(f"mixture-{gate}", made, seed)

    def _tuned(self, name: str, seed: int, files: list[Path], *more: str) -> Iterator[Stage]:
        made = self._model(f"{name}-tuned", seed)
        start = ("--model", str(self._model(name, seed)), "--out", str(made))
        how = (*start, "--steps", str(self.sizes.steps), "--seed", str(seed), *_TRAINING)
        yield Stage(f"{name}-tuned", ("train", "tune", *map(str, files), *how, *more), made)
        yield from self._evaluations(f"{name}-tuned", made, seed)

    def _evaluations(
        self, name: str, model: str | Path, seed: int = 0, where: tuple[str, ...] = DIALECTS
    ) -> Iterator[Stage]:
        generator = model if isinstance(model, str) else f"hf:{model}"
        for dialect in where:
            out = self.evaluation(name, seed, dialect)
            how = ("--generator", generator, "--limit", self.sizes.evaluated, *_SHORT, "--out", out)
            yield Stage(name, self._asked("eval", "evaluated", dialect, *how), out / "report.json")


_TRAINING = ("--held-out", "0", "--save-every", "1000")  # short enough to begin anew
_SFT = ("--learning-rate", "2e-4", "--micro-batch", "4", *_TRAINING)
_GOING_ON = ("--learning-rate", "5e-5")  # at the full rate few steps undo more than they teach
_SHORT = ("--schema-values", "0", "--reply-tokens", "96", "--bf16")


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _questions(file: Path, name: str) -> list[dict[str, str]]:
    """Return Spider's questions, each with an id that stays when others are left out."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return [
        {"id": f"{name}-{place}", **{key: entry[key] for key in ("question", "query", "db_id")}}
        for place, entry in enumerate(found)
    ]
