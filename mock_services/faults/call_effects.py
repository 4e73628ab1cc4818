"""Effects on calls: they fail, take longer, cannot be read, or find fewer workers."""

import math
from typing import Annotated, Final, Literal

from fastapi import Response
from pydantic import Field, PrivateAttr
from mock_services.faults.active import Factor, Share
from mock_services.faults.hooks import Call, CallEffect, ServiceHandle, SharedEffect
from mock_services.wire.handling import refusal
from mock_services.workers.token_bucket import TokenBucket

BURST_S: Final = 0.1
"""A quota lets through at once what is allowed in a tenth of a second, and at least one call."""

_TOO_MANY: Final = 429


class ErrorsEffect(SharedEffect):
    """A 5xx after the time that the work takes; a 429 at the gate, before any worker is busy with the call.

    With `quota_hz` every call beyond this rate is a 429, and `share` and `status` say nothing: a quota looks at the
    clock, so it alone is not repeatable call by call.
    """

    status: Literal[500, 502, 503, 429] = 503
    quota_hz: Factor | None = None

    _bucket: TokenBucket = PrivateAttr()

    def begin(self, name: str, handle: ServiceHandle) -> None:
        """A quota starts with a full burst."""
        super().begin(name, handle)
        hz = self.quota_hz or 0.0
        burst = max(1.0, BURST_S * hz)
        self._bucket = TokenBucket(hz, burst, handle.now(), tokens=burst)

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

    def _over_quota(self, quota_hz: float) -> Response | None:
        self._bucket.fill(self._handle.now())
        if self._bucket.take():
            return None
        self._met += 1
        return _too_many((1.0 - self._bucket.tokens) / quota_hz)


def _too_many(wait_s: float) -> Response:
    return refusal(_TOO_MANY, "more calls than the quota allows", {"Retry-After": str(math.ceil(wait_s))})


MAX_STRETCH: Final = 1000.0
"""No single draw of a heavy tail takes longer than this many times the usual: below alpha 1 it has no mean."""

_DRAW_TAIL: Final = 1


class SlowEffect(SharedEffect):
    """Service time × factor × a Pareto draw of at least 1, where a tail is asked for, + add."""

    factor: Factor = 1.0
    add_s: Annotated[float, Field(ge=0.0)] = 0.0
    tail_alpha: Factor | None = None

    def stretched(self, call: Call, service_s: float) -> float:
        """The service time of a call that is struck."""
        if not self.strikes(call):
            return service_s
        return service_s * self.factor * self._tail(call) + self.add_s

    def _tail(self, call: Call) -> float:
        if self.tail_alpha is None:
            return 1.0
        # Compared before the power is taken, which a tiny alpha would overflow.
        left = self.draw(call, _DRAW_TAIL)
        return MAX_STRETCH if left <= MAX_STRETCH**-self.tail_alpha else left ** (-1.0 / self.tail_alpha)


class SickEffect(SharedEffect):
    """Every call × factor slower, and a share of them a 503 in the end; every call meets it."""

    factor: Factor = 5.0
    share: Share = 0.3

    def stretched(self, call: Call, service_s: float) -> float:  # noqa: ARG002 - all alike
        """Longer for everybody."""
        self._met += 1
        return service_s * self.factor

    def fails(self, call: Call) -> Response | None:
        """In vain for some."""
        return refusal(503, "a fault is on") if self.struck(call) else None


class MalformedEffect(SharedEffect):
    """Whole HTTP, half JSON."""

    def spoiled(self, call: Call, body: bytes) -> bytes:
        """The first half."""
        return body[: len(body) // 2] if self.strikes(call) else body


class CapacityEffect(CallEffect):
    """Workers × factor, at least one; it is met by calls that find no worker free while it is on."""

    factor: Annotated[float, Field(gt=0.0, le=1.0)]

    _met_none_before: int = PrivateAttr(default=0)

    @property
    def met(self) -> int:
        """Calls that had to wait, or were shed."""
        return self._handle.capacity.met_none_free - self._met_none_before

    def begin(self, name: str, handle: ServiceHandle) -> None:
        """Calls that hold a worker keep it; no other is let in until there are few enough."""
        super().begin(name, handle)
        self._met_none_before = handle.capacity.met_none_free
        handle.capacity.scale(name, self.factor)

    def end(self) -> None:
        """The workers are back, and those who wait longest go in."""
        self._handle.capacity.unscale(self._name)
