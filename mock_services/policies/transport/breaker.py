"""One try a service, and none while its breaker is open."""

from collections.abc import Callable

from purgatory.domain.model import CLOSED, Context, HalfOpenedState, OpenedState, State
from creditstorm import steady
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.policies.axes import Once


class _FailedError(Exception):
    """Carries evidence out of the breaker, so that the breaker counts it as a failure."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence


class _Opened(OpenedState):
    """Open by the clock that it is given: the library's own looks at the wall."""

    def __init__(self, name: str, now: Callable[[], float]) -> None:
        super().__init__(name)
        self._now = now
        self.opened_at = now()

    def handle_new_request(self, context: Context) -> None:
        """Half open once its time is over; raises itself before."""
        if self._now() <= self.opened_at + context.ttl:
            raise self
        context.set_state(HalfOpenedState())


class _Breaker(Context):
    """The library's states of one circuit, on our clock; nobody listens to its messages."""

    def __init__(self, name: str, threshold: int, ttl: float, now: Callable[[], float]) -> None:
        super().__init__(name, threshold, ttl)
        self._now = now

    def set_state(self, state: State) -> None:
        """An open state gets our clock."""
        super().set_state(_Opened(self.name, self._now) if isinstance(state, OpenedState) else state)


class BreakerTransport:
    """Stops asking a service for `open_s` after `threshold` failures in a row; too late is a failure too.

    The failure of one replica is not one of the service: a service is not given up while another replica is left.
    After `open_s` one call at a time goes out as a probe, the others are skipped until it is back.
    """

    def __init__(self, threshold: int, open_s: float, now: Callable[[], float] = steady.unix_s) -> None:
        self._threshold = threshold
        self._open_s = open_s
        self._now = now
        self._breakers: dict[str, _Breaker] = {}
        self._probing: set[str] = set()

    async def ask(self, request: CreditRequest, service: str, once: Once, until: float) -> Evidence:  # noqa: ARG002 - all alike
        """The evidence of the only try, `skipped` when the breaker is open."""
        breaker = self._breakers.get(service) or self._new_breaker(service)
        if breaker.state == CLOSED:
            return await self._through(breaker, once, until)
        if service in self._probing:
            return Evidence(EvidenceStatus.SKIPPED)
        self._probing.add(service)
        try:
            return await self._through(breaker, once, until)
        finally:
            self._probing.discard(service)

    def _new_breaker(self, service: str) -> _Breaker:
        return self._breakers.setdefault(service, _Breaker(service, self._threshold, self._open_s, self._now))

    async def _through(self, breaker: _Breaker, once: Once, until: float) -> Evidence:
        try:
            with breaker:
                return _answered(await once(0, until))
        except _FailedError as failed:
            return failed.evidence
        except OpenedState as opened:
            # The library raises one and the same exception for as long as it is open; its traceback would grow.
            opened.__traceback__ = None
            return Evidence(EvidenceStatus.SKIPPED)
        finally:
            breaker.messages.clear()


def _answered(evidence: Evidence) -> Evidence:
    if not (evidence.answered or evidence.replica_left):
        raise _FailedError(evidence)
    return evidence
