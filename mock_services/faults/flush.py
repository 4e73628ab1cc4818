"""`flush`: the cache of last known good values is cold."""

from __future__ import annotations

from mock_services.faults.base import Fault
from mock_services.faults.lender import Lender


class Flush(Fault[Lender]):
    """Forgets what was learnt and hides the snapshot while it is on; met by values that were wanted and gone."""

    def begin(self, name: str, site: Lender) -> None:
        """The cache is empty, and fills again from live answers."""
        site.cache().flush(name, self._meet)
        super().begin(name, site)

    def end(self) -> None:
        """The snapshot is back."""
        self._site.cache().warm(self._name)

    def _meet(self) -> None:
        self._met += 1
