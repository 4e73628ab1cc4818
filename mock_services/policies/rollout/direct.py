"""The newest strategy decides for everybody that it is meant for, at once."""

from __future__ import annotations

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Asked, Case
from mock_services.policies.rollout.offers import Offer, Offers


class DirectRollout:
    """No caution at all; the other values of this axis differ from it in what they override."""

    def __init__(self, offers: Offers) -> None:
        self.offers = offers

    def strategy_for(self, asked: Asked) -> Strategy:
        """The newest strategy that is meant for this request."""
        return self.offers.choice(asked).newest

    def grace_for(self, asked: Asked, scoring: Evidence) -> float:  # noqa: ARG002 - nobody is spared
        """None."""
        return 0.0

    def remember(self, case: Case, decision: Decision) -> None:  # noqa: ARG002 - nothing depends on it
        """Only the change itself hears of it."""
        self.offers.decided(case)

    def offer(self, change: Offer) -> None:
        """Another strategy is rolled out."""
        self.offers.offer(change)

    def withdraw(self, name: str) -> None:
        """It is taken back."""
        self.offers.withdraw(name)
