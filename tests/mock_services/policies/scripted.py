"""A service whose every try takes as long and ends as a script says, and which remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from tests.mock_services.virtual_time import now

OK = EvidenceStatus.OK
LATE = EvidenceStatus.LATE
ERROR = EvidenceStatus.ERROR


@dataclass(frozen=True)
class Try:
    """One try: its number, when it began, and when it was to be given up."""

    nth: int
    began: float
    until: float


@dataclass
class Service:
    """`script(try number)` says how long a try takes and how it ends; a try beyond its time is late."""

    script: Callable[[int], tuple[float, EvidenceStatus]]
    tries: list[Try] = field(default_factory=list)
    cancelled: int = 0

    async def once(self, nth_try: int, until: float) -> Evidence:
        """One try, as HttpUpstreams would make it."""
        began = now()
        self.tries.append(Try(nth_try, began, until))
        took_s, status = self.script(nth_try)
        left_s = max(0.0, until - began)
        try:
            await asyncio.sleep(min(took_s, left_s))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if took_s > left_s:
            return Evidence(LATE, latency_s=left_s)
        return Evidence(status, float(nth_try), 0.0, took_s)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the tries, in the order in which they were made."""
        return [one.nth for one in self.tries]
