"""Complaints: who was refused or left undecided is decided about again, on fresh evidence, and notified.

What was missing has to be back first, as for `redecide`, whose bounds hold here too. An answer that lacked nothing may
be wrong as well (a source that lies does so on time): it has a second look at once, as long as there is room.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from creditstorm import steady
from creditstorm.credit import SERVICES, Evidence, EvidenceStatus
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.rules import TURNED_AWAY
from mock_services.deciding.decide import Checked, Upstreams
from mock_services.deferrals.queue import Deferred
from mock_services.deferrals.redecide import DECISION, Again, Redecisions, again_by, fresh
from mock_services.deferrals.told_answers import ToldAnswers
from mock_services.policies import admission, answer, axes, complaints, missing

NOTHING: Final = ""
"""What an answer lacked that lacked nothing."""


def second_looks_of(
    policy: axes.Policy, upstreams: Upstreams, deadline_s: float, now: Callable[[], float] = steady.unix_s
) -> "SecondLooks | None":
    """The second looks of a policy that takes complaints; None for another.

    They are past its admission, put nothing in the place of what is missing, and say honestly that it is.
    """
    feedback = policy.feedback
    if not isinstance(feedback, complaints.RedecideFeedback):
        return None
    rule, words = missing.FailClosedRule(), answer.HonestVocabulary()
    by = replace(policy, admission=admission.OpenDoor(), missing=rule, answer=words)
    return SecondLooks(feedback, again_by(by, upstreams, deadline_s, now), now)


class SecondLooks(Redecisions):
    """Decides again about those who complain, as `Redecisions` does about those who were left undecided."""

    def __init__(
        self, feedback: complaints.RedecideFeedback, again: Again, now: Callable[[], float] = steady.unix_s
    ) -> None:
        super().__init__(feedback.spec, again, now)
        self._told = ToldAnswers(feedback, feedback.spec, now)

    @property
    def refused(self) -> int:
        """How many complaints were not taken."""
        return self._told.refused

    def observe(self, request: CreditRequest, checked: Checked) -> None:
        """An ordinary request was answered: learn from it, and remember what may be complained of.

        Who complained and taps again still waits, unless the answer to that is better.
        """
        lost = lost_in(checked)
        self._learn(checked, let_in=lost != DECISION)
        if lost != NOTHING:
            self._source_health.missed(lost)
        if not self._told.note(Deferred(request, lost, self._now()), checked.decision.answer):
            self._settle((request.applicant, request.session))

    def complain(self, applicant: int, session: int, attempt: int) -> complaints.Heard:
        """What becomes of the complaint about this answer; where it is taken, the person waits from now on."""
        told = self._told.claim(applicant, session, attempt)
        if told is None:
            return complaints.Heard(taken=False, said=complaints.NOT_TAKEN)
        self._queue.put(replace(told, deferred_at=self._now()))
        return complaints.Heard(taken=True, said=complaints.TAKEN)


def lost_in(checked: Checked) -> str:
    """What an answer wanted: the first service without a fresh value, room at the door, or `NOTHING`.

    A source that the person does not let the lender ask is none: it is not going to be back.
    """
    if checked.decision.cause == TURNED_AWAY.cause:
        return DECISION
    return next((service for service in SERVICES if _missing(checked.evidence, service)), NOTHING)


def _missing(evidence: Mapping[str, Evidence], service: str) -> bool:
    found = evidence[service]
    return not fresh(found) and found.status is not EvidenceStatus.REFUSED
