"""Pairs with a certain label: as they were verified, or with the query changed so that it gives other rows."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..tools.compare import Comparison, Label, is_vacuous
from ..tools.dialects import get_dialect
from ..tools.engines import Engine
from ..tools.errors import UsageError
from ..tools.mutations import Mutant, mutants
from ..tools.outcome import Outcome
from ..tools.parsing import parse
from ..tools.query_comparison import compare_queries
from ..tools.render import render
from ..tools.stability import instability
from .dataset import Pair
from .workbench import SHOWN_ROWS

_TRIES = 3  # of the mutants of one kind that one query has


@dataclass(frozen=True, slots=True)
class Sample:
    """A pair to judge: right if ``mutation`` is None, else wrong by that change of ``original``.

    Both kinds are written by the same renderer, so that spelling gives nothing away; ``rows`` are the first ones.
    """

    pair: str
    question: str
    sql: str
    original: str
    keywords: list[str]
    rows: list[list[Any]]
    mutation: str | None


def labelled_set(
    engine: Engine, pairs: Sequence[Pair], n: int, seed: int, on_sample: Callable[[int], None]
) -> list[Sample]:
    """Return ``n`` samples of ``pairs``, in turn right and wrong, the same for the same ``seed``.

    A changed query counts only if it would reach a critic (it runs, gives a value and hangs on no tie) and its rows
    differ from the original's; kinds of change that are rare so far come first. Pairs that allow no such change, or
    no longer give their rows, are passed over, so that fewer than ``n`` may come. ``on_sample`` hears how many there
    are.
    """
    drawn = random.Random(seed).sample(pairs, len(pairs))
    samples: list[Sample] = []
    with engine.apart() as apart:
        ground = _Ground(engine, apart, seed)
        for pair in drawn:
            if len(samples) == n:
                break
            wanted_wrong = sum(s.mutation is not None for s in samples) * 2 < len(samples)
            sample = ground.changed(pair) if wanted_wrong else ground.unchanged(pair)
            if sample is not None:
                samples.append(sample)
                on_sample(len(samples))
    return samples


class _Ground:
    """Makes samples of pairs on one database, and counts what it made."""

    def __init__(self, engine: Engine, apart: Engine, seed: int) -> None:
        self._engine, self._apart, self._seed = engine, apart, seed
        self._schema = engine.schema()
        self._values = cache(lambda table, column: engine.sample_values(table, column, seed=seed))
        self._made: Counter[str] = Counter()

    def unchanged(self, pair: Pair) -> Sample | None:
        """Return the pair as it is, if it still gives its rows when written anew."""
        language = get_dialect(self._engine.dialect).sqlglot
        comparison = self._compared(pair, render(parse(pair["sql"], language), language))
        matches = comparison is not None and comparison.outcome is Outcome.MATCH
        return _sample(pair, comparison, None) if comparison and matches else None

    def changed(self, pair: Pair) -> Sample | None:
        """Return the pair with its query changed so that it certainly answers another question."""
        for mutant in self._candidates(pair):
            comparison = self._compared(pair, mutant.sql)
            if comparison is not None and self._is_certainly_wrong(comparison):
                self._made[mutant.mutation] += 1
                return _sample(pair, comparison, mutant.mutation)
        return None

    def _candidates(self, pair: Pair) -> Iterator[Mutant]:
        """Yield a few mutants of each kind, kinds that were rare so far first."""
        found = list(mutants(pair["sql"], self._engine.dialect, self._schema, self._values))
        random.Random(f"{self._seed}/{pair['id']}").shuffle(found)
        tried: Counter[str] = Counter()
        for mutant in sorted(found, key=lambda each: self._made[each.mutation]):
            tried[mutant.mutation] += 1
            if tried[mutant.mutation] <= _TRIES:
                yield mutant

    def _compared(self, pair: Pair, sql: str) -> Comparison | None:
        try:
            return compare_queries(self._engine, pair["sql"], sql, apart=self._apart)
        except UsageError:  # the pair itself does not run: it is none of this database, or the machine is busy
            return None

    def _is_certainly_wrong(self, comparison: Comparison) -> bool:
        if comparison.label is not Label.MISMATCH or is_vacuous(comparison.predicted):
            return False
        return instability(self._apart, comparison.predicted) is None


def _sample(pair: Pair, comparison: Comparison, mutation: str | None) -> Sample:
    rows = [list(row) for row in comparison.predicted.rows[:SHOWN_ROWS]]
    return Sample(pair["id"], pair["question"], comparison.predicted.sql, pair["sql"], pair["keywords"], rows, mutation)


def mutations_in(samples: Iterable[Sample]) -> list[str]:
    """Return the kinds of change in ``samples``, the most frequent first."""
    return [kind for kind, _ in Counter(s.mutation for s in samples if s.mutation is not None).most_common()]
