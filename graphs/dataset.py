"""The pairs of a run, and what they are made of."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ..tools.errors import UsageError

Pair = dict[str, Any]


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


def read_pairs(run: Path) -> Iterator[Pair]:
    """Yield the pairs of a run in the order they were kept; a last line still being written is left out."""
    path = run / "pairs.jsonl"
    if not path.is_file():
        raise UsageError(f"{run} has no pairs.jsonl: name the directory of a run.")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.endswith("\n"):
                yield _pair(line, f"{path}, line {number}")


def sample_pairs(run: Path, n: int, seed: int | None = None) -> list[Pair]:
    """Return the first ``n`` pairs of a run, or ``n`` of them chosen by ``seed``, in their order."""
    if seed is None:
        return list(islice(read_pairs(run), n))
    pairs = list(enumerate(read_pairs(run)))
    return [pair for _, pair in sorted(random.Random(seed).sample(pairs, min(n, len(pairs))), key=lambda p: p[0])]


def dataset_statistics(run: Path) -> DatasetStatistics:
    """Count what the pairs of a run are made of."""
    pairs = list(read_pairs(run))
    words = sorted(len(pair["question"].split()) for pair in pairs) or [0]
    return DatasetStatistics(
        pairs=len(pairs),
        repaired=sum(bool(pair["repaired"]) for pair in pairs),
        features=_counts(pair["features"] for pair in pairs),
        templates=len({pair["template"] for pair in pairs}),
        skeletons=len({pair["skeleton"] for pair in pairs}),
        tables=_counts(pair["tables"] for pair in pairs),
        keywords=_counts(pair["keywords"] for pair in pairs),
        question_words=(words[0], words[len(words) // 2], words[-1]),
    )


def _counts(lists: Iterable[list[str]]) -> dict[str, int]:
    """Count in how many of the lists each value is, the most frequent first."""
    return dict(Counter(value for values in lists for value in set(values)).most_common())


def _pair(line: str, where: str) -> Pair:
    try:
        pair = json.loads(line)
    except ValueError:
        pair = None
    if not isinstance(pair, dict) or not {"question", "sql", "features"} <= pair.keys():
        raise UsageError(f"{where} is not a pair: restore the file, or build the run anew.")
    return pair
