"""Proportions and their intervals, and the scores of a judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.tools.proportions import proportion, scores


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    found = proportion(part, whole)
    assert [found.low, found.high] == pytest.approx([low, high], abs=5e-5)


def test_nothing_has_no_share() -> None:
    assert (proportion(0, 0).value, proportion(0, 0).low, proportion(0, 0).high) == (None, 0.0, 1.0)


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(part: int, more: int) -> None:
    found, mirrored = proportion(part, part + more), proportion(more, part + more)
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert [found.low, found.high] == pytest.approx([1 - mirrored.high, 1 - mirrored.low])


def test_scores_count_both_kinds_of_mistake() -> None:
    judged = [(True, True)] * 6 + [(True, False)] * 2 + [(False, True)] * 3 + [(False, False)] * 9
    found = scores(judged)
    assert [(p.part, p.whole) for p in (found.precision, found.recall, found.accuracy, found.false_alarms)] == [
        (6, 9),
        (6, 8),
        (15, 20),
        (3, 12),
    ]
    assert found.f1 == pytest.approx(2 * (6 / 9) * (6 / 8) / (6 / 9 + 6 / 8))


def test_no_judgement_is_a_mistake_either_way() -> None:
    found = scores([(True, None), (False, None), (True, True)])
    assert (found.recall.part, found.false_alarms.part, found.accuracy.part) == (1, 1, 1)
