"""`slicer` by Toxiproxy's toxic of that name."""

from typing import Final

from creditstorm.adapters.faults.network.effect import LARGEST, LONGEST_WAIT_S, SHORTEST_S, ToxicEffect
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import Slicer

SLICES: Final = 64
FEWEST: Final = 8
"""An answer in one piece arrives in two or three chunks; slices that travel at once merge, but not into so few."""
READ_AT_ONCE: Final = 32_768
"""The server never has more than this in hand, so larger slices cut nothing."""


class SlicerEffect(ToxicEffect[Slicer]):
    """Met by the delays between the slices if they add up, else by the number of chunks that arrive."""

    @property
    def toxic(self) -> Toxic:
        """The one toxic whose delay is in microseconds."""
        sizes = {"average_size": self.fault.average_size_bytes, "size_variation": self.fault.size_variation_bytes}
        return self._toxic("slicer", {**sizes, "delay": round(self.fault.delay_s * 1e6)})

    @property
    def ask(self) -> Ask | None:
        """Enough bytes for 64 slices; without delays a client cannot see slices on their way up."""
        if self.fault.average_size_bytes * 4 > READ_AT_ONCE or (self._by_chunks and self.fault.direction == "upstream"):
            return None
        return self._carrying(self._size, answer_within_s=1.0 if self._by_chunks else self._threshold_s)

    def met(self, seen: ProbeResult) -> bool:
        """Late, or in many chunks."""
        if self._by_chunks:
            return seen.outcome == "answered" and seen.chunks >= FEWEST
        return seen.outcome == "unfinished" or (seen.outcome == "answered" and seen.answer_s >= self._threshold_s)

    @property
    def may_escape(self) -> bool:
        """Slices without delays can merge on their way."""
        return self._by_chunks or self.fault.toxicity < 1.0

    @property
    def _size(self) -> int:
        return min(LARGEST, SLICES * self.fault.average_size_bytes)

    @property
    def _threshold_s(self) -> float:
        slices = self._size / (self.fault.average_size_bytes + self.fault.size_variation_bytes)
        return min(0.5 * slices * self.fault.delay_s, LONGEST_WAIT_S)

    @property
    def _by_chunks(self) -> bool:
        return self._threshold_s < SHORTEST_S
