"""The lender's strategy: a versioned cut-off and a limit table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from creditstorm.credit.applicants import Segment
from creditstorm.credit.scorecard import PDO

ANCHOR: Final = 600.0
"""The score that stands for odds of 50:1 on every scale."""

LIMIT_CAP_CNY: Final = 200_000
LIMIT_STEP_CNY: Final = 100
LIMIT_FLOOR_CNY: Final = 500
SEGMENT_FACTOR: Final = {Segment.CONSUMER: 1, Segment.MICRO_BUSINESS: 2}
MONTHS_OF_INCOME: Final = ((90.0, 4.0), (50.0, 2.5), (20.0, 1.5), (0.0, 1.0))
"""(points above the cut-off, months of income granted), best first."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """One version of the rules in force."""

    version: str = "v1"
    cut_off: float = 559.3
    pdo: float = PDO
    """Points to double the odds on the scale that the cut-off is meant for; the scorecard's is 20."""

    def on_scale(self, score: float) -> float:
        """A score of the scorecard on this strategy's scale: both read 600 at odds of 50:1."""
        return score if self.pdo == PDO else ANCHOR + (score - ANCHOR) * self.pdo / PDO
