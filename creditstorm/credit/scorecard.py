"""The scorecard's parameters: log-odds of being good = intercept + Σ weight · characteristic, scaled to points."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit.applicants import File

INTERCEPT: Final = 3.3
PDO: Final = 20.0
FACTOR: Final = PDO / math.log(2.0)
OFFSET: Final = 600.0 - FACTOR * math.log(50.0)

_THICK: Final = {"repayment": 0.93, "consumption": 0.60, "bureau": 0.93, "income": 0.50, "social": 0.22}
# A thin file has no bureau record to weigh, so a scorecard of its own leans on the rest. The factor keeps the
# variance of the log-odds at that of the thick card (4.319, with traits correlated .25 in pairs).
_THIN_FACTOR: Final = 1.3391838
_THIN: Final = {source: (0.0 if source == "bureau" else w * _THIN_FACTOR) for source, w in _THICK.items()}

WEIGHTS: Final[dict[File, dict[str, float]]] = {File.THICK: _THICK, File.THIN: _THIN}
"""Weight in log-odds per source, per scorecard."""

NO_RECORD: Final = -2.0
"""The characteristic of the "no record" bin: a thick file without a record is an adverse fact."""


def points(log_odds: float) -> float:
    """Points on the scale 600 at 50:1, 20 points to double the odds (Offset + Factor · ln odds)."""
    return OFFSET + FACTOR * log_odds


def probability_of_default(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The PD in (0, 1) that each score in points stands for."""
    return np.asarray(1.0 / (1.0 + np.exp((scores - OFFSET) / FACTOR)))
