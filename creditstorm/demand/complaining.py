"""Whether and when a person complains of the answer that is left: keyed luck, the same in every run and policy."""

from typing import NamedTuple

from creditstorm.credit import Answer, Keyed, painted
from creditstorm.demand.load_plan import Complains, LoadPlan
from creditstorm.demand.sessions import Exchange


class Complaint(NamedTuple):
    """A person who complains at `t_s` of what the app showed at `told_s`."""

    t_s: float
    applicant: int
    session: int
    attempt: int
    shown: Answer
    told_s: float

    @property
    def body(self) -> bytes:
        """The complaint as it is sent to a lender that hears it."""
        return b'{"applicant":%d,"session":%d,"attempt":%d}' % (self.applicant, self.session, self.attempt)


class Complaining:
    """Who complains: of the last answer of a session, by what the app showed, whatever the lender had said."""

    def __init__(self, plan: LoadPlan, rule: Complains) -> None:
        self._rule = rule
        self._failure_as = plan.client.paints_failure_as
        self._luck = Keyed(plan.seed, "complain")
        self._pause = Keyed(plan.seed, "complain when")
        self._likely = {Answer.NO_CREDIT: rule.no_credit, Answer.UNDETERMINED: rule.undetermined}

    def of(self, last: Exchange) -> Complaint | None:
        """The complaint that follows this answer, the last of its session; None where the person keeps quiet."""
        tap, told_s = last.tap, last.done_s
        shown = painted(last.reply.answer, self._failure_as)
        if told_s is None or self._luck.uniform(tap.session, tap.attempt) >= self._likely.get(shown, 0.0):
            return None
        later_s = self._rule.after_s + self._rule.spread_s * self._pause.uniform(tap.session, tap.attempt)
        return Complaint(told_s + later_s, tap.person.applicant, tap.session, tap.attempt, shown, told_s)


def complaining_of(plan: LoadPlan) -> Complaining | None:
    """Who complains under this plan; None where nobody ever does."""
    return None if plan.client.complains is None else Complaining(plan, plan.client.complains)
