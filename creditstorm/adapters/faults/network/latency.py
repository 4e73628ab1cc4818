"""`latency` by Toxiproxy's toxic of that name."""

from creditstorm.adapters.faults.network.effect import LONGEST_WAIT_S, SHORTEST_S, ToxicEffect, in_ms
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import Latency


class LatencyEffect(ToxicEffect[Latency]):
    """Met by an answer, or none yet, after most of the least delay; a small delay is read back."""

    @property
    def toxic(self) -> Toxic:
        """Jitter comes from the server's own, unseeded, randomness."""
        return self._toxic("latency", {"latency": in_ms(self.fault.latency_s), "jitter": in_ms(self.fault.jitter_s)})

    @property
    def ask(self) -> Ask | None:
        """The smallest exchange."""
        least_s = self.fault.latency_s - self.fault.jitter_s
        return Ask(answer_within_s=self._threshold_s) if least_s >= SHORTEST_S else None

    def met(self, seen: ProbeResult) -> bool:
        """Late, or still not there."""
        return seen.outcome == "unfinished" or (seen.outcome == "answered" and seen.answer_s >= self._threshold_s)

    @property
    def _threshold_s(self) -> float:
        return min(0.8 * (self.fault.latency_s - self.fault.jitter_s), LONGEST_WAIT_S)
