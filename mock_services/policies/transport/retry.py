"""One try a service, or several, one after another, within the deadline."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from creditstorm import steady
from creditstorm.credit import SERVICES, Evidence, Keyed
from creditstorm.credit.case import CreditRequest
from mock_services.policies.axes import Once
from mock_services.workers.token_bucket import TokenBucket


class SingleTry:
    """Asks each service once."""

    async def ask(self, request: CreditRequest, service: str, once: Once, until: float) -> Evidence:  # noqa: ARG002 - all alike
        """The evidence of the only try."""
        return await once(0, until)


class Allowance(Protocol):
    """How many retries there may be."""

    def first(self, service: str) -> None:
        """A request asks this service for the first time."""

    def retry(self, service: str) -> bool:
        """Whether one more try may go out, which it then does."""


class Unlimited:
    """As many retries as the number of tries allows: the naive way."""

    def first(self, service: str) -> None:
        """Nothing to keep count of."""

    def retry(self, service: str) -> bool:  # noqa: ARG002 - every service alike
        """Always true."""
        return True


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff with full jitter: U(0, min(most, first · 2^(n−1))) before try n, by the key of the try.

    Full jitter is from Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
    """

    draws: Keyed
    first_s: float
    most_s: float

    def before(self, request: CreditRequest, service: str, nth_try: int) -> float:
        """Seconds to wait before this try, the first retry being try 1."""
        most_s = min(self.most_s, self.first_s * 2.0 ** (nth_try - 1))
        key = (request.applicant, request.session, request.attempt, SERVICES.index(service), nth_try)
        return most_s * self.draws.uniform(*key)


@dataclass(frozen=True, slots=True)
class RetryTransport:
    """Tries again after any failure, a try that took longer than `per_try_s` included, while a wait still fits in.

    A try that is given up is cancelled and so hangs up, but its service may already be at work on it: this is how
    retries load what is slow already.
    """

    tries: int
    per_try_s: float | None
    backoff: Backoff
    allowance: Allowance
    now: Callable[[], float] = steady.unix_s

    async def ask(self, request: CreditRequest, service: str, once: Once, until: float) -> Evidence:
        """The evidence of the first try that got something, else of the last."""
        started = self.now()
        per_try_s = self.per_try_s or (until - started) / self.tries
        self.allowance.first(service)
        evidence = await once(0, min(until, started + per_try_s))
        for nth_try in range(1, self.tries):
            pause_s = self.backoff.before(request, service, nth_try)
            if evidence.answered or self.now() + pause_s >= until or not self.allowance.retry(service):
                break
            await asyncio.sleep(pause_s)
            evidence = await once(nth_try, min(until, self.now() + per_try_s))
            evidence = replace(evidence, latency_s=self.now() - started)
        return evidence


@dataclass(frozen=True, slots=True)
class RetryBudgets:
    """An allowance with one bucket of tokens a service: a retry takes one, a request brings `ratio` of one.

    Over any time of t seconds with n requests there are at most burst + ratio · n + min_hz · t retries. The bucket
    starts full, so that a lonely first failure can be tried again.
    """

    ratio: float
    min_hz: float
    burst: float
    now: Callable[[], float] = steady.unix_s
    _buckets: dict[str, TokenBucket] = field(default_factory=dict)

    def first(self, service: str) -> None:
        """A request pays in."""
        self._bucket(service).fill(self.now(), self.ratio)

    def retry(self, service: str) -> bool:
        """Takes a token, if there is one."""
        bucket = self._bucket(service)
        bucket.fill(self.now())
        return bucket.take()

    def _bucket(self, service: str) -> TokenBucket:
        known = self._buckets.get(service)
        return known or self._buckets.setdefault(service, TokenBucket(self.min_hz, self.burst, self.now(), self.burst))
