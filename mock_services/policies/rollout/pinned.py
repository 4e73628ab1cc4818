"""A session keeps the strategy that its first request met."""

from __future__ import annotations

from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Asked
from mock_services.policies.rollout.direct import DirectRollout
from mock_services.policies.rollout.offers import Offers
from mock_services.policies.rollout.recent import Recent


class PinnedRollout(DirectRollout):
    """Nobody is told two things in one session because the rules changed between two taps.

    It holds in both directions: a session that began under a mistake ends under it.
    """

    def __init__(self, offers: Offers) -> None:
        super().__init__(offers)
        self._pinned: Recent[tuple[int, int], Strategy] = Recent()

    def strategy_for(self, asked: Asked) -> Strategy:
        """The strategy of the session's first request, the newest one for a new session."""
        session = (asked.applicant, asked.session)
        strategy = self._pinned.get(session) or super().strategy_for(asked)
        self._pinned.put(session, strategy)
        return strategy
