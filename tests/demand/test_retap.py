from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.changes import StrategyChange
from creditstorm.credit.decision import Answer
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.load_plan import Client, Retap
from creditstorm.demand.retap import Impatience, live_session
from creditstorm.demand.sessions import ParsedReply, Tap, person
from tests.generator.lives import ELIGIBLE, FakeLife, exchange, plan

ALWAYS = plan(retap=Retap(no_credit=1.0, error=1.0, timeout=1.0, undetermined=1.0))
LOUD = (Answer.NO_CREDIT, Answer.ERROR, Answer.TIMEOUT, Answer.SHED, Answer.UNDETERMINED)


def live(life: FakeLife, one: Impatience) -> list[Tap]:
    """The taps of one session."""
    live_session(Tap(1.0, 5, 1, ELIGIBLE), app=life, impatience=one, waiting=life)
    return life.asked


@pytest.mark.parametrize("answer", [Answer.APPROVED, Answer.ACTION_NEEDED])
def test_a_content_person_taps_once(answer: Answer) -> None:
    """An approval, or something to do first, ends the session."""
    assert len(live(FakeLife([answer]), Impatience(ALWAYS))) == 1


@pytest.mark.parametrize("answer", LOUD)
def test_a_person_taps_five_times_at_most(answer: Answer) -> None:
    """Attempts count from 1 to the most there are."""
    assert [tap.attempt for tap in live(FakeLife([answer]), Impatience(ALWAYS))] == [1, 2, 3, 4, 5]


def test_a_session_ends_with_the_right_answer() -> None:
    """Approved at the third attempt, nobody taps a fourth time; that is what the person is left with."""
    life = FakeLife([Answer.NO_CREDIT, Answer.TIMEOUT, Answer.APPROVED])
    last = live_session(Tap(1.0, 5, 1, ELIGIBLE), app=life, impatience=Impatience(ALWAYS), waiting=life)
    assert len(life.asked) == 3
    assert (last.tap.attempt, last.reply.answer) == (3, Answer.APPROVED)


def test_a_re_tap_is_intended_think_time_after_the_answer() -> None:
    """Latency of a re-tap counts from there: at least the fixed second after the answer."""
    first, second, *_ = live(FakeLife([Answer.NO_CREDIT]), Impatience(ALWAYS))
    assert second.intended_s >= first.intended_s + 0.5 + 1.0
    assert second.person == first.person
    assert second.session == first.session


def test_a_re_tap_is_judged_at_its_own_instant() -> None:
    """Who was right to be granted credit at first can be refused rightly a few seconds later."""
    change = StrategyChange(name="v2", from_s=1.2, until_s=1e9, strategy=Strategy("v2", cut_off=900.0), legitimate=True)
    changing = replace(ALWAYS, changes=(change,))
    before = next(p for n in range(99) if (p := person(changing.oracle, n, 1.0)).truth == "eligible")
    second = Impatience(changing).next_tap(exchange(ParsedReply(Answer.NO_CREDIT), person=before))
    assert second is not None
    assert second.person == before._replace(truth="ineligible", truth_limit_cny=0)


def test_who_is_notified_does_not_tap_again() -> None:
    """A person who would have tapped again has got the answer in the meantime."""
    life = FakeLife([Answer.UNDETERMINED])
    live_session(Tap(1.0, 5, 1, ELIGIBLE), app=life, impatience=Impatience(ALWAYS), waiting=life, notified={5})
    assert len(life.asked) == 1


def test_nothing_is_intended_after_the_last_call() -> None:
    """A person who would tap again after the end of the load does not count as intended."""
    life = FakeLife([Answer.NO_CREDIT], last_call_s=2.0)
    assert len(live(life, Impatience(ALWAYS))) == 1


def test_re_taps_off_means_one_tap_each() -> None:
    """Probability 0 is never."""
    off = plan(retap=Retap(0.0, 0.0, 0.0, 0.0))
    assert all(
        Impatience(off).next_tap(exchange(ParsedReply(answer), session=s)) is None for answer in LOUD for s in range(99)
    )


@given(session=st.integers(0, 2**40), attempt=st.integers(1, 4), answer=st.sampled_from(LOUD))
def test_luck_belongs_to_the_attempt(session: int, attempt: int, answer: Answer) -> None:
    """The same session meets the same luck whoever asks, in whatever order."""
    one, other = Impatience(plan()), Impatience(plan())
    other.next_tap(exchange(ParsedReply(answer), session=session + 1))
    asked = exchange(ParsedReply(answer), session=session, attempt=attempt)
    assert one.next_tap(asked) == other.next_tap(asked)


@pytest.mark.parametrize(
    ("answer", "painted", "share"),
    [
        (Answer.NO_CREDIT, "error", 0.6),
        (Answer.ERROR, "error", 0.7),
        (Answer.TIMEOUT, "error", 0.8),
        (Answer.UNDETERMINED, "error", 0.1),
        (Answer.REFERRED, "error", 0.1),
        (Answer.TIMEOUT, "no_credit", 0.6),
        (Answer.ERROR, "no_credit", 0.6),
    ],
)
def test_people_tap_again_as_often_as_the_rule_says(answer: Answer, painted: str, share: float) -> None:
    """Over 4,000 sessions the share is within 4 standard errors; a failure painted "no credit" counts as that."""
    one = Impatience(plan(client=Client(paints_failure_as=painted)))  # type: ignore[arg-type]
    again = np.mean([one.next_tap(exchange(ParsedReply(answer), session=s)) is not None for s in range(4000)])
    assert abs(again - share) < 4 * (share * (1 - share) / 4000) ** 0.5


def test_think_time_is_a_second_plus_an_exponential_of_four() -> None:
    """Mean 5 s and smallest just above 1 s, over 4,000 sessions."""
    one = Impatience(ALWAYS)
    taps = [one.next_tap(exchange(ParsedReply(Answer.NO_CREDIT), session=s)) for s in range(4000)]
    pauses = np.array([tap.intended_s - 1.25 for tap in taps if tap is not None])
    assert abs(pauses.mean() - 5.0) < 4 * 4.0 / 4000**0.5
    assert 1.0 < pauses.min() < 1.1
