"""Whether and when a person taps again: "no credit", an error or silence make people do so.

So the wrong answer itself feeds the overload.
"""

import math
from collections.abc import Container
from typing import Protocol

from creditstorm.credit import Answer, Keyed, painted
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.demand.sessions import Exchange, Tap, person


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
        self._oracle = plan.oracle if plan.changes else None
        self._luck = Keyed(plan.seed, "retap")
        self._pause = Keyed(plan.seed, "think")
        self._likely = {
            Answer.NO_CREDIT: self._rule.no_credit,
            Answer.ERROR: self._rule.error,
            Answer.SHED: self._rule.error,
            Answer.TIMEOUT: self._rule.timeout,
            Answer.UNDETERMINED: self._rule.undetermined,
            Answer.REFERRED: self._rule.undetermined,
        }

    def next_tap(self, exchange: Exchange) -> Tap | None:
        """The tap that follows, think time after the answer; None where the session is over."""
        tap = exchange.tap
        likely = self._likely.get(painted(exchange.reply.answer, self._failure_as), 0.0)
        if exchange.done_s is None or tap.attempt >= self._rule.max_attempts or likely == 0.0:
            return None
        if self._luck.uniform(tap.session, tap.attempt) >= likely:
            return None
        pause_s = -self._rule.think_exp_s * math.log(self._pause.uniform(tap.session, tap.attempt))
        return self._again(tap, exchange.done_s + self._rule.think_s + pause_s)

    def _again(self, tap: Tap, t_s: float) -> Tap:
        """The next tap; where people or rules change, what is true of the person may be another thing by then."""
        who = tap.person if self._oracle is None else person(self._oracle, tap.person.applicant, t_s)
        return tap._replace(intended_s=t_s, attempt=tap.attempt + 1, person=who)


def live_session(
    tap: Tap, *, app: App, impatience: Impatience, waiting: Waiting, notified: Container[int] = ()
) -> Exchange:
    """Tap until the person is content, gives up or the load is over; sessions in `notified` have their answer.

    Returns the last exchange: the answer that the person is left with.
    """
    last = app.ask(tap)
    while (following := impatience.next_tap(last)) is not None:
        if not waiting.until(following.intended_s) or tap.session in notified:
            return last
        last = app.ask(following)
    return last
