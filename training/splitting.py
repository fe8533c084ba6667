"""Part of the examples held out, with neither a database nor a template that training sees.

A model that saw another question of the same database, or the same template on another one, has seen half of the
answer. So an example with one of the two on either side is left out of both, and the choice is the one, of some drawn
by seed, that leaves out the fewest.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import accumulate

from ..tools.errors import UsageError
from .examples import Example

_DRAWS = 8
_ROOM = (1, 1.5, 2, 3, 4, 6, 9)  # rows of the databases drawn, in multiples of those wanted: a choice of templates
_NEAR = 0.1  # of the rows wanted: so far from them is near enough to look at the rows left out alone

_Cells = Counter[tuple[str, str]]  # how many examples each database has of each template


@dataclass(frozen=True, slots=True)
class Split:
    """The examples in three parts, each in the order they came in."""

    train: list[Example]
    held_out: list[Example]
    left_out: list[Example]


@dataclass(frozen=True, slots=True)
class _Choice:
    """The databases and templates held out; of a single database the templates alone decide."""

    databases: frozenset[str]
    templates: frozenset[str]
    single: bool

    def part(self, database: str, template: str) -> str:
        sides = {template in self.templates} | (set() if self.single else {database in self.databases})
        return "left_out" if len(sides) == 2 else "held_out" if True in sides else "train"

    def sizes(self, cells: _Cells) -> Counter[str]:
        found: Counter[str] = Counter()
        for cell, count in cells.items():
            found[self.part(*cell)] += count
        return found


def split(examples: Iterable[Example], share: float, seed: int) -> Split:
    """Hold out about ``share`` (0 to below 1) of the examples; the same for the same ones in whatever order.

    Where nothing can be held out without leaving nothing to train on, all are to train on. Raises ``UsageError`` for
    another share.
    """
    if not 0 <= share < 1:
        raise UsageError(f"A share of {share:g} cannot be held out: give one from 0 to less than 1.")
    rows = list(examples)
    choice = _best_choice(Counter((row.database, row.template) for row in rows), share, seed)
    parts: dict[str, list[Example]] = {"train": [], "held_out": [], "left_out": []}
    for row in rows:
        parts[choice.part(row.database, row.template) if choice else "train"].append(row)
    return Split(**parts)


def _best_choice(cells: _Cells, share: float, seed: int) -> _Choice | None:
    """Return the choice that comes near enough to the share and leaves out the fewest; None if there is none."""
    wanted = max(1, round(share * cells.total())) if share else 0
    measured = [(choice, choice.sizes(cells)) for choice in _choices(cells, wanted, random.Random(seed)) if wanted]
    possible = [(choice, sizes) for choice, sizes in measured if sizes["train"] and sizes["held_out"]]
    if not possible:
        return None

    def fault(each: tuple[_Choice, Counter[str]]) -> tuple[float, int]:
        missed = abs(each[1]["held_out"] - wanted)
        return max(0.0, missed - _NEAR * wanted), each[1]["left_out"]

    return min(possible, key=fault)[0]


def _choices(cells: _Cells, wanted: int, draw: random.Random) -> Iterator[_Choice]:
    rows = Counter[str]()
    for (database, _), count in sorted(cells.items()):
        rows[database] += count
    single = len(rows) == 1
    for _ in range(_DRAWS):
        order = draw.sample(list(rows), len(rows))
        for databases in dict.fromkeys(_first(order, rows, room * wanted) for room in _ROOM):
            yield _Choice(databases, _templates(cells, databases, wanted, draw), single)


def _first(order: list[str], rows: Counter[str], enough: float) -> frozenset[str]:
    """Return the first databases that have ``enough`` rows together."""
    before = accumulate((rows[database] for database in order), initial=0)
    return frozenset(database for database, sofar in zip(order, before, strict=False) if sofar < enough)


def _templates(cells: _Cells, databases: Set[str], wanted: int, draw: random.Random) -> frozenset[str]:
    """Return templates with at most ``wanted`` rows in ``databases``, or else the smallest.

    Those come first that have the fewest rows elsewhere for each row here.
    """
    here, elsewhere = Counter[str](), Counter[str]()
    for (database, template), count in cells.items():
        (here if database in databases else elsewhere)[template] += count
    order = draw.sample(sorted(here), len(here))
    chosen, held = set[str](), 0
    for template in sorted(order, key=lambda name: elsewhere[name] / here[name]):
        if held + here[template] <= wanted:
            chosen.add(template)
            held += here[template]
    return frozenset(chosen) or frozenset(sorted(order, key=lambda name: here[name])[:1])
