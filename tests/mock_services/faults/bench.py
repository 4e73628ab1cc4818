"""A service's faults without the service: people ask, time stands still unless it is moved."""

from __future__ import annotations

from dataclasses import dataclass, field

from scipy.stats import binom
from mock_services.faults.hooks import Call, CallEffects, Reported, ServiceHandle
from mock_services.faults.registry import kinds_of
from mock_services.source import record_of
from mock_services.wire.payloads import EvidenceRequest
from mock_services.workers.capacity import Capacity
from tests.mock_services.policies.cases import PEOPLE, SEED

NOW = 1_000_000.0


def call(applicant: int, *, session: int = 1, attempt: int = 0, nth_try: int = 0) -> Call:
    """A call about this person."""
    return EvidenceRequest.model_validate(
        {"applicant": applicant, "session": session, "attempt": attempt, "try": nth_try}
    )


@dataclass
class Bench:
    """The faults of one service, and the clock that they see."""

    service: str = "bureau"
    seed: int = SEED
    t: float = NOW
    faults: CallEffects = field(init=False)

    def __post_init__(self) -> None:
        capacity = Capacity(workers=10, queue=5)
        self.faults = CallEffects(
            kinds_of(self.service), ServiceHandle(self.seed, self.service, capacity, lambda: self.t)
        )

    def put(self, name: str, kind: str, **params: object) -> Bench:
        """Switch a fault on; chains."""
        self.faults.put(name, {"kind": kind} | params)
        return self

    def met(self, name: str) -> object:
        """The receipt."""
        return self.faults.receipts()[name]["met"]

    def truly(self, applicant: int) -> Reported:
        """What the source would say about this person if no fault were on."""
        person = PEOPLE.applicant(applicant)
        if self.faults.handle.updates:
            person = self.faults.handle.up_to_date(person)
        return Reported(person, self.t - 60.0, record_of(person, self.service))

    def said(self, asked: int | Call) -> Reported:
        """What the source says in a call, or in the first call about a person."""
        asked = call(asked) if isinstance(asked, int) else asked
        return self.faults.changed(asked, self.truly(asked.applicant))


def likely(hits: int, n: int, share: float) -> bool:
    """Whether so many hits of n lie within the exact binomial interval that holds 99.9 %."""
    low, high = binom.interval(0.999, n, share)
    return bool(low <= hits <= high)
