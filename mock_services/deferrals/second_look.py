"""Complaints: who was refused or left undecided is decided about again, on fresh evidence, and notified.

What was missing has to be back first, as for `redecide`, whose bounds hold here too. An answer that lacked nothing may
be wrong as well (a source that lies does so on time): it has a second look at once, as long as there is room.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from creditstorm.credit import SERVICES, Evidence, EvidenceStatus
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.policies.feedback import Redecide
from creditstorm.credit.rules import TURNED_AWAY
from mock_services.deciding.decide import Checked, Upstreams
from mock_services.deferrals.queue import Deferred
from mock_services.deferrals.redecide import DECISION, Again, Redecisions, again_by, fresh
from mock_services.policies import admission, answer, axes, complaints, missing

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
NOTHING: Final = ""
"""What an answer lacked that lacked nothing."""


def second_looks_of(
    policy: axes.Policy, upstreams: Upstreams, deadline_s: float, now: Callable[[], float] = time.time
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
    """Remembers who was told what, so that only an answer of this service can be complained of, and only so often."""

    def __init__(
        self, feedback: complaints.RedecideFeedback, again: Again, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__(feedback.spec, again, now)
        self._feedback = feedback
        self._spec: Redecide = feedback.spec
        self._told: OrderedDict[tuple[int, int], Deferred] = OrderedDict()
        self._complaints: OrderedDict[int, int] = OrderedDict()
        self.refused = 0
        """How many complaints were not taken."""

    def observe(self, request: CreditRequest, checked: Checked) -> None:
        """An ordinary request was answered: learn from it, and remember what may be complained of.

        Who complained and taps again still waits, unless the answer to that is better.
        """
        lost = lost_in(checked)
        self._learn(checked, let_in=lost != DECISION)
        if lost != NOTHING:
            self._source_health.missed(lost)
        one = Deferred(request, lost, self._now())
        self._told.pop(one.key, None)
        if self._feedback.takes(checked.decision.answer):
            _keep(self._told, one.key, one, self._spec.most)
        else:
            self._settle(one.key)

    def complain(self, applicant: int, session: int, attempt: int) -> bool:
        """Whether the complaint about this answer is taken; the person waits from now on then."""
        told, before = self._told.get((applicant, session)), self._complaints.get(applicant, 0)
        taken = told is not None and told.request.attempt == attempt and before < self._spec.each
        if told is None or not taken or self._now() - told.deferred_at > self._spec.within_s:
            self.refused += 1
            return False
        del self._told[told.key]
        _keep(self._complaints, applicant, before + 1, self._spec.most)
        self._queue.put(replace(told, deferred_at=self._now()))
        return True


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


def _keep(table: OrderedDict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    """The newest `most` are kept."""
    table[key] = value
    table.move_to_end(key)
    while len(table) > most:
        table.popitem(last=False)
