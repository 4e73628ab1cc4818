"""`blackhole` by Toxiproxy's `timeout` with 0: data vanishes and connections stay open."""

from typing import Final

from creditstorm.adapters.faults.network.effect import ToxicEffect
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Toxic
from creditstorm.scenario.faults import Blackhole

SILENCE_S: Final = 0.15


class BlackholeEffect(ToxicEffect[Blackhole]):
    """Met by silence, which a slow service causes too: the server has to confirm it."""

    @property
    def toxic(self) -> Toxic:
        """Taking it off closes every connection that it held."""
        return self._toxic("timeout", {"timeout": 0})

    @property
    def ask(self) -> Ask:
        """The smallest exchange."""
        return Ask(answer_within_s=SILENCE_S)

    def met(self, seen: ProbeResult) -> bool:
        """Not a single byte; a service that closes after its answer has that close passed on."""
        return seen.outcome in ("unfinished", "closed") and seen.received == 0

    @property
    def needs_read_back(self) -> bool:
        """Silence has many causes."""
        return True
