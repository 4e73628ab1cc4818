"""`limit_data` by Toxiproxy's toxic of that name."""

from typing import Final

from creditstorm.adapters.faults.network.effect import LARGEST, ToxicEffect
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import LimitData

BEYOND: Final = 4096


class LimitDataEffect(ToxicEffect[LimitData]):
    """Met by an exchange that is cut off; a limit beyond what a probe carries is read back."""

    @property
    def toxic(self) -> Toxic:
        """The limit counts for each connection and includes the headers."""
        return self._toxic("limit_data", {"bytes": self.fault.bytes})

    @property
    def ask(self) -> Ask | None:
        """A little more than the limit."""
        size = self.fault.bytes + BEYOND
        return self._carrying(size, answer_within_s=1.0) if size <= LARGEST else None

    def met(self, seen: ProbeResult) -> bool:
        """Ended before the answer was complete."""
        return seen.outcome in ("closed", "reset")
