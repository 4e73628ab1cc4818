"""`stale`: the record of some time ago, which says itself how old it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from creditstorm.credit.sources import SCALES
from mock_services.faults.calls import SharedFault
from mock_services.faults.moments import Call, Reported
from mock_services.snapshot import bits_of_the_past, value_then


class Stale(SharedFault):
    """The value as it was then, under the persistence of the nightly snapshot; an identity does not age."""

    age_s: Annotated[float, Field(ge=0.0)]

    def changed(self, call: Call, said: Reported) -> Reported:
        """What the source would have said `age_s` ago."""
        if not self.strikes(call):
            return said
        aged = replace(said, as_of=self._site.now() - self.age_s)
        if said.value is None or self._site.service not in SCALES:
            return aged
        bits = bits_of_the_past(self._site.seed, call.applicant)
        return aged.saying(value_then(self._site.service, said.value, bits, self.age_s))
