"""From the kept pairs of runs to examples: each with the prompt that sampling and evaluation give its question."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...agents.defaults import SCHEMA_TOKENS, SCHEMA_VALUES
from ...tools.errors import IsoglossError, UsageError
from ...tools.json_lines import read_json_lines
from ...tools.schema_excerpt import SchemaExcerpt
from ...training.examples import Example, distinct, write_examples
from ...training.prompt_format import completion
from ..answering.prompting import question_prompt
from ..dataset import Pair
from ..run_catalog import find_run
from .places import Finder, Place
from .run_pairs import fingerprint_of, run_pairs, template_of

WRITERS = ("sqlglot", "rules", "exact rules", "model")
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PrepareConfig:
    """Which pairs become examples, and how: those of ``runs``, into the file ``out``.

    ``named`` tells where databases are, by name, and ``databases`` is a folder of them; both come before where the run
    had them. Only what one of ``writers`` has translated is taken, if any are given, and pairs on databases for
    evaluation only with ``evaluation``.
    """

    runs: Sequence[Path]
    out: Path
    schema_tokens: int = SCHEMA_TOKENS
    schema_values: int = SCHEMA_VALUES
    named: Mapping[str, str] = field(default_factory=dict)
    databases: Path | None = None
    writers: Sequence[str] = ()
    evaluation: bool = False

    def finder(self) -> Finder:
        """Return what finds the databases; raises ``UsageError`` if ``databases`` is no folder."""
        return Finder(self.named, self.databases)

    def check(self) -> None:
        """Raise ``UsageError`` for an unknown writer, no folder of databases, and a file that holds something else."""
        unknown = [writer for writer in self.writers if writer not in WRITERS]
        if unknown:
            known = f"{', '.join(WRITERS[:-1])} or {WRITERS[-1]}"
            raise UsageError(f"Nobody called '{unknown[0]}' translates: --writer takes {known}.")
        if self.out.is_dir():
            raise UsageError(f"{self.out} is a directory: name a file with --out.")
        if self.out.exists() and "completion" not in next(read_json_lines(self.out), ("", {"completion": ""}))[1]:
            raise UsageError(f"{self.out} holds something other than examples: choose another --out.")
        self.finder()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Pairs of a run that are no examples, and why."""

    run: str
    reason: str
    pairs: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written: ``examples`` by dialect and by database, and how many ``templates`` they have.

    ``duplicates`` are those with the prompt and the completion of an earlier one, which are not written; ``evaluation``
    are examples on databases that models are evaluated on.
    """

    file: Path
    examples: int
    dialects: dict[str, int]
    databases: dict[str, int]
    templates: int
    duplicates: int
    evaluation: int
    left_out: list[LeftOut]


class _Item(NamedTuple):
    """A pair, its run, and its number among all."""

    number: int
    run: Path
    pair: Pair


def prepare(config: PrepareConfig, tell: Tell) -> Prepared:
    """Write the examples of all runs, whole or not at all; ``tell`` hears how many pairs are done, and of how many.

    Raises ``UsageError`` for what is no run, an unknown writer, a file that holds something else already, and where no
    pair becomes an example.
    """
    config.check()
    work = _Work(config)
    made = [example for _, example in sorted(work.made(tell), key=lambda each: each[0])]
    left_out = [LeftOut(run, reason, count) for (run, reason), count in work.left_out.most_common()]
    examples = distinct(made)
    if not examples:
        why = "; ".join(f"{each.run}: {each.reason}" for each in left_out[:3]) or "the runs have none"
        raise UsageError(f"There is no pair to make an example of ({why}).")
    write_examples(config.out, examples)
    return Prepared(
        config.out,
        len(examples),
        dict(Counter(example.dialect for example in examples).most_common()),
        dict(Counter(example.database for example in examples).most_common()),
        len({example.template for example in examples}),
        len(made) - len(examples),
        sum(example.evaluation for example in examples),
        left_out,
    )


class _Work:
    """The pairs of all runs on their way; ``left_out`` counts those that are no examples, by run and reason."""

    def __init__(self, config: PrepareConfig) -> None:
        self._config = config
        self._finder = config.finder()
        self.left_out: Counter[tuple[str, str]] = Counter()
        pairs = [(run, pair) for run in map(find_run, config.runs) for pair in run_pairs(run)]
        self._items = [_Item(number, run, pair) for number, (run, pair) in enumerate(pairs)]
        self._evaluated = {pair["database"] for _, pair in pairs if pair.get("evaluation_database")}

    def made(self, tell: Tell) -> Iterator[tuple[int, Example]]:
        """Yield the examples with the numbers of their pairs, database by database."""
        config, grouped = self._config, self._by_place()
        done, of = 0, sum(map(len, grouped.values()))
        for place, items in grouped.items():
            try:
                schema = place.schema(config.schema_tokens, config.schema_values)
                yield from ((item.number, self._example(item, schema)) for item in items)
            except IsoglossError as error:  # this database cannot be had; the others can
                self._leave_out(items, str(error).removesuffix("."))
            done += len(items)
            tell(done, of)

    def _by_place(self) -> dict[Place, list[_Item]]:
        """Return the pairs that are wanted, those of a database together."""
        grouped: dict[Place, list[_Item]] = defaultdict(list)
        fingerprints = {run: fingerprint_of(run) for run in {item.run for item in self._items}}
        for item in self._items:
            if why := self._unwanted(item.pair):
                self._leave_out([item], why)
            else:
                pair, source = item.pair, self._finder.source_of(item.pair)
                grouped[Place(pair["dialect"], pair["database"], source, fingerprints[item.run])].append(item)
        return grouped

    def _unwanted(self, pair: Pair) -> str | None:
        """Return why a pair is not taken; a database that one run marks for evaluation is so for all of them."""
        config = self._config
        if pair["database"] in self._evaluated and not config.evaluation:
            return f"{pair['database']} is a database for evaluation (--evaluation takes it in)"
        if config.writers and pair.get("translated_by") not in config.writers:
            return f"not translated by {' or '.join(config.writers)}"
        return None

    def _example(self, item: _Item, schema: SchemaExcerpt) -> Example:
        pair = item.pair
        return Example(
            id=f"{item.run.name}/{pair.get('id', item.number)}",
            prompt=question_prompt(schema, pair["dialect"], pair["question"], pair.get("evidence")),
            completion=completion(pair["sql"]),
            dialect=pair["dialect"],
            database=pair["database"],
            template=template_of(pair),
            evaluation=pair["database"] in self._evaluated,
        )

    def _leave_out(self, items: Sequence[_Item], why: str) -> None:
        self.left_out.update((str(item.run), why) for item in items)
