"""`reset` by Toxiproxy's `reset_peer`."""

from typing import Final

from creditstorm.adapters.faults.network.effect import ToxicEffect, in_ms
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import Reset

PATIENCE_S: Final = 0.5
SILENCE_S: Final = 0.15


class ResetEffect(ToxicEffect[Reset]):
    """Met by a connection that ends without an answer; before a late reset there is silence, which is read back."""

    @property
    def toxic(self) -> Toxic:
        """The server drops the data at once, and resets `after_s` later."""
        return self._toxic("reset_peer", {"timeout": in_ms(self.fault.after_s)})

    @property
    def ask(self) -> Ask:
        """The smallest exchange, up to the reset if that comes soon."""
        return Ask(answer_within_s=SILENCE_S if self.needs_read_back else self.fault.after_s + PATIENCE_S)

    def met(self, seen: ProbeResult) -> bool:
        """A reset; or a plain close, which is what the server makes of it now and then."""
        silent = seen.outcome == "unfinished" and seen.received == 0
        return seen.outcome in ("reset", "closed") or (self.needs_read_back and silent)

    @property
    def needs_read_back(self) -> bool:
        """A reset that is too far off to wait for."""
        return self.fault.after_s > PATIENCE_S

    @property
    def holds_up_s(self) -> float:
        """The toxic sleeps `after_s` and cannot be interrupted meanwhile."""
        return self.fault.after_s
