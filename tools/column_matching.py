"""Which column of one result is which of another: a search that refines classes instead of trying permutations.

Whether two tables are equal up to the order of rows and columns is as hard as graph isomorphism, for which no
polynomial algorithm is known. Colour refinement (Berkholz, Bonsma, Grohe, Theory of Computing Systems 60, 2017,
https://doi.org/10.1007/s00224-016-9686-0) splits columns by the values they hold in each class of rows, and rows by
the values they hold in each class of columns, until nothing splits. Where columns are still alike, one is singled
out and tried with each of its likes. What is found is checked cell by cell, so it is never wrong; that nothing is
found is a proof; and a search that outgrows its bound says so.
"""

import random
from collections import Counter
from collections.abc import Sequence
from operator import mul

_LEAST_BOUND, _PASSES = 4_000_000, 32  # cells looked at before giving up, or times that all cells are
_BITS = 61  # of a random weight
_DROPPED = -1  # the class of a column that belongs to none of the other side

Codes = Sequence[Sequence[int]]  # columns of values, each value as a number
Classes = tuple[list[int], list[int]]  # of the columns, or the rows, of both sides


class UndecidedError(Exception):
    """The search was given up; the argument says when."""


def match_columns(left: Codes, right: Codes, ranks: Sequence[int]) -> tuple[int, ...] | None:
    """Return, for each column of ``left``, that of ``right`` with which the rows are equal; None if there are none.

    The rows are equal if each rank has the same multiset of them on both sides: ranks of 0 alone leave their
    order free. ``right`` may have further columns. Raises ``UndecidedError`` after a bounded number of cells.
    """
    return _Search(left, right, ranks).extend(([0] * len(left), [0] * len(right)))


def same_rows(left: Codes, right: Codes, ranks: Sequence[int]) -> bool:
    """Return whether each rank has the same multiset of rows on both sides, column by column."""
    return Counter(zip(ranks, *left, strict=True)) == Counter(zip(ranks, *right, strict=True))


class _Weights(dict[int, int]):
    """A random number for each key, so that a sum of products of them stands for a multiset of pairs.

    Should two multisets have one sum, what holds them stays in one class, where it is tried: nothing goes wrong.
    """

    def __init__(self, source: random.Random) -> None:
        super().__init__()
        self._source = source

    def __missing__(self, key: int) -> int:
        self[key] = weight = self._source.getrandbits(_BITS)
        return weight


class _Search:
    def __init__(self, left: Codes, right: Codes, ranks: Sequence[int]) -> None:
        self._random = random.Random(0)
        weights = _Weights(self._random)
        self._sides = tuple([[weights[value] for value in column] for column in side] for side in (left, right))
        self._ranks = [weights[-1 - rank] for rank in ranks]
        firsts: dict[tuple[int, ...], int] = {}
        self._first_equal = [firsts.setdefault(tuple(column), place) for place, column in enumerate(right)]
        self._cells = 0
        self._bound = max(_LEAST_BOUND, _PASSES * (len(left) + len(right)) * len(ranks))

    def extend(self, classes: Classes) -> tuple[int, ...] | None:
        """Refine, then try each way to pair one column whose class is not decided."""
        refined = self._refined(classes)
        if refined is None:
            return None
        undecided = self._smallest_undecided(refined)
        if undecided is None:
            return self._assignment(refined)
        single, candidates = refined[0].index(undecided), self._distinct(refined, undecided)
        for candidate in candidates:
            found = self.extend(_singled_out(refined, single, candidate))
            if found is not None:
                return found
        return None

    def _refined(self, classes: Classes) -> Classes | None:
        """Split columns and rows by each other until nothing splits; None if the sides cannot be equal."""
        rows: Classes = (list(self._ranks), list(self._ranks))
        parts = 0
        while True:
            split = self._trimmed(self._split_columns(classes, rows))
            if split is None or self._smallest_undecided(split) is None:
                return split
            classes = split
            rows = self._split_rows(classes)
            if Counter(rows[0]) != Counter(rows[1]):
                return None
            before, parts = parts, len({*classes[0]}) + len({*classes[1]}) + len({*rows[0]})
            if parts == before:
                return classes

    def _split_columns(self, classes: Classes, rows: Classes) -> Classes:
        """Class columns by their class and the multiset of (class of row, value)."""
        weights = _Weights(self._random)
        row_weights = [[weights[row] for row in side] for side in rows]
        ids: dict[tuple[int, int], int] = {}

        def split(side: int, place: int, known: int) -> int:
            if known == _DROPPED:
                return _DROPPED
            self._count(len(self._ranks))
            return ids.setdefault((known, sum(map(mul, row_weights[side], self._sides[side][place]))), len(ids))

        left, right = ([split(side, *each) for each in enumerate(classes[side])] for side in (0, 1))
        return left, right

    def _trimmed(self, classes: Classes) -> Classes | None:
        """Drop columns that belong nowhere; None if too few are left for some class, or too many to use them all."""
        wanted = Counter(classes[0])
        right = [known if known in wanted else _DROPPED for known in classes[1]]
        offered = Counter(right)
        all_used = len(classes[0]) == len(classes[1])
        enough = all(offered[known] == n or (not all_used and offered[known] > n) for known, n in wanted.items())
        return (classes[0], right) if enough else None

    def _split_rows(self, classes: Classes) -> Classes:
        """Class rows by their rank and the multiset of (class of column, value), as far as all columns must count."""
        balanced = {known for known, n in Counter(classes[0]).items() if classes[1].count(known) == n}

        weights = _Weights(self._random)

        def split(side: int) -> list[int]:
            sums = list(self._ranks)
            for known, column in zip(classes[side], self._sides[side], strict=True):
                if known in balanced:
                    self._count(len(column))
                    weight = weights[known]
                    sums = [total + weight * value for total, value in zip(sums, column, strict=True)]
            return sums

        return split(0), split(1)

    def _smallest_undecided(self, classes: Classes) -> int | None:
        """Return the class with the fewest candidates, more than one and not all equal; None if there is none."""
        sizes = {known: len(self._distinct(classes, known)) for known in classes[0]}
        return min((known for known, size in sizes.items() if size > 1), key=lambda known: sizes[known], default=None)

    def _distinct(self, classes: Classes, wanted: int) -> list[int]:
        places = (place for place, known in enumerate(classes[1]) if known == wanted)
        return list({self._first_equal[place]: place for place in places}.values())

    def _assignment(self, classes: Classes) -> tuple[int, ...] | None:
        """Pair the columns of equal classes, which any pairing does if one does, and check every cell."""
        places: dict[int, list[int]] = {}
        for place, known in enumerate(classes[1]):
            places.setdefault(known, []).append(place)
        order = tuple(places[known].pop(0) for known in classes[0])
        left, right = self._sides
        self._count(len(left) * len(self._ranks))
        return order if same_rows(left, [right[place] for place in order], self._ranks) else None

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > self._bound:
            raise UndecidedError(f"the search for equal columns was given up after {self._bound:,} cells")


def _singled_out(classes: Classes, left: int, right: int) -> Classes:
    """Return the classes with one column of each side in a class of their own."""
    fresh = 1 + max(*classes[0], *classes[1])
    first, second = classes[0].copy(), classes[1].copy()
    first[left] = second[right] = fresh
    return first, second
