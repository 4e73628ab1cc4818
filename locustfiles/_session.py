"""One person's session: tap, read the answer, and after some answers tap again.

"No credit", an error or silence make people tap again. So the wrong answer itself feeds the overload.
"""

from __future__ import annotations

import math
from collections.abc import Container
from typing import NamedTuple, Protocol

from creditstorm.credit.decision import Answer
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.outcomes import painted
from locustfiles._answer import Reading
from locustfiles._people import Person
from locustfiles._plan import LoadPlan


class Tap(NamedTuple):
    """One intended arrival; `attempt` counts from 1 within its session."""

    intended_s: float
    session: int
    attempt: int
    person: Person


class Exchange(NamedTuple):
    """What became of a tap; both instants are None where it was never sent."""

    tap: Tap
    sent_s: float | None
    done_s: float | None
    reading: Reading


class App(Protocol):
    """The app in the person's hand."""

    def ask(self, tap: Tap) -> Exchange:
        """Send the tap now and wait for the answer or the time-out."""


class Waiting(Protocol):
    """How a session lets time pass."""

    def until(self, t_s: float) -> bool:
        """Sleep until `t_s`; False, at once if possible, where no tap is intended any more by then."""


class Impatience:
    """Whether and when a person taps again: keyed by session and attempt, so the same in every run and policy."""

    def __init__(self, plan: LoadPlan) -> None:
        self._rule = plan.retap
        self._failure_as = plan.client.paints_failure_as
        self._luck = Keyed(plan.seed, "retap")
        self._pause = Keyed(plan.seed, "think")
        self._likely = {
            Answer.NO_CREDIT: self._rule.no_credit,
            Answer.ERROR: self._rule.error,
            Answer.SHED: self._rule.error,
            Answer.TIMEOUT: self._rule.timeout,
            Answer.UNDETERMINED: self._rule.undetermined,
        }

    def next_tap(self, exchange: Exchange) -> Tap | None:
        """The tap that follows, think time after the answer; None where the session is over."""
        tap = exchange.tap
        likely = self._likely.get(painted(exchange.reading.answer, self._failure_as), 0.0)
        if exchange.done_s is None or tap.attempt >= self._rule.max_attempts or likely == 0.0:
            return None
        if self._luck.uniform(tap.session, tap.attempt) >= likely:
            return None
        pause_s = -self._rule.think_exp_s * math.log(self._pause.uniform(tap.session, tap.attempt))
        return tap._replace(intended_s=exchange.done_s + self._rule.think_s + pause_s, attempt=tap.attempt + 1)


def live_session(
    tap: Tap, *, app: App, impatience: Impatience, waiting: Waiting, notified: Container[int] = ()
) -> None:
    """Tap until the person is content, gives up or the load is over; sessions in `notified` have their answer."""
    following: Tap | None = tap
    while following is not None:
        following = impatience.next_tap(app.ask(following))
        if following is not None and not waiting.until(following.intended_s):
            return
        if tap.session in notified:
            return
