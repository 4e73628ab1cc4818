"""`consent_revoked`: a share of people does not let the lender ask this source any more."""

from __future__ import annotations

from fastapi import Response

from creditstorm.credit.changes import befalls
from mock_services.faults.base import Share
from mock_services.faults.calls import CallFault
from mock_services.faults.moments import Call
from mock_services.work import refusal


class ConsentRevoked(CallFault):
    """A 403 at the gate: the source looks for consent before it looks for anything else."""

    share: Share = 0.1

    def refuses(self, call: Call) -> Response | None:
        """The person's will."""
        if not befalls(self._site.seed, self._name, call.applicant, self.share):
            return None
        self._met += 1
        return refusal(403, "the person has withdrawn consent")
