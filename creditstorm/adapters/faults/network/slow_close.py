"""`slow_close` by Toxiproxy's toxic of that name."""

from creditstorm.adapters.faults.network.effect import LONGEST_WAIT_S, SHORTEST_S, ToxicEffect, in_ms
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import SlowClose


class SlowCloseEffect(ToxicEffect[SlowClose]):
    """Met by a connection that stays open after the answer; upstream only the service could see it."""

    @property
    def toxic(self) -> Toxic:
        """The close is passed on after the delay."""
        return self._toxic("slow_close", {"delay": in_ms(self.fault.delay_s)})

    @property
    def ask(self) -> Ask | None:
        """The smallest exchange, and then the close."""
        if self.fault.direction == "upstream" or self.fault.delay_s < SHORTEST_S:
            return None
        return Ask(close_within_s=self._threshold_s)

    def met(self, seen: ProbeResult) -> bool:
        """Answered, and still open most of the delay later."""
        return seen.outcome == "answered" and seen.open_s is not None and seen.open_s >= self._threshold_s

    @property
    def _threshold_s(self) -> float:
        return min(0.8 * self.fault.delay_s, LONGEST_WAIT_S)
