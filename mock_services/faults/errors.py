"""`errors`: a share of the calls fails, or what exceeds a quota is turned away."""

from __future__ import annotations

import math
from typing import Final, Literal

from fastapi import Response
from pydantic import PrivateAttr

from mock_services.faults.base import Factor
from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call
from mock_services.faults.site import Site
from mock_services.work import refusal

BURST_S: Final = 0.1
"""A quota lets through at once what is allowed in a tenth of a second, and at least one call."""

_TOO_MANY: Final = 429
_ONE_CALL: Final = 1.0 - 1e-6  # sums of tenths may end a hair below one


class Errors(SharedFault):
    """A 5xx after the time that the work takes; a 429 at the gate, before any worker is busy with the call.

    With `quota_hz` every call beyond this rate is a 429, and `share` and `status` say nothing: a quota looks at the
    clock, so it alone is not repeatable call by call.
    """

    status: Literal[500, 502, 503, 429] = 503
    quota_hz: Factor | None = None

    _allowed: float = PrivateAttr(default=1.0)
    _refilled_at: float = PrivateAttr(default=0.0)

    def begin(self, name: str, site: Site) -> None:
        """A quota starts with a full burst."""
        super().begin(name, site)
        self._allowed, self._refilled_at = self._burst, site.now()

    def refuses(self, call: Call) -> Response | None:
        """Over the quota, or one of the share of 429."""
        if self.quota_hz is not None:
            return self._over_quota(self.quota_hz)
        if self.status == _TOO_MANY and self.strikes(call):
            return _too_many(1.0)
        return None

    def fails(self, call: Call) -> Response | None:
        """One of the share of 5xx."""
        if self.quota_hz is None and self.status != _TOO_MANY and self.strikes(call):
            return refusal(self.status, "a fault is on")
        return None

    @property
    def _burst(self) -> float:
        return max(1.0, BURST_S * (self.quota_hz or 0.0))

    def _over_quota(self, quota_hz: float) -> Response | None:
        now = self._site.now()
        self._allowed = min(self._burst, self._allowed + quota_hz * max(0.0, now - self._refilled_at))
        self._refilled_at = now
        if self._allowed >= _ONE_CALL:
            self._allowed -= 1.0
            return None
        self._met += 1
        return _too_many((1.0 - self._allowed) / quota_hz)


def _too_many(wait_s: float) -> Response:
    return refusal(_TOO_MANY, "more calls than the quota allows", {"Retry-After": str(math.ceil(wait_s))})
