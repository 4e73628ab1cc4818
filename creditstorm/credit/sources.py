"""The services a decision asks, how fast and how reliable they are in calm, and what each one measures."""

import math
from dataclasses import dataclass
from typing import Final

SOURCES: Final = ("identity", "repayment", "consumption", "bureau", "income", "social")
"""The credit-data sources, in the order of every column and plot."""

SCORED: Final = ("repayment", "consumption", "bureau", "income", "social")
"""The sources that carry weight in the score, in the order of the sum; identity is a hard rule."""

SERVICES: Final = (*SOURCES, "scoring")
"""Everything downstream of a decision, each behind its own proxy."""

_Z99: Final = 2.3263478740408408


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProfile:
    """How one service behaves in calm: lognormal service time, rare stalls, finite capacity, calm missing rate."""

    p50_s: float
    p99_s: float
    workers: int
    queue: int
    missing_rate: float
    stall_share: float = 0.001
    stall_factor: float = 10.0

    @property
    def mu(self) -> float:
        """The mean of ln(service time in s)."""
        return math.log(self.p50_s)

    @property
    def sigma(self) -> float:
        """The standard deviation of ln(service time)."""
        return math.log(self.p99_s / self.p50_s) / _Z99


CALM: Final[dict[str, ServiceProfile]] = {
    "identity": ServiceProfile(p50_s=0.060, p99_s=0.400, workers=24, queue=240, missing_rate=0.0005),
    "repayment": ServiceProfile(p50_s=0.012, p99_s=0.080, workers=6, queue=250, missing_rate=0.0001),
    "consumption": ServiceProfile(p50_s=0.008, p99_s=0.060, workers=5, queue=250, missing_rate=0.0005),
    "bureau": ServiceProfile(p50_s=0.180, p99_s=1.500, workers=80, queue=240, missing_rate=0.006),
    "income": ServiceProfile(p50_s=0.300, p99_s=3.000, workers=140, queue=240, missing_rate=0.008),
    "social": ServiceProfile(p50_s=0.025, p99_s=0.300, workers=14, queue=240, missing_rate=0.002),
    "scoring": ServiceProfile(p50_s=0.015, p99_s=0.090, workers=7, queue=250, missing_rate=0.0001),
}
"""The reference system: quantiles from DOMAIN 1.2; workers for about 250 requests/s each; queue about a second deep."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a standard normal trait becomes the whole number that a source reports, and back."""

    field: str
    centre: int
    spread: int

    def reported(self, trait: float) -> int:
        """The whole number, 0 or more, that the source's payload carries."""
        return max(0, round(self.centre + self.spread * trait))

    def characteristic(self, reported: float) -> float:
        """The standardised value that the scorecard weighs."""
        return (reported - self.centre) / self.spread


SCALES: Final[dict[str, Scale]] = {
    "repayment": Scale("payment_index", 500, 100),
    "consumption": Scale("spend_30d_cny", 4200, 1300),
    "bureau": Scale("bureau_score", 620, 75),
    "income": Scale("monthly_income_cny", 9000, 2800),
    "social": Scale("relationship_index", 500, 100),
}
