"""The lender's strategy: a versioned cut-off and a limit table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from creditstorm.credit.applicants import Segment

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
