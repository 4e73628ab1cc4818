"""`strategy_change`: another strategy is rolled out, meant or by mistake."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from creditstorm.credit.scorecard import PDO
from creditstorm.credit.strategy import Strategy
from mock_services.faults.base import Factor, Fault, Share
from mock_services.faults.lender import Lender
from mock_services.policies.rollout.offers import Offer


class ChangedStrategy(Fault[Lender]):
    """Offers the strategy to the policy's roll-out, which decides who meets it; met by what is decided by it.

    It is meant for a share of people, or with `mixed` for a share of requests.
    """

    version: Annotated[str, Field(min_length=1, max_length=80)] = "v2"
    cut_off: float
    pdo: Factor = PDO
    share: Share = 1.0
    mixed: bool = False

    def begin(self, name: str, site: Lender) -> None:
        """From now on it is on offer."""
        super().begin(name, site)
        strategy = Strategy(self.version, self.cut_off, self.pdo)
        site.rollout.offer(Offer(name, strategy, self.share, self.mixed, self._meet))

    def end(self) -> None:
        """It is taken back."""
        self._site.rollout.withdraw(self._name)

    def _meet(self) -> None:
        self._met += 1
