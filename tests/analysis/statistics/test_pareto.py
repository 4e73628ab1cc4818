"""The front: who is beaten on both counts, and who is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from creditstorm.analysis.statistics.pareto import front


def test_the_front_of_four() -> None:
    """(1, 3), (2, 2) and (3, 1) trade one for the other; (3, 3) is beaten, and so is a tie with one worse count."""
    assert front([(1, 3), (2, 2), (3, 1), (3, 3), (2, 2.5)]) == (True, True, True, False, False)


def test_equals_stand_together_and_a_missing_figure_stands_nowhere() -> None:
    """Two policies with the same figures are both on the front; one without a figure neither is nor beats."""
    assert front([(1, 1), (1, 1), (None, 0)]) == (True, True, False)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_there_is_a_front_and_everybody_else_is_beaten_by_it(points: list[tuple[float, float]]) -> None:
    """Never empty; whoever is off it has somebody on it who is as good on both counts."""
    on = [point for point, is_on in zip(points, front(points), strict=True) if is_on]
    assert on
    assert all(any(a <= x and b <= y for a, b in on) for x, y in points)
