"""Two builds that differ in their corpus alone, side by side: which teaches more that holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..tools.dialect_constructs import dialect_constructs, functions, syntax
from ..tools.differences import Difference, difference
from ..tools.proportions import Proportion, proportion
from ..training.paired import mcnemar
from .dataset import Pair, read_pairs
from .tracing.trace import Trace

_TOTALS = """
SELECT (SELECT count(*) FROM items) AS items, (SELECT count(*) FROM items WHERE status = 'kept') AS kept,
(SELECT count(*) FROM items WHERE status = 'kept' AND repaired) AS repaired,
(SELECT count(*) FROM steps WHERE node = 'execute') AS attempts
"""
_ERRORS = (
    "SELECT error_class, count(*) AS count FROM steps WHERE node = 'execute' AND error_class IS NOT NULL GROUP BY 1"
)
_REASONS = "SELECT reason, count(*) AS count FROM items WHERE status = 'rejected' GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Measure:
    """A share in both runs, and how much larger it is in the second."""

    name: str
    first: Proportion
    second: Proportion
    difference: Difference
    told: bool


@dataclass(frozen=True, slots=True)
class Constructs:
    """What of the dialect's own the first ``pairs`` pairs of each run use, of ``listed`` that the dialect has.

    ``chance`` is how likely a split at least as unequal as that of ``only_first`` and ``only_second`` would be if
    each of these were as likely to be in one run as in the other (McNemar's exact test).
    """

    listed: int
    pairs: int
    first: int
    second: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    chance: float


@dataclass(frozen=True, slots=True)
class Versus:
    """Two runs compared: of the items kept, of the pairs and of the attempts; ``errors`` by class, then by reason."""

    dialect: str
    corpora: tuple[str, str]
    runs: tuple[Path, Path]
    measures: tuple[Measure, ...]
    constructs: Constructs
    errors: tuple[Measure, ...]
    reasons: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class _Run:
    totals: Mapping[str, int]
    errors: Mapping[str, int]
    reasons: Mapping[str, int]
    pairs: Sequence[Pair]
    used: Sequence[frozenset[str]]


def compare_runs(dialect: str, corpora: tuple[str, str], paths: tuple[Path, Path]) -> Versus:
    """Compare two builds of ``dialect``; raises ``UsageError`` if either is none."""
    first, second = _read(paths[0], dialect), _read(paths[1], dialect)
    measures = tuple(
        _measure(name, *one, *other)
        for (name, one), other in zip(_shares(first).items(), _shares(second).values(), strict=True)
    )
    errors = _counted(first.errors, second.errors, first.totals["attempts"], second.totals["attempts"])
    reasons = _counted(first.reasons, second.reasons, first.totals["items"], second.totals["items"])
    return Versus(dialect, corpora, paths, measures, _constructs(dialect, first, second), errors, reasons)


def _read(path: Path, dialect: str) -> _Run:
    pairs = list(read_pairs(path))
    with closing(Trace.read(path / "trace.sqlite")) as trace:
        errors = {row["error_class"]: row["count"] for row in trace.query(_ERRORS)}
        reasons = {row["reason"]: row["count"] for row in trace.query(_REASONS)}
        totals = next(trace.query(_TOTALS))
    return _Run(totals, errors, reasons, pairs, [dialect_constructs(pair["sql"], dialect) for pair in pairs])


def _shares(run: _Run) -> dict[str, tuple[int, int]]:
    totals, pairs = run.totals, len(run.pairs)
    return {
        "items kept": (totals["kept"], totals["items"]),
        "of these repaired": (totals["repaired"], totals["kept"]),
        "taught by a snippet": (sum(bool(pair["taught_by"]) for pair in run.pairs), pairs),
        "use the dialect's own": (sum(map(bool, run.used)), pairs),
        "attempts with an error": (sum(run.errors.values()), totals["attempts"]),
    }


def _measure(name: str, part: int, whole: int, other_part: int, other_whole: int) -> Measure:
    first, second = proportion(part, whole), proportion(other_part, other_whole)
    found = difference(first, second)
    return Measure(name, first, second, found, found.told)


def _counted(first: Mapping[str, int], second: Mapping[str, int], of_first: int, of_second: int) -> tuple[Measure, ...]:
    """Return a measure for each class that either run has, the most frequent first."""
    names = Counter(first) + Counter(second)
    return tuple(_measure(n, first.get(n, 0), of_first, second.get(n, 0), of_second) for n, _ in names.most_common())


def _constructs(dialect: str, first: _Run, second: _Run) -> Constructs:
    pairs = min(len(first.pairs), len(second.pairs))  # of more pairs, more would be found
    one, other = (frozenset[str]().union(*islice(run.used, pairs)) for run in (first, second))
    having = [construct.dialects for construct in syntax()] + list(functions().values())
    return Constructs(
        sum(dialect in each for each in having),
        pairs,
        len(one),
        len(other),
        tuple(sorted(one - other)),
        tuple(sorted(other - one)),
        mcnemar(len(one - other), len(other - one)),
    )
