"""`bandwidth` by Toxiproxy's toxic of that name."""

from typing import Final

from creditstorm.adapters.faults.network.effect import LARGEST, SHORTEST_S, ToxicEffect
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import Bandwidth

AIM_S: Final = 0.2
"""How long a probe's bytes should take at the fault's rate."""


class BandwidthEffect(ToxicEffect[Bandwidth]):
    """Met by bytes that take more than half as long as the rate says; a rate too fast to measure is read back."""

    @property
    def toxic(self) -> Toxic:
        """The server counts in whole KB/s."""
        return self._toxic("bandwidth", {"rate": max(1, round(self.fault.rate_kb_s))})

    @property
    def ask(self) -> Ask | None:
        """As many bytes as take a fifth of a second at this rate."""
        threshold_s = self._threshold_s
        return self._carrying(self._size, answer_within_s=threshold_s) if threshold_s >= SHORTEST_S else None

    def met(self, seen: ProbeResult) -> bool:
        """Late, or not all there yet."""
        return seen.outcome == "unfinished" or (seen.outcome == "answered" and seen.answer_s >= self._threshold_s)

    @property
    def _size(self) -> int:
        return min(LARGEST, int(self._bytes_a_second * AIM_S))

    @property
    def _threshold_s(self) -> float:
        return 0.6 * self._size / self._bytes_a_second

    @property
    def _bytes_a_second(self) -> float:
        return max(1.0, self.fault.rate_kb_s) * 1000.0
