"""The six axes of a policy and its quality gate as small protocols; a value of one is one class."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from creditstorm.credit import Answer, Decision, Evidence, Strategy
from creditstorm.credit.case import Case, CreditRequest
from mock_services.policies.rollout import Offer

Once = Callable[[int, float], Awaitable[Evidence]]
"""One try at one service: number of the try and the unix instant at which it is given up. Never raises for a failure,
the evidence's status says how it ended; a cancelled try hangs up."""


class Transport(Protocol):
    """How a service is asked: it may try again, hedge, hold back or not ask at all, all before `until`."""

    async def ask(self, request: CreditRequest, service: str, once: Once, until: float) -> Evidence:
        """The evidence of one service about the person who asks; its latency is that of all tries together."""


class Quality(Protocol):
    """Whether evidence that arrived is believed."""

    def check(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:
        """The evidence, `rejected` and without its value where it is not believed."""

    def plausible(self, request: CreditRequest, service: str, remembered: Evidence) -> bool:
        """Whether an old value that is about to stand in for what is missing is believed."""


class Missing(Protocol):
    """What to do about evidence that is missing."""

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:
        """The evidence to use in place of what arrived; it keeps its status unless it is an old value (`stale`).

        Called once a service and request, good evidence included, so that a rule can remember it.
        """

    def decide(self, case: Case) -> Decision:
        """The decision, as a pure function of the case."""


class Vocabulary(Protocol):
    """The words that the app has for a decision."""

    def say(self, decision: Decision) -> Decision:
        """The decision as the person is told it; the logged cause never changes."""


class Feedback(Protocol):
    """What becomes of a complaint."""

    def takes(self, answer: Answer) -> bool:
        """Whether a complaint about this answer is taken up."""


class Admission(Protocol):
    """Who is let in under load. Called in the event loop, so it must not wait."""

    def enter(self, request: CreditRequest) -> bool:
        """Whether this request is let in; `leave` is called once for each that is."""

    def leave(self, took_s: float) -> None:
        """A request that was let in is done after `took_s`."""


class Rollout(Protocol):
    """Which strategy decides for whom, when there is a change on offer."""

    def strategy_for(self, request: CreditRequest) -> Strategy:
        """The strategy for this request."""

    def grace_for(self, request: CreditRequest, scoring: Evidence) -> float:
        """Points below the cut-off at which this person is still approved, 0 or more."""

    def remember(self, case: Case, decision: Decision) -> None:
        """What was decided, for a roll-out in which it matters next time."""

    def offer(self, change: Offer) -> None:
        """Another strategy is to be rolled out from now on."""

    def withdraw(self, name: str) -> None:
        """The change of this name is taken back; there may be none."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One value on each axis, and the quality gate.

    A request passes them in this order: admission lets it in, transport asks each service, quality doubts what arrived,
    missing fills what did not (which quality may doubt, too), roll-out says which strategy decides, missing decides,
    answer puts it into the app's words; feedback takes the complaints about them. `fills_as` is the word for what
    missing puts in place of what did not arrive.
    """

    transport: Transport
    missing: Missing
    answer: Vocabulary
    admission: Admission
    rollout: Rollout
    quality: Quality
    feedback: Feedback
    fills_as: str = "filled"
