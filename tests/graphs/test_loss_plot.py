"""The plot of a loss in a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isogloss.graphs.training.loss_plot import loss_plot

LOSSES = st.lists(st.floats(0, 100), min_size=2, max_size=300)


@given(LOSSES, st.integers(20, 120), st.integers(2, 12))
def test_it_has_the_size_that_was_asked_for(losses: list[float], width: int, height: int) -> None:
    lines = loss_plot(list(enumerate(losses)), width, height)
    assert len(lines) == height + 1
    assert max(map(len, lines)) <= width


def test_a_falling_loss_falls_from_the_top_left_to_the_bottom_right() -> None:
    lines = loss_plot([(step, 8.0 - step) for step in range(8)], 17, 2)
    assert lines == ["  8.000 ┤⠉⠢⠤⣀", "  1.000 ┤⠀⠀⠀⠀⠉⠑⠤⢄", "           step 7"]


@pytest.mark.parametrize("losses", [[], [(1, 2.0)], [(1, 2.0), (1, 1.0)]])
def test_one_step_is_no_line(losses: list[tuple[int, float]]) -> None:
    assert loss_plot(losses) == []
