"""The pairs of a run, read one at a time."""

import json
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..tools.errors import UsageError

Pair = dict[str, Any]


def read_pairs(run: Path) -> Iterator[Pair]:
    """Yield the pairs of a run in the order they were kept; a last line still being written is left out."""
    for number, line in enumerate(pair_lines(run)):
        yield pair_of(line, run, number)


def pair_lines(run: Path) -> Iterator[bytes]:
    """Yield the whole lines of a run's pairs; raises ``UsageError`` if it has no such file."""
    path = run / "pairs.jsonl"
    if not path.is_file():
        raise UsageError(f"{run} has no pairs.jsonl: name the directory of a run.")
    with path.open("rb") as lines:
        yield from (line for line in lines if line.endswith(b"\n"))


def pair_of(line: bytes, run: Path, number: int) -> Pair:
    """Return the pair on a line of a run, counted from 0; raises ``UsageError`` if it is none."""
    try:
        pair = json.loads(line)
    except ValueError:
        pair = None
    if not isinstance(pair, dict) or not {"question", "sql", "features"} <= pair.keys():
        where = f"{run / 'pairs.jsonl'}, line {number + 1}"
        raise UsageError(f"{where} is not a pair: restore the file, or build the run anew.")
    return pair


def sample_pairs(run: Path, n: int, seed: int | None = None) -> list[Pair]:
    """Return the first ``n`` pairs of a run, or ``n`` of them chosen by ``seed``, in their order."""
    if seed is None:
        return list(islice(read_pairs(run), n))
    count = sum(1 for _ in pair_lines(run))
    chosen = set(random.Random(seed).sample(range(count), min(n, count)))
    numbered = enumerate(islice(pair_lines(run), count))
    return [pair_of(line, run, number) for number, line in numbered if number in chosen]
