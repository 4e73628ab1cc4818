"""The lender's strategy: a versioned cut-off and a limit table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from creditstorm.credit.applicants import Segment
from creditstorm.credit.scorecard import PDO

_Points = TypeVar("_Points", float, NDArray[np.float64])

ANCHOR: Final = 600.0
"""The score that stands for odds of 50:1 on every scale."""

STAND_IN_LIMIT_CNY: Final = 2_000
"""The limit of a person whose income, which limits are multiples of, may not be asked for (stand-in processing)."""


@dataclass(frozen=True, slots=True)
class LimitTable:
    """Limits in yuan as multiples of a month's income: whole steps between floor and cap."""

    cap: int
    floor: int
    step: int
    segment_factor: Mapping[Segment, int]
    months: tuple[tuple[float, float], ...]
    """(points above the cut-off, months of income granted), best first."""


LIMITS: Final = LimitTable(
    cap=200_000,
    floor=500,
    step=100,
    segment_factor={Segment.CONSUMER: 1, Segment.MICRO_BUSINESS: 2},
    months=((90.0, 4.0), (50.0, 2.5), (20.0, 1.5), (0.0, 1.0)),
)


@dataclass(frozen=True, slots=True)
class Strategy:
    """One version of the rules in force."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    version: str = "v1"
    cut_off: float = 559.3
    pdo: Annotated[float, Field(gt=0.0)] = PDO
    """Points to double the odds on the scale that the cut-off is meant for; the scorecard's is 20."""

    def on_scale(self, score: _Points) -> _Points:
        """A score of the scorecard, or an array of them, on this strategy's scale: both read 600 at odds of 50:1."""
        return score if self.pdo == PDO else ANCHOR + (score - ANCHOR) * self.pdo / PDO

    def margin(self, score: _Points) -> _Points:
        """How far a score of the scorecard lies above the cut-off, in points of this strategy; below it, negative."""
        return self.on_scale(score) - self.cut_off
