"""Calls that a fault is going to meet, so that a few probes see what else would take hundreds.

What befalls a call is keyed, so it can be known beforehand. A service is free to key otherwise: then a probe may miss,
and the first of the load's own requests that meets the fault shows it instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from creditstorm.credit.applicants import Applicant, File, Population
from creditstorm.credit.changes import befalls
from creditstorm.credit.keyed import Keyed, draw
from creditstorm.credit.sources import SCORED
from creditstorm.scenario.faults import InsideFault
from creditstorm.scenario.faults.targets import service_of

FIRST_SESSION: Final = 2**40
"""Sessions of probes begin where no load's ever will."""
LOOKED_AT: Final = 4000
COMPARED: Final = 30
ENOUGH: Final = 4
_DRAW_STRIKES: Final = 0
_DRAW_TIME: Final = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a service, by what keys its luck."""

    applicant: int
    session: int
    attempt: int = 1
    nth_try: int = 0

    @property
    def ids(self) -> tuple[int, int, int, int]:
        """The key."""
        return (self.applicant, self.session, self.attempt, self.nth_try)


def calls_that_meet(fault: InsideFault, people: Population) -> tuple[Call, ...]:
    """The luckiest of the calls that the fault strikes: those that a calm service answers soonest."""
    struck = islice(_struck(fault, people), COMPARED)
    latency = Keyed(people.seed, "latency", fault.target)
    return tuple(sorted(struck, key=lambda call: draw(latency.bits(*call.ids), _DRAW_TIME))[:ENOUGH])


def _struck(fault: InsideFault, people: Population) -> Iterator[Call]:
    share = float(getattr(fault, "share", 1.0))
    strikes = Keyed(people.seed, "fault", fault.name)
    for number in range(LOOKED_AT):
        call = Call(number % people.size, FIRST_SESSION + number)
        if fault.met_by == "people":
            meets = befalls(people.seed, fault.name, call.applicant, share)
        else:
            meets = draw(strikes.bits(*call.ids), _DRAW_STRIKES) < share
        if meets and _on_file(people.applicant(call.applicant), service_of(fault.target)):
            yield call


def _on_file(person: Applicant, service: str) -> bool:
    """Whether there is something about the person that a fault could spoil, and that counts."""
    return person.file is File.THICK and (service not in SCORED or person.values[service] is not None)
