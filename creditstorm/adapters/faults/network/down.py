"""`down` by switching the proxy off."""

from typing import Final

from creditstorm.adapters.faults.network.effect import Effect
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.scenario.faults import Down

WITHIN_S: Final = 0.15


class DownEffect(Effect[Down]):
    """The proxy listens no more; met by a refused connection, which nothing else on the path causes."""

    @property
    def ask(self) -> Ask:
        """The smallest exchange; whether somebody listens shows at once."""
        return Ask(answer_within_s=WITHIN_S)

    @property
    def ask_clean(self) -> Ask:
        """The same: an answer that another fault swallows is not waited for."""
        return self.ask

    def met(self, seen: ProbeResult) -> bool:
        """Nobody listens."""
        return seen.outcome == "refused"

    def clean(self, seen: ProbeResult) -> bool:
        """Somebody listens again, whatever other faults then do to the connection."""
        return seen.outcome != "refused"

    @property
    def unmistakable(self) -> bool:
        """Also under other faults."""
        return True
