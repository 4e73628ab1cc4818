"""One figure over several runs: the run is the top cluster, so its spread decides how wide the interval is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import stats

from creditstorm.analysis.summary import Estimate

ALPHA: Final = 0.05


def over_runs(estimates: Sequence[Estimate], *, least: float = 0.0, most: float = 1.0) -> Estimate:
    """One run's estimate as it is (one episode); of more, the mean of the runs with its t interval.

    x̄ ± t₀.₉₇₅,ᵣ₋₁ · s / √R, cut to what is possible; n is the number of runs. Without a figure in every run: none.
    """
    if len(estimates) == 1:
        return estimates[0]
    values = [estimate.value for estimate in estimates if estimate.value is not None]
    runs = len(values)
    method = f"mean of {runs} runs, t 95 % over runs"
    if runs < len(estimates) or runs == 0:
        return Estimate(None, None, None, runs, method)
    centre = float(np.mean(values))
    half = float(stats.t.ppf(1.0 - ALPHA / 2, runs - 1) * np.std(values, ddof=1) / math.sqrt(runs))
    return Estimate(centre, max(least, centre - half), min(most, centre + half), runs, method)
