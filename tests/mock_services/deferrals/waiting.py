"""Redecisions on a clock that the test moves, and the answers that make people wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from creditstorm.credit.case import CreditRequest, approved, undetermined
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.answer import Push
from creditstorm.credit.reasons import Reason
from creditstorm.credit.sources import SERVICES
from mock_services.deciding.decide import Checked
from mock_services.deferrals.queue import Deferred
from mock_services.deferrals.redecide import Redecisions
from tests.mock_services.deciding.test_decide import PERSON
from tests.mock_services.policies.cases import PEOPLE, STRATEGY, asked_by, evidence_of, ok

CALM = {service: evidence_of(PERSON, service) if service != "scoring" else ok(600.0, sd=0.0) for service in SERVICES}
GRANTED = Checked(approved(9000), STRATEGY, CALM)
BUSY = Checked(
    replace(undetermined("shed:decision"), reason=Reason.SYSTEM_BUSY),
    STRATEGY,
    dict.fromkeys(SERVICES, Evidence(EvidenceStatus.SKIPPED)),
)


def lost(service: str = "bureau", status: EvidenceStatus = EvidenceStatus.LATE) -> Checked:
    """An answer that could not be given for want of one service."""
    return Checked(undetermined(f"{status}:{service}"), STRATEGY, CALM | {service: Evidence(status)})


def tap(session: int, attempt: int = 1) -> CreditRequest:
    """A tap of some person in this session."""
    return asked_by(PEOPLE.applicant(session), session=session, attempt=attempt)


@dataclass
class Bench:
    """Redecisions on a clock that the test moves, answered as the test says."""

    answers: Sequence[Checked] = (GRANTED,)
    spec: Push = field(default_factory=Push)
    now: float = 0.0
    redecided: list[Deferred] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.redecisions = Redecisions(self.spec, self._again, lambda: self.now)

    async def _again(self, one: Deferred) -> Checked:
        self.redecided.append(one)
        return self.answers[min(len(self.redecided), len(self.answers)) - 1]

    def ordinary(self, session: int, checked: Checked = GRANTED, attempt: int = 1) -> None:
        """An ordinary request is answered now."""
        self.redecisions.observe(tap(session, attempt), checked)

    def pass_time(self, seconds: float, *, requests_hz: float = 0.0, step_s: float = 0.1) -> None:
        """Time goes by with redecisions at every step, and good ordinary requests in between where there are any."""
        strangers = count(50_000)
        for _ in range(round(seconds / step_s)):
            self.now += step_s
            for _ in range(round(requests_hz * step_s)):
                self.ordinary(next(strangers))
            for one in self.redecisions.due():
                asyncio.run(self.redecisions.redecide(one))

    @property
    def notified(self) -> list[int]:
        """The sessions that were notified, in this order."""
        return [each["session"] for each in self.redecisions.board.page(0, 10_000)["notifications"]]  # type: ignore[attr-defined]
