"""`profile_update`: people whose life has changed, and a source that has not heard of it yet."""

from __future__ import annotations

from creditstorm.credit.changes import befalls
from mock_services.faults.base import Factor, Share
from mock_services.faults.calls import CallFault
from mock_services.faults.moments import Call, Reported
from mock_services.faults.site import Site, Update


class ProfileUpdate(CallFault):
    """While it is on the source reports the old value of these people; when it ends, the new one from then on."""

    share: Share = 0.1
    factor: Factor

    def begin(self, name: str, site: Site) -> None:
        """An update that the source had heard of is unheard again."""
        super().begin(name, site)
        site.updates.pop(name, None)

    def changed(self, call: Call, said: Reported) -> Reported:
        """The old value goes out unchanged, and is counted."""
        self._met += befalls(self._site.seed, self._name, call.applicant, self.share)
        return said

    def end(self) -> None:
        """The source hears of it."""
        self._site.updates[self._name] = Update(self.share, self.factor)
