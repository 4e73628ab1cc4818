"""A changed strategy decides for a few people first."""

from __future__ import annotations

from creditstorm.credit.keyed import Keyed
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Asked
from mock_services.policies.rollout.direct import DirectRollout
from mock_services.policies.rollout.offers import Offers


class CanaryRollout(DirectRollout):
    """The canaries are the same people for every change on trial; of those that it is meant for only they meet it.

    On trial is every change, or only the one that brings `version`.
    """

    def __init__(self, offers: Offers, share: float, version: str | None = None) -> None:
        super().__init__(offers)
        self._share = share
        self._version = version
        self._draw = Keyed(offers.seed, "canary")

    def strategy_for(self, asked: Asked) -> Strategy:
        """The newest strategy for a canary, the one before it for everybody else."""
        choice = self.offers.choice(asked)
        on_trial = choice.changed and self._version in (None, choice.newest.version)
        if on_trial and self._draw.uniform(asked.applicant) >= self._share:
            return choice.before
        return choice.newest
