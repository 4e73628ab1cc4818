"""What is true of people: withdrawn consent, and lives that a source has not heard of yet."""

from __future__ import annotations

from fastapi import Response

from creditstorm.credit.changes import befalls
from mock_services.faults.calls import CallEffect
from mock_services.faults.effect import Factor, Share
from mock_services.faults.handles import ServiceHandle, Update
from mock_services.faults.hooks import Call, Reported
from mock_services.wire.responses import refusal


class ConsentRevokedEffect(CallEffect):
    """A 403 at the gate: the source looks for consent before it looks for anything else."""

    share: Share = 0.1

    def refuses(self, call: Call) -> Response | None:
        """The person's will."""
        if not befalls(self._handle.seed, self._name, call.applicant, self.share):
            return None
        self._met += 1
        return refusal(403, "the person has withdrawn consent")


class ProfileUpdateEffect(CallEffect):
    """While it is on the source reports the old value of these people; when it ends, the new one from then on."""

    share: Share = 0.1
    factor: Factor

    def begin(self, name: str, handle: ServiceHandle) -> None:
        """An update that the source had heard of is unheard again."""
        super().begin(name, handle)
        handle.updates.pop(name, None)

    def changed(self, call: Call, said: Reported) -> Reported:
        """The old value goes out unchanged, and is counted."""
        self._met += befalls(self._handle.seed, self._name, call.applicant, self.share)
        return said

    def end(self) -> None:
        """The source hears of it."""
        self._handle.updates[self._name] = Update(self.share, self.factor)
