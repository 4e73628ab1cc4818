"""Which version of the strategy decides for whom, without memory of what was decided before."""

from __future__ import annotations

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Case
from mock_services.policies.rollout.offers import Offer, Offers
from mock_services.policies.rollout.recent import Recent
from mock_services.wire.payloads import CreditRequest


class DirectRollout:
    """No caution at all; the other values of this axis differ from it in what they override."""

    def __init__(self, offers: Offers) -> None:
        self.offers = offers

    def strategy_for(self, asked: CreditRequest) -> Strategy:
        """The newest strategy that is meant for this request."""
        return self.offers.choice(asked).newest

    def grace_for(self, asked: CreditRequest, scoring: Evidence) -> float:  # noqa: ARG002 - nobody is spared
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


class PinnedRollout(DirectRollout):
    """Nobody is told two things in one session because the rules changed between two taps.

    It holds in both directions: a session that began under a mistake ends under it.
    """

    def __init__(self, offers: Offers) -> None:
        super().__init__(offers)
        self._pinned: Recent[tuple[int, int], Strategy] = Recent()

    def strategy_for(self, asked: CreditRequest) -> Strategy:
        """The strategy of the session's first request, the newest one for a new session."""
        session = (asked.applicant, asked.session)
        strategy = self._pinned.get(session) or super().strategy_for(asked)
        self._pinned.put(session, strategy)
        return strategy


class CanaryRollout(DirectRollout):
    """The canaries are the same people for every change on trial; of those that it is meant for only they meet it.

    On trial is every change, or only the one that brings `version`.
    """

    def __init__(self, offers: Offers, share: float, version: str | None = None) -> None:
        super().__init__(offers)
        self._share = share
        self._version = version
        self._draw = Keyed(offers.seed, "canary")

    def strategy_for(self, asked: CreditRequest) -> Strategy:
        """The newest strategy for a canary, the one before it for everybody else."""
        choice = self.offers.choice(asked)
        on_trial = choice.changed and self._version in (None, choice.newest.version)
        if on_trial and self._draw.uniform(asked.applicant) >= self._share:
            return choice.before
        return choice.newest


class MixedRollout(DirectRollout):
    """A share of the requests meets a node with the old strategy, so one person may be told both: a bug."""

    def __init__(self, offers: Offers, share: float) -> None:
        super().__init__(offers)
        self._share = share
        self._draw = Keyed(offers.seed, "mixed")

    def strategy_for(self, asked: CreditRequest) -> Strategy:
        """The strategy of the node that this request happens to meet."""
        choice = self.offers.choice(asked)
        if choice.changed and self._draw.uniform(asked.applicant, asked.session, asked.attempt) < self._share:
            return choice.before
        return choice.newest
