"""One try a service, and none while its breaker is open."""

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import CLOSED, OpenedState
from purgatory.service._async.circuitbreaker import AsyncCircuitBreaker
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.policies.axes import Once


class _FailedError(Exception):
    """Carries evidence out of the breaker, so that the breaker counts it as a failure."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence


class BreakerTransport:
    """Stops asking a service for `open_s` after `threshold` failures in a row; too late is a failure too.

    The failure of one replica is not one of the service: a service is not given up while another replica is left.
    After `open_s` one call at a time goes out as a probe, the others are skipped until it is back.
    """

    def __init__(self, threshold: int, open_s: float) -> None:
        self._factory = AsyncCircuitBreakerFactory(threshold, open_s)
        self._breakers: dict[str, AsyncCircuitBreaker] = {}
        self._probing: set[str] = set()

    async def ask(self, request: CreditRequest, service: str, once: Once, until: float) -> Evidence:  # noqa: ARG002 - all alike
        """The evidence of the only try, `skipped` when the breaker is open."""
        breaker = self._breakers.get(service) or await self._new_breaker(service)
        if breaker.context.state == CLOSED:
            return await self._through(breaker, once, until)
        if service in self._probing:
            return Evidence(EvidenceStatus.SKIPPED)
        self._probing.add(service)
        try:
            return await self._through(breaker, once, until)
        finally:
            self._probing.discard(service)

    async def _new_breaker(self, service: str) -> AsyncCircuitBreaker:
        return self._breakers.setdefault(service, await self._factory.get_breaker(service))

    async def _through(self, breaker: AsyncCircuitBreaker, once: Once, until: float) -> Evidence:
        try:
            async with breaker:
                return _answered(await once(0, until))
        except _FailedError as failed:
            return failed.evidence
        except OpenedState as opened:
            # The library raises one and the same exception for as long as it is open; its traceback would grow.
            opened.__traceback__ = None
            return Evidence(EvidenceStatus.SKIPPED)


def _answered(evidence: Evidence) -> Evidence:
    if not (evidence.answered or evidence.replica_left):
        raise _FailedError(evidence)
    return evidence
