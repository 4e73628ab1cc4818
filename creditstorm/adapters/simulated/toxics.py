"""Faults of the network as they befall a message: what Toxiproxy does to a request or an answer, in virtual time.

A message is whole: toxics act on it one after another, in the order in which they were put on. Read from the source of
Toxiproxy 2.12: taking a toxic off lets go at once what latency, bandwidth and slicer hold, and a blackhole's end closes
every connection that it swallowed something of. Not modelled: that putting a toxic on interrupts the one before it, and
draws its toxicity again; that a message may travel in several pieces (two draws of jitter, of which the longer counts);
and a slow close, which kept connections never meet.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from creditstorm.adapters.simulated.lines import ClosedError, Line
from creditstorm.credit.keyed import Keyed
from creditstorm.scenario.faults import (
    Bandwidth,
    Blackhole,
    Latency,
    LimitData,
    Reset,
    Slicer,
    SlowClose,
    ToxicFault,
)


@dataclass
class MessageToxic:
    """One fault on one path; `carry` is met by every message that passes in its direction on a struck connection."""

    fault: Any
    seed: int
    _held: set[asyncio.Future[None]] = field(default_factory=set)
    _off: bool = False

    @property
    def upstream(self) -> bool:
        """Whether it acts on requests, else on answers."""
        return bool(self.fault.direction == "upstream")

    def strikes(self, line: Line) -> bool:
        """Whether this connection is one of the share: drawn once a connection, by its number on the path."""
        if self.fault.toxicity >= 1.0:
            return True
        drawn = Keyed(self.seed, "toxicity", str(self.fault.name)).uniform(line.number)
        return bool(drawn < self.fault.toxicity)

    async def carry(self, line: Line, size: int) -> int:  # noqa: ARG002 - a kind looks at it
        """How many bytes of the message pass on, once they do; 0 where nothing ever does."""
        return size

    def take_off(self) -> None:
        """Let go of what is held."""
        self._off = True
        for held in tuple(self._held):
            if not held.done():
                held.set_result(None)

    async def _hold(self, seconds: float) -> None:
        """For so long, or until the toxic is taken off."""
        if seconds <= 0.0 or self._off:
            return
        loop = asyncio.get_running_loop()
        held = loop.create_future()
        timer = loop.call_later(seconds, _let_go, held)
        self._held.add(held)
        try:
            await held
        finally:
            self._held.discard(held)
            timer.cancel()


def _let_go(held: asyncio.Future[None]) -> None:
    if not held.done():
        held.set_result(None)


class LatencyToxic(MessageToxic):
    """Every message arrives latency ± jitter later, uniform, by the key of the connection and its message."""

    fault: Latency

    async def carry(self, line: Line, size: int) -> int:
        """Later."""
        spread = 2.0 * Keyed(self.seed, "jitter", str(self.fault.name)).uniform(line.number, line.messages) - 1.0
        await self._hold(self.fault.latency_s + self.fault.jitter_s * spread)
        return size


class BandwidthToxic(MessageToxic):
    """As many bytes a second as the rate says, in whole KB/s as the server counts."""

    fault: Bandwidth

    async def carry(self, line: Line, size: int) -> int:  # noqa: ARG002 - all alike
        """When the last byte would be there."""
        await self._hold(size / (1000.0 * self.fault.rate_kb_s))
        return size


class SlicerToxic(MessageToxic):
    """Halved until a piece is about as small as asked for, with the delay between two pieces."""

    fault: Slicer

    async def carry(self, line: Line, size: int) -> int:  # noqa: ARG002 - all alike
        """When the last piece would be there."""
        most = self.fault.average_size_bytes + self.fault.size_variation_bytes
        pieces = 2 ** max(0, math.ceil(math.log2(size / most))) if size > most else 1
        await self._hold((pieces - 1) * self.fault.delay_s)
        return size


class BlackholeToxic(MessageToxic):
    """Nothing passes; taken off, it closes every connection that it struck."""

    fault: Blackhole

    async def carry(self, line: Line, size: int) -> int:  # noqa: ARG002 - all alike
        """Never."""
        return 0


class ResetToxic(MessageToxic):
    """The message is dropped and the connection reset, `after` later."""

    fault: Reset

    async def carry(self, line: Line, size: int) -> int:  # noqa: ARG002 - all alike
        """Never; the toxic cannot be interrupted meanwhile."""
        if self.fault.after_s:
            await asyncio.sleep(self.fault.after_s)
        line.drop(ConnectionResetError)
        return 0


class LimitDataToxic(MessageToxic):
    """A connection is closed once so many bytes have passed; those that still pass arrive."""

    fault: LimitData

    async def carry(self, line: Line, size: int) -> int:
        """What is left of the limit."""
        name = str(self.fault.name)
        passed = line.passed.get(name, 0)
        line.passed[name] = passed + size
        left = max(0, self.fault.bytes - passed)
        if self.upstream and left <= size:
            line.drop(ClosedError)  # closed towards the service, so that no answer can come back
            return 0
        if left <= size:
            line.last = True
        return min(size, left)


TOXICS: Final[Mapping[str, Callable[[ToxicFault, int], MessageToxic]]] = MappingProxyType(
    {
        Bandwidth.word(): BandwidthToxic,
        Blackhole.word(): BlackholeToxic,
        Latency.word(): LatencyToxic,
        LimitData.word(): LimitDataToxic,
        Reset.word(): ResetToxic,
        Slicer.word(): SlicerToxic,
        SlowClose.word(): MessageToxic,
    }
)
"""By the scenario's word for the kind."""
