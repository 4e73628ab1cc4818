"""Which version of the strategy decides for whom: what is on offer, and the roll-outs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from lru import LRU
from creditstorm.credit import Answer, Decision, Evidence, Keyed, Strategy, befalls, is_technical
from creditstorm.credit.case import Case, CreditRequest


@dataclass(frozen=True, slots=True)
class Offer:
    """A changed strategy, for a share of people, or `mixed`: for a share of requests, whoever asks.

    `met` is called for every request that was decided by it.
    """

    name: str
    strategy: Strategy
    share: float = 1.0
    mixed: bool = False
    met: Callable[[], object] = lambda: None

    def is_for(self, seed: int, request: CreditRequest) -> bool:
        """Whether this request is meant to meet it."""
        if not self.mixed:
            return befalls(seed, self.name, request.applicant, self.share)
        key = (request.applicant, request.session, request.attempt)
        return Keyed(seed, "change", self.name).uniform(*key) < self.share


@dataclass(frozen=True, slots=True)
class Choice:
    """The newest strategy for a request, and the one that it would have met before that."""

    newest: Strategy
    before: Strategy

    @property
    def changed(self) -> bool:
        """Whether there is a difference at all."""
        return self.newest is not self.before


class Offers:
    """The strategy at the start and the changes since, oldest first; a change replaces an earlier one of its name."""

    def __init__(self, seed: int, strategy: Strategy) -> None:
        self.seed = seed
        self._base = Choice(strategy, strategy)
        self._offers: dict[str, Offer] = {}

    def offer(self, change: Offer) -> None:
        """From now on this change is the newest."""
        self.withdraw(change.name)
        # A copy of its own, so that two offers of an equal strategy are still told apart by `decided`.
        self._offers = {**self._offers, change.name: replace(change, strategy=replace(change.strategy))}

    def withdraw(self, name: str) -> None:
        """It is as if this change had never been; none of this name is fine too."""
        self._offers = {other: offer for other, offer in self._offers.items() if other != name}

    def choice(self, request: CreditRequest) -> Choice:
        """What this request is meant to meet."""
        if not self._offers:
            return self._base
        meant = [offer.strategy for offer in self._offers.values() if offer.is_for(self.seed, request)]
        return Choice(*reversed([self._base.newest, *meant][-2:])) if meant else self._base

    def decided(self, case: Case) -> None:
        """Tell the change that this case was decided by it, if it was by one."""
        for offer in self._offers.values():
            if offer.strategy is case.strategy:
                offer.met()


MOST_KNOWN: Final = 50_000
"""So many sessions, or people, a roll-out remembers; the one not met for longest is forgotten first."""


class DirectRollout:
    """No caution at all; the other values of this axis differ from it in what they override."""

    def __init__(self, offers: Offers) -> None:
        self.offers = offers

    def strategy_for(self, request: CreditRequest) -> Strategy:
        """The newest strategy that is meant for this request."""
        return self.offers.choice(request).newest

    def grace_for(self, request: CreditRequest, scoring: Evidence) -> float:  # noqa: ARG002 - nobody is spared
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
        self._pinned: LRU[tuple[int, int], Strategy] = LRU(MOST_KNOWN)

    def strategy_for(self, request: CreditRequest) -> Strategy:
        """The strategy of the session's first request, the newest one for a new session."""
        session = (request.applicant, request.session)
        strategy = self._pinned.get(session) or super().strategy_for(request)
        self._pinned[session] = strategy
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

    def strategy_for(self, request: CreditRequest) -> Strategy:
        """The newest strategy for a canary, the one before it for everybody else."""
        choice = self.offers.choice(request)
        on_trial = choice.changed and self._version in (None, choice.newest.version)
        if on_trial and self._draw.uniform(request.applicant) >= self._share:
            return choice.before
        return choice.newest


class MixedRollout(DirectRollout):
    """A share of the requests meets a node with the old strategy, so one person may be told both: a bug."""

    def __init__(self, offers: Offers, share: float) -> None:
        super().__init__(offers)
        self._share = share
        self._draw = Keyed(offers.seed, "mixed")

    def strategy_for(self, request: CreditRequest) -> Strategy:
        """The strategy of the node that this request happens to meet."""
        choice = self.offers.choice(request)
        if choice.changed and self._draw.uniform(request.applicant, request.session, request.attempt) < self._share:
            return choice.before
        return choice.newest


class HysteresisRollout(DirectRollout):
    """From approved to denied only below the cut-off − h, from denied to approved at the cut-off (DOMAIN section 5).

    Who was approved before is known from this run's own decisions by score, else by what the lender's own score says
    under the strategy before the change.
    """

    def __init__(self, offers: Offers, h: float) -> None:
        super().__init__(offers)
        self._h = h
        self._was_approved: LRU[int, bool] = LRU(MOST_KNOWN)

    def grace_for(self, request: CreditRequest, scoring: Evidence) -> float:
        """The h points, for who was approved before."""
        before = self._was_approved.get(request.applicant)
        if before is None:
            before = self._would_have_been(request, scoring)
        return self._h if before else 0.0

    def remember(self, case: Case, decision: Decision) -> None:
        """Approved or denied, by the score; what a failure did to a person is not held against them."""
        super().remember(case, decision)
        if decision.answer in (Answer.APPROVED, Answer.NO_CREDIT) and not is_technical(decision.cause):
            self._was_approved[case.request.applicant] = decision.answer is Answer.APPROVED

    def _would_have_been(self, request: CreditRequest, scoring: Evidence) -> bool:
        before = self.offers.choice(request).before
        return scoring.usable and before.on_scale(scoring.value or 0.0) >= before.cut_off
