"""Complaints that people decide: `referred` at once, then a case at a time a reviewer, on complete evidence.

Who waits is known to this process alone, as everything here is: where it dies, nobody comes back to those who were
referred, and they stay undecided.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from creditstorm import steady
from creditstorm.credit import Answer, Population, rules
from creditstorm.credit.case import Case, CreditRequest
from mock_services.deciding.decide import Checked
from mock_services.deferrals.queue import Deferred, Notice, NoticeBoard
from mock_services.deferrals.second_look import lost_in
from mock_services.deferrals.told_answers import ToldAnswers
from mock_services.papers import Papers
from mock_services.policies.axes import Policy, Rollout
from mock_services.policies.complaints import DESK_FULL, NOT_TAKEN, Heard, ReviewFeedback, referred
from mock_services.workers.background import Background

TICK_S: Final = 0.1


def review_desk_of(policy: Policy, people: Population, now: Callable[[], float] = steady.unix_s) -> "ReviewDesk | None":
    """The desk of a policy whose complaints are reviewed; None for another."""
    feedback = policy.feedback
    return ReviewDesk(feedback, people, policy.rollout, now) if isinstance(feedback, ReviewFeedback) else None


class ReviewDesk(Background):
    """Takes complaints and decides them first come, first served; ``async with`` it to have that happen by itself.

    With c reviewers and a handling time of h seconds never more than c cases are decided in any h seconds.
    """

    def __init__(
        self, feedback: ReviewFeedback, people: Population, rollout: Rollout, now: Callable[[], float] = steady.unix_s
    ) -> None:
        self.board = NoticeBoard()
        self._told = ToldAnswers(feedback, feedback.spec, now)
        self._spec = feedback.spec
        self.papers = Papers(people)
        self._rollout = rollout
        self._now = now
        self._queue: deque[Deferred] = deque()
        self._at_work: deque[tuple[float, Deferred]] = deque()
        self._open: dict[tuple[int, int], Deferred] = {}
        self._turned_away = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many wait in the queue, are being looked at, were notified, or were not taken because it was full."""
        queue, at_work = len(self._queue), len(self._at_work)
        done = {"notified": self.board.posted, "turned_away": self._turned_away}
        return {"waiting": queue + at_work, "queue": queue, "at_work": at_work, **done}

    def page(self, after: int, limit: int) -> dict[str, object]:
        """The notices behind a cursor, and the counts."""
        return self.board.page(after, limit) | {"counts": self.counts}

    def observe(self, request: CreditRequest, checked: Checked) -> None:
        """An ordinary request was answered: remember what may be complained of; a better answer settles a case."""
        one = Deferred(request, lost_in(checked), self._now())
        if not self._told.note(one, checked.decision.answer):
            self._open.pop(one.key, None)

    def complain(self, applicant: int, session: int, attempt: int) -> Heard:
        """What becomes of a complaint: `referred`, unless it is of nothing, too late, too often, or too much."""
        self.work()
        if len(self._queue) >= self._spec.most:
            self._turned_away += 1
            return Heard(taken=False, said=DESK_FULL)
        told = self._told.claim(applicant, session, attempt)
        if told is None:
            return Heard(taken=False, said=NOT_TAKEN)
        self._open[told.key] = case = replace(told, deferred_at=self._now())
        self._queue.append(case)
        self._begin_next(case.deferred_at)
        return Heard(taken=True, said=referred(self._eta_s()), answer=Answer.REFERRED)

    def work(self) -> None:
        """Decide what is done by now; each reviewer has begun the next case at the instant of the last one's end."""
        now = self._now()
        while self._at_work and self._at_work[0][0] <= now:
            done_at, case = self._at_work.popleft()
            if self._open.get(case.key) is case:
                del self._open[case.key]
                self._decide(case, done_at)
            self._begin_next(done_at)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            self.work()

    def _begin_next(self, at: float) -> None:
        while self._queue and len(self._at_work) < self._spec.reviewers:
            case = self._queue.popleft()
            if self._open.get(case.key) is case:
                self._at_work.append((at + self._spec.handling_s, case))

    def _eta_s(self) -> float:
        """Until the newest case is decided, at most: it waits for whole rounds of all reviewers."""
        rounds = -(-len(self._queue) // self._spec.reviewers)
        return (1 + rounds) * self._spec.handling_s

    def _decide(self, one: Deferred, at: float) -> None:
        strategy = self._rollout.strategy_for(one.request)
        # What is withheld is expected from the rest, as the law asks of who may not look; all else is certain.
        decision = rules.honest(rules.tri_state(Case(one.request, strategy, self.papers.complete(one.request)), 0.0))
        self.board.post(Notice(one.request, decision, strategy.version, one.deferred_at, at))
