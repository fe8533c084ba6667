"""From files of examples to what is trained on and what is held out, with all that is left out counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from datasets import Dataset

from ...tools.errors import UsageError
from ..examples import Example, distinct, read_examples
from ..splitting import split
from .config import TrainingConfig
from .summary import DataCounts
from .tokens import Lesson, lesson


class Tokens(Protocol):
    """What an example is as tokens; its length is that of its longest sequence."""

    def __len__(self) -> int: ...

    @property
    def tokens(self) -> int:
        """How many tokens go through the model."""

    @property
    def trained(self) -> int:
        """How many of them are in the loss."""

    def columns(self) -> dict[str, list[int]]:
        """Return it as a trainer takes it."""


T = TypeVar("T", bound=Tokens)


@dataclass(frozen=True, slots=True)
class Lessons(Generic[T]):
    """The examples as tokens, those to train on and those held out."""

    train: list[T]
    held_out: list[T]
    counts: DataCounts


def read_lessons(config: TrainingConfig, tokenizer: Any, context: int | None = None) -> Lessons[Lesson]:
    """Read the examples that ``config`` names; none is ever cut, and the model takes at most ``context`` tokens.

    Raises ``UsageError`` where nothing is left to train on, and where ``patience`` has nothing to measure on.
    """
    given = read_examples(config.data)
    rows = distinct(given)
    made = [lesson(tokenizer, row.prompt, row.completion) for row in rows]
    return parted(config, rows, made, len(given) - len(rows), context)


def parted(
    config: TrainingConfig, rows: Sequence[Example], made: Sequence[T], duplicates: int, context: int | None
) -> Lessons[T]:
    """Part distinct examples, and what was ``made`` of each, into those to train on and those held out.

    Raises ``UsageError`` as ``read_lessons`` does.
    """
    if len(rows) == 1 and duplicates:
        raise UsageError("Every example is the same: a model learns nothing from one pair.")
    known = {id(row): each for row, each in zip(rows, made, strict=True)}
    limit = min(config.max_tokens, context or config.max_tokens)
    fitting = [row for row in rows if len(known[id(row)]) <= limit]
    if not fitting:
        raise UsageError(_all_too_long(limit, min(map(len, made)), context))
    parts = split(fitting, config.held_out, config.seed)
    if config.patience is not None and not parts.held_out:
        raise UsageError("No example can be held out without leaving none to train on: leave out --patience.")
    train, held_out = ([known[id(row)] for row in part] for part in (parts.train, parts.held_out))
    counts = DataCounts(
        train=len(train),
        held_out=len(held_out),
        left_out=len(parts.left_out),
        too_long=len(rows) - len(fitting),
        duplicates=duplicates,
        tokens=sum(each.tokens for each in train),
        trained=sum(each.trained for each in train),
        notes=(*_too_long(len(rows) - len(fitting), limit, context), *_notes(config, parts.train, held_out)),
    )
    return Lessons(train, held_out, counts)


def dataset(lessons: Sequence[T]) -> Dataset:
    """Return lessons as a trainer takes them, in memory: a file would be a copy in the cache of the library."""
    return Dataset.from_list([each.columns() for each in lessons])


def _all_too_long(limit: int, shortest: int, context: int | None) -> str:
    if context and shortest > context:
        return f"Every example has more than the {context} tokens that the model takes: choose another model."
    return f"Every example has more than {limit} tokens: give --max-tokens {shortest} or more."


def _too_long(count: int, limit: int, context: int | None) -> Iterator[str]:
    why = ", which is all that the model takes" if limit == context else ""
    if count:
        yield f"Left out, being longer than {limit} tokens{why}: {count}."


def _notes(config: TrainingConfig, train: Sequence[Example], held_out: Sequence[T]) -> tuple[str, ...]:
    marked = sum(row.evaluation for row in train)
    said = {
        "No example could be held out without leaving none to train on.": config.held_out and not held_out,
        f"On databases that models are evaluated on: {marked}.": marked,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
