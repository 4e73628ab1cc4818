"""`poison`: the cache of last known good values holds what a source in trouble left there."""

from __future__ import annotations

from mock_services.faults.base import Fault, Share
from mock_services.faults.lender import Lender
from mock_services.store import Poison


class PoisonedCache(Fault[Lender]):
    """Of a share of the values, by person and service, "no record" or 0 is recalled; met by each of those."""

    share: Share = 1.0

    def begin(self, name: str, site: Lender) -> None:
        """The cache is poisoned."""
        site.cache().poison(Poison(site.seed, name, self.share, self._meet))
        super().begin(name, site)

    def end(self) -> None:
        """The values are what they were."""
        self._site.cache().cure(self._name)

    def _meet(self) -> None:
        self._met += 1
