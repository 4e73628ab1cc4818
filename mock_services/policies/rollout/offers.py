"""The strategies that are on offer, and which of them a request is meant to meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from creditstorm.credit.changes import befalls
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Case
from mock_services.wire.payloads import CreditRequest


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

    def is_for(self, seed: int, asked: CreditRequest) -> bool:
        """Whether this request is meant to meet it."""
        if not self.mixed:
            return befalls(seed, self.name, asked.applicant, self.share)
        return Keyed(seed, "change", self.name).uniform(asked.applicant, asked.session, asked.attempt) < self.share


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

    def choice(self, asked: CreditRequest) -> Choice:
        """What this request is meant to meet."""
        if not self._offers:
            return self._base
        meant = [offer.strategy for offer in self._offers.values() if offer.is_for(self.seed, asked)]
        return Choice(*reversed([self._base.newest, *meant][-2:])) if meant else self._base

    def decided(self, case: Case) -> None:
        """Tell the change that this case was decided by it, if it was by one."""
        for offer in self._offers.values():
            if offer.strategy is case.strategy:
                offer.met()
