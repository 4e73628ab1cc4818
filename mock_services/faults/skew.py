"""`skew`: the source reports some people a little better or worse than they are."""

from __future__ import annotations

import math
from typing import Annotated, Final

from pydantic import Field, PrivateAttr

from creditstorm.credit.changes import befalls
from creditstorm.credit.keyed import Keyed, draw
from creditstorm.credit.scorecard import FACTOR, WEIGHTS
from creditstorm.credit.sources import SCALES
from mock_services.faults.base import Share
from mock_services.faults.calls import CallFault
from mock_services.faults.moments import Call, Reported
from mock_services.faults.site import Site

_DRAW_SIZE: Final = 0
_DRAW_SIGN: Final = 1


class Skew(CallFault):
    """A share of people, the same ones every time, whose score moves by a two-sided exponential (Laplace) draw.

    `points` is the mean size of the move. It is made in the characteristic, so whole numbers round it a little.
    """

    share: Share = 0.18
    points: Annotated[float, Field(gt=0.0)] = 8.0

    _stream: Keyed = PrivateAttr()

    def begin(self, name: str, site: Site) -> None:
        """The draws belong to the name of the fault."""
        super().begin(name, site)
        self._stream = Keyed(site.seed, "skew", name)

    def changed(self, call: Call, said: Reported) -> Reported:
        """The number that moves the person's score by their draw."""
        weight = WEIGHTS[said.person.file][self._site.service]
        if said.value is None or not weight or not befalls(self._site.seed, self._name, call.applicant, self.share):
            return said
        self._met += 1
        move = SCALES[self._site.service].spread * self.move(call.applicant) / (FACTOR * weight)
        return said.saying(max(0, round(said.value + move)))

    def move(self, applicant: int) -> float:
        """By how many points the score of this person moves."""
        bits = self._stream.bits(applicant)
        size = -self.points * math.log(draw(bits, _DRAW_SIZE))
        return size if draw(bits, _DRAW_SIGN) < 0.5 else -size
