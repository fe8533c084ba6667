"""Which numbers of two results count as equal although they are not: sums of floats in another order.

Equality must be transitive for rows to be counted, and being near is not. So the numbers of both results are
clustered: neighbours are joined, the nearest first, as long as a cluster's ends are near each other. Hence

- numbers taken for equal are within the tolerance of each other, never chained beyond it;
- near numbers are taken for equal, unless so many others crowd there that a chain of near ones is wider than the
  tolerance: then it is cut at its widest gaps;
- gold and prediction may be swapped: only the set of numbers counts.
"""

from collections.abc import Hashable, Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any

from .canonical import numbers_within

RELATIVE, ABSOLUTE = Decimal("1e-9"), Decimal("1e-12")  # how near numbers must be, if one is not whole and exact

Number = int | float | Decimal


def near_numbers(values: Iterable[Hashable]) -> dict[Number, Number]:
    """Return, for each number taken for another, that other one, the least of its cluster.

    Two whole numbers of an exact type are never taken for equal: keys may be long.
    """
    found: dict[type, set[Any]] = {int: set(), float: set(), Decimal: set()}
    for value in values:
        for number in numbers_within(value):
            found[type(number)].add(number)
    if not found[float] and not found[Decimal]:
        return {}
    whole = found[int] | {number for number in found[Decimal] if number == number.to_integral_value()}
    return _clustered(sorted(found[int] | found[float] | found[Decimal]), whole)


def replaced(value: Any, near: dict[Number, Number]) -> Any:
    """Return a canonical value with the numbers in it replaced."""
    if isinstance(value, tuple | frozenset):
        return type(value)(replaced(each, near) for each in value)
    return near.get(value, value)


def _clustered(numbers: list[Number], whole: set[Any]) -> dict[Number, Number]:
    precise = [Decimal(number) for number in numbers]
    wholes = list(accumulate((number in whole for number in numbers), initial=0))
    starts, ends = list(range(len(numbers))), list(range(len(numbers)))  # of the cluster that ends or starts there
    gaps = (
        (precise[place + 1] - precise[place], place)
        for place in range(len(numbers) - 1)
        if _near(precise[place], precise[place + 1])
    )
    for _, place in sorted(gaps):
        start, end = starts[place], ends[place + 1]
        if wholes[end + 1] - wholes[start] < 2 and _near(precise[start], precise[end]):
            starts[end], ends[start] = start, end
    return _members(numbers, starts, ends)


def _members(numbers: list[Number], starts: list[int], ends: list[int]) -> dict[Number, Number]:
    stands_for = {}
    start = 0
    while start < len(numbers):
        for place in range(start + 1, ends[start] + 1):
            stands_for[numbers[place]] = numbers[start]
        start = ends[start] + 1
    return stands_for


def _near(lower: Decimal, upper: Decimal) -> bool:
    return upper - lower <= max(RELATIVE * max(abs(lower), abs(upper)), ABSOLUTE)
