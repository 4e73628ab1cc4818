"""The five axes of a policy as small protocols; a value of an axis is one class in one file.

A request passes them in this order: admission lets it in, roll-out says which strategy decides, transport asks each
service, missing fills what did not arrive and decides, answer puts the decision into the words of the app.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.credit.strategy import Strategy
from mock_services.policies.case import Asked, Case

Once = Callable[[int, float], Awaitable[Evidence]]
"""One try at one service: number of the try and the unix instant at which it is given up. Never raises for a failure,
the evidence's status says how it ended; a cancelled try hangs up."""


class Transport(Protocol):
    """How a service is asked: it may try again, hedge, hold back or not ask at all, all before `until`."""

    async def ask(self, asked: Asked, service: str, once: Once, until: float) -> Evidence:
        """The evidence of one service about the person who asks; its latency is that of all tries together."""


class Missing(Protocol):
    """What to do about evidence that is missing."""

    def fill(self, asked: Asked, service: str, evidence: Evidence) -> Evidence:
        """The evidence to use in place of what arrived; it keeps its status unless it is an old value (`stale`).

        Called once a service and request, good evidence included, so that a rule can remember it.
        """

    def decide(self, case: Case) -> Decision:
        """The decision, as a pure function of the case."""


class Vocabulary(Protocol):
    """The words that the app has for a decision."""

    def say(self, decision: Decision) -> Decision:
        """The decision as the person is told it; the logged cause never changes."""


class Admission(Protocol):
    """Who is let in under load. Called in the event loop, so it must not wait."""

    def enter(self, asked: Asked) -> bool:
        """Whether this request is let in; `leave` is called once for each that is."""

    def leave(self, took_s: float) -> None:
        """A request that was let in is done after `took_s`."""


class Rollout(Protocol):
    """Which strategy decides for whom."""

    def strategy_for(self, asked: Asked) -> Strategy:
        """The strategy for this request."""

    def remember(self, asked: Asked, decision: Decision) -> None:
        """What was decided, for a roll-out in which it matters next time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One value on each axis."""

    transport: Transport
    missing: Missing
    answer: Vocabulary
    admission: Admission
    rollout: Rollout
