"""What a dataset is made of, counted pair by pair."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .dataset import Pair, read_pairs


@dataclass(frozen=True, slots=True)
class DatasetStatistics:
    """What a dataset is made of: counts of pairs by feature, table and keyword, distinct shapes, question words.

    ``question_words`` is the fewest, the median and the most words of a question.
    """

    pairs: int
    repaired: int
    features: dict[str, int]
    templates: int
    skeletons: int
    tables: dict[str, int]
    keywords: dict[str, int]
    question_words: tuple[int, int, int]


class Distinct:
    """Counts distinct texts in eight bytes for each: of a million, two alike by chance are one in 37 million runs."""

    def __init__(self) -> None:
        self._hashes = array("q")

    def add(self, text: str | None) -> None:
        """Count a text."""
        self._hashes.append(hash(text))

    def __len__(self) -> int:
        """Return how many different texts there were."""
        return len(np.unique(np.frombuffer(self._hashes, dtype=np.int64)))


@dataclass(slots=True)
class PairCounts:
    """Counts of the pairs added so far; they take the same room whether these are few or many."""

    pairs: int = 0
    _repaired: int = 0
    _features: Counter[str] = field(default_factory=Counter)
    _tables: Counter[str] = field(default_factory=Counter)
    _keywords: Counter[str] = field(default_factory=Counter)
    _words: Counter[int] = field(default_factory=Counter)
    _templates: Distinct = field(default_factory=Distinct)
    _skeletons: Distinct = field(default_factory=Distinct)

    def add(self, pair: Pair) -> None:
        """Count a pair."""
        self.pairs += 1
        self._repaired += bool(pair["repaired"])
        self._features.update(set(pair["features"]))
        self._tables.update(set(pair["tables"]))
        self._keywords.update(set(pair["keywords"]))
        self._words[len(pair["question"].split())] += 1
        self._templates.add(pair["template"])
        self._skeletons.add(pair["skeleton"])

    def statistics(self) -> DatasetStatistics:
        """Return what the pairs are made of."""
        return DatasetStatistics(
            pairs=self.pairs,
            repaired=self._repaired,
            features=dict(self._features.most_common()),
            templates=len(self._templates),
            skeletons=len(self._skeletons),
            tables=dict(self._tables.most_common()),
            keywords=dict(self._keywords.most_common()),
            question_words=_extent(self._words),
        )


def dataset_statistics(run: Path) -> DatasetStatistics:
    """Count what the pairs of a run are made of."""
    return statistics_of(read_pairs(run))


def statistics_of(pairs: Iterable[Pair]) -> DatasetStatistics:
    """Count what some pairs are made of."""
    counts = PairCounts()
    for pair in pairs:
        counts.add(pair)
    return counts.statistics()


def _extent(numbers: Counter[int]) -> tuple[int, int, int]:
    """Return the least, the median and the greatest of numbers that are counted; 0 of none."""
    if not numbers:
        return (0, 0, 0)
    seen, middle = 0, numbers.total() // 2
    for number in sorted(numbers):
        seen += numbers[number]
        if seen > middle:
            return (min(numbers), number, max(numbers))
    raise AssertionError("the middle lies among the numbers")
