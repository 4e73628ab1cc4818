"""How many people a forecast speaks of, in figures that a person can read."""

from __future__ import annotations

import pytest
from creditstorm.report.planning.crowd import per_ten_thousand, rounded


@pytest.mark.parametrize(
    ("number", "told"), [(0.0, "0"), (1.05e-15, "<0.01"), (0.0184, "0.0184"), (9.96, "9.96"), (10_213.0, "10,200")]
)
def test_what_is_nearly_nobody_is_neither_none_nor_a_power_of_ten(number: float, told: str) -> None:
    """Three figures, and the bound of an interval that is as good as none says that it is less."""
    assert rounded(number) == told


@pytest.mark.parametrize(("share", "told"), [(0.0, "0"), (1e-19, "<0.01"), (1.8e-6, "0.018"), (0.6659, "6,659")])
def test_of_ten_thousand_it_is_the_same(share: float, told: str) -> None:
    """Two figures where there are few."""
    assert per_ten_thousand(share) == told
