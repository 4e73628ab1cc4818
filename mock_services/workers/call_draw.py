"""What befalls one call, by its key alone: the same person meets the same draws under every policy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from creditstorm.credit.keyed import Keyed, draw, normal_quantile
from creditstorm.credit.sources import ServiceProfile

MAX_AGE_S: Final = 3600.0

_DRAW_TIME: Final = 0
_DRAW_STALL: Final = 1
_DRAW_MISSING: Final = 2
_DRAW_AGE: Final = 3


@dataclass(frozen=True, slots=True)
class CallDraw:
    """One call's draws: how long a worker is busy with it, whether it fails in calm, how old its record is."""

    service_s: float
    missing: bool
    age_s: float


@dataclass(frozen=True)
class CallDraws:
    """The draws of the calls to one service."""

    seed: int
    service: str
    profile: ServiceProfile

    @cached_property
    def _stream(self) -> Keyed:
        return Keyed(self.seed, "latency", self.service)

    def of(self, applicant: int, session: int, attempt: int, nth_try: int) -> CallDraw:
        """The draws of this call; a lognormal service time, stretched by a rare stall."""
        bits = self._stream.bits(applicant, session, attempt, nth_try)
        profile = self.profile
        service_s = math.exp(profile.mu + profile.sigma * normal_quantile(draw(bits, _DRAW_TIME)))
        if draw(bits, _DRAW_STALL) < profile.stall_share:
            service_s *= profile.stall_factor
        return CallDraw(service_s, draw(bits, _DRAW_MISSING) < profile.missing_rate, MAX_AGE_S * draw(bits, _DRAW_AGE))
