"""Nodes that disagree: some already know the new strategy and some do not."""

from __future__ import annotations

from creditstorm.credit.keyed import Keyed
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Asked
from mock_services.policies.rollout.direct import DirectRollout
from mock_services.policies.rollout.offers import Offers


class MixedRollout(DirectRollout):
    """A share of the requests meets a node with the old strategy, so one person may be told both: a bug."""

    def __init__(self, offers: Offers, share: float) -> None:
        super().__init__(offers)
        self._share = share
        self._draw = Keyed(offers.seed, "mixed")

    def strategy_for(self, asked: Asked) -> Strategy:
        """The strategy of the node that this request happens to meet."""
        choice = self.offers.choice(asked)
        if choice.changed and self._draw.uniform(asked.applicant, asked.session, asked.attempt) < self._share:
            return choice.before
        return choice.newest
