"""Retries as far as a budget allows, so that they cannot multiply the load on a service in trouble."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


@dataclass(frozen=True, slots=True)
class RetryBudgets:
    """An allowance with one bucket of tokens a service: a retry takes one, a request brings `ratio` of one.

    Over any time of t seconds with n requests there are at most burst + ratio · n + min_hz · t retries. The bucket
    starts full, so that a lonely first failure can be tried again.
    """

    ratio: float
    min_hz: float
    burst: float
    now: Callable[[], float] = time.time
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def first(self, service: str) -> None:
        """A request pays in."""
        self._pay_in(service, self.ratio)

    def retry(self, service: str) -> bool:
        """Takes a token, if there is one."""
        bucket = self._pay_in(service, 0.0)
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True

    def _pay_in(self, service: str, tokens: float) -> _Bucket:
        now = self.now()
        bucket = self._buckets.get(service) or self._buckets.setdefault(service, _Bucket(self.burst, now))
        waited_s = max(0.0, now - bucket.filled_at)
        bucket.tokens = min(self.burst, bucket.tokens + tokens + self.min_hz * waited_s)
        bucket.filled_at = now
        return bucket
