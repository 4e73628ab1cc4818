"""Means with less noise: control variates, whose own mean is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mean:
    """A mean and its standard error."""

    value: float
    se: float

    def apart(self, from_value: float) -> float:
        """How far it is from a value, as a part of it."""
        return self.value / from_value - 1.0


def controlled_mean(values: Floats, controls: Floats) -> Mean:
    """The mean of independent `values` by regression on `controls` (a column each), all of which have the mean 0.

    Lavenberg and Welch 1981. The error is of the intercept, so it counts what the coefficients cost.
    """
    design = np.column_stack([np.ones(len(values)), controls])
    found, *_ = np.linalg.lstsq(design, values, rcond=None)
    left = values - design @ found
    variance = float(left @ left) / (len(values) - design.shape[1])
    return Mean(float(found[0]), float(np.sqrt(variance * np.linalg.pinv(design.T @ design)[0, 0])))
