"""The scale of the score: 600 points at odds of 50:1, 20 more double the odds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from creditstorm.credit.scorecard import points, probability_of_default


@pytest.mark.parametrize(("odds", "score"), [(50.0, 600.0), (100.0, 620.0), (25.0, 580.0), (200.0, 640.0)])
def test_twenty_points_double_the_odds(odds: float, score: float) -> None:
    """To points, and back to the probability of default that the odds are."""
    assert points(math.log(odds)) == pytest.approx(score)
    assert probability_of_default(np.array([score]))[0] == pytest.approx(1.0 / (1.0 + odds))
