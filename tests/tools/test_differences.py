"""Differences of proportions, against published values."""

import pytest
from isogloss.tools.differences import difference
from isogloss.tools.proportions import proportion

# Newcombe (1998), Statistics in Medicine 17, table II, method 10; his difference is the first less the second.
PUBLISHED = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((10, 10), (0, 10), 0.6075, 1.0000),
    ((5, 56), (0, 29), -0.0381, 0.1926),
]


@pytest.mark.parametrize(("larger", "smaller", "low", "high"), PUBLISHED)
def test_the_interval_is_newcombes(larger: tuple[int, int], smaller: tuple[int, int], low: float, high: float) -> None:
    found = difference(proportion(*smaller), proportion(*larger))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.told == (low > 0)


def test_of_nothing_nothing_is_told() -> None:
    found = difference(proportion(0, 0), proportion(5, 5))
    assert (found.value, found.low, found.high, found.told) == (None, -1.0, 1.0, False)
