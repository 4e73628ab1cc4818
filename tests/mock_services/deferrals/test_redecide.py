"""Push: decided again when the source is back, slowly, and not for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.case import CreditRequest, approved, denied
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.answer import Push
from creditstorm.credit.policies.missing import TriState
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.credit.policies.transport import Breaker
from mock_services.deciding.decide import Checked, Decider
from mock_services.deferrals.redecide import DECISION, redecisions_of
from mock_services.policies.axes import Policy
from mock_services.policies.registry import PolicyContext, build
from tests.mock_services.deciding.test_decide import PERSON, Doorman, Upstream
from tests.mock_services.deferrals.waiting import BUSY, CALM, GRANTED, Bench, lost, tap
from tests.mock_services.policies.cases import PEOPLE, STRATEGY, asked_by
from tests.mock_services.virtual_time import now as loop_now
from tests.mock_services.virtual_time import run


def test_the_person_is_notified_when_the_source_is_back() -> None:
    """Not while requests go on missing the bureau, but after one that got an answer from it."""
    bench = Bench()
    bench.ordinary(1, lost())
    for session in range(2, 32):
        bench.now += 0.1
        bench.ordinary(session, lost())
        assert bench.redecisions.due() == []
    bench.ordinary(99)
    bench.pass_time(0.1)
    assert len(bench.notified) == 1
    assert bench.redecisions.counts["waiting"] == 30


def test_a_notice_tells_what_was_decided_and_both_instants() -> None:
    """The decision that follows, under the tap that was deferred."""
    bench = Bench()
    bench.ordinary(5, lost(), attempt=2)
    bench.now = 3.0
    bench.ordinary(6)
    bench.pass_time(0.5)
    (notice,) = bench.redecisions.board.page(0, 10)["notifications"]  # type: ignore[misc]
    assert (notice["session"], notice["attempt"], notice["answer"], notice["limit_cny"]) == (5, 2, "approved", 9000)
    assert (notice["deferred_at"], notice["decided_at"]) == (0.0, pytest.approx(3.1))


def test_without_ordinary_requests_the_oldest_goes_ahead_once_a_second() -> None:
    """Probes ask for the source while nobody else does; that it is not back yet does not count against the person."""
    bench = Bench([lost()] * 10 + [GRANTED])
    bench.ordinary(1, lost())
    bench.ordinary(2, lost())
    bench.pass_time(10.05)
    assert {one.request.session for one in bench.redecided} == {1}
    assert 8 <= len(bench.redecided) <= 10
    bench.pass_time(5.0)
    assert bench.notified == [1, 2]
    assert bench.redecisions.counts["given_up"] == 0


def test_each_look_has_luck_of_its_own() -> None:
    """Looks are numbered from 1, probes included."""
    bench = Bench([lost()] * 3 + [GRANTED])
    bench.ordinary(1, lost())
    bench.pass_time(8.0)
    assert [one.redecided for one in bench.redecided] == [1, 2, 3, 4]


def test_a_second_look_is_deferred_three_times_at_most() -> None:
    """A person who is unlucky four times although the source is there is given up, and counted."""
    bench = Bench([lost()])
    bench.ordinary(1, lost())
    bench.pass_time(30.0, requests_hz=20.0)
    assert len(bench.redecided) == 4
    assert bench.redecisions.counts == {"waiting": 0, "notified": 0, "expired": 0, "dropped": 0, "given_up": 1}


def test_who_lacks_another_source_next_waits_for_that_one() -> None:
    """First the bureau was lost, when it is decided again the income: only when that answers too is there a third."""
    bench = Bench([lost("income"), GRANTED])
    bench.ordinary(1, lost())
    bench.ordinary(2)
    bench.pass_time(0.5)
    assert len(bench.redecided) == 1
    bench.ordinary(3, Checked(approved(9000), STRATEGY, CALM | {"income": Evidence(EvidenceStatus.LATE)}))
    bench.pass_time(0.5)
    assert len(bench.redecided) == 1
    bench.pass_time(2.0, requests_hz=10.0)
    assert [one.lost for one in bench.redecided] == ["bureau", "income"]
    assert bench.notified == [1]


def test_who_was_turned_away_waits_until_nobody_is() -> None:
    """A shed answer is deferred too, and nothing is decided again while there are people at the door."""
    bench = Bench()
    bench.ordinary(1, BUSY)
    bench.ordinary(2, lost())
    bench.ordinary(3)
    for session in range(10, 20):
        bench.pass_time(0.5)
        bench.ordinary(session, BUSY)
    assert bench.redecided == []
    bench.pass_time(30.0, requests_hz=10.0)
    assert sorted(bench.notified) == [1, 2, *range(10, 20)]
    assert {one.lost for one in bench.redecided} == {DECISION, "bureau"}


def test_who_taps_again_and_is_decided_about_is_not_notified() -> None:
    """The answer on the screen counts; there is nothing left to say."""
    bench = Bench()
    bench.ordinary(1, lost())
    bench.ordinary(1, GRANTED, attempt=2)
    bench.pass_time(5.0, requests_hz=10.0)
    assert (bench.redecided, bench.redecisions.counts["waiting"]) == ([], 0)


def test_an_answer_that_comes_during_the_second_look_counts() -> None:
    """The person got a decision of their own a moment before it was decided again: no second word follows."""
    bench = Bench()
    bench.ordinary(1, lost())
    bench.ordinary(2)
    bench.now += 0.1
    (one,) = bench.redecisions.due()
    bench.ordinary(1, GRANTED, attempt=2)
    asyncio.run(bench.redecisions.redecide(one))
    assert bench.notified == []


def test_who_waits_longer_than_promised_is_dropped() -> None:
    """After `within` nobody is notified any more, and it is counted."""
    bench = Bench([lost()], spec=Push(within_s=5.0))
    bench.ordinary(1, lost())
    bench.pass_time(10.0)
    assert bench.redecisions.counts["expired"] == 1
    assert bench.redecisions.counts["waiting"] == 0


def test_denials_by_score_do_not_wait() -> None:
    """Only an undetermined answer with a technical cause is decided again."""
    bench = Bench()
    bench.ordinary(1, Checked(denied(), STRATEGY, CALM))
    assert bench.redecisions.counts["waiting"] == 0


@given(
    st.floats(0.05, 1.0),
    st.sampled_from([0.0, 10.0, 30.0, 100.0]),
    st.lists(st.floats(0.01, 3.0), min_size=1, max_size=25),
)
def test_the_rate_is_bounded_whenever_it_is_asked(share: float, capacity_hz: float, waits_s: list[float]) -> None:
    """In any time of t seconds at most a burst and `share` of the measured capacity (at least 1/s) are let go."""
    bench = Bench(spec=Push(share=share))
    for n in range(int(capacity_hz * 5.0) + 1):
        bench.now = n / capacity_hz if capacity_hz else 0.0
        bench.ordinary(n)
    bench.now = max(bench.now, 5.0)
    for session in range(1000, 1600):
        bench.ordinary(session, lost())
    bench.ordinary(1700)
    hz = max(1.0, share * bench.redecisions._source_health.capacity_hz)
    burst = max(1.0, hz * 0.5)
    taken, elapsed_s = len(bench.redecisions.due()), 0.0
    for wait_s in waits_s:
        bench.now += wait_s
        elapsed_s += wait_s
        taken += len(bench.redecisions.due())
        assert taken <= burst + hz * elapsed_s + 1e-6
    assert taken >= 1


PUSHING = PolicySpec(name="pushing", transport=Breaker(), missing=TriState(), answer=Push())


def test_by_itself_it_looks_until_it_is_closed() -> None:
    """In a running service nobody has to call it, and closing it leaves no task behind."""

    async def story() -> tuple[dict[str, int], int]:
        redecisions = redecisions_of(policy(), Upstream(), 2.0, loop_now)
        assert redecisions is not None
        async with redecisions:
            redecisions.observe(asked_by(PERSON), lost())
            redecisions.observe(tap(99), GRANTED)
            await asyncio.sleep(1.0)
        return redecisions.counts, len(asyncio.all_tasks())

    counts, tasks = run(story())
    assert (counts["notified"], counts["waiting"], tasks) == (1, 0, 1)


def policy(told: PolicySpec = PUSHING) -> Policy:
    """A policy with nobody in it yet."""
    return build(told, PolicyContext(PEOPLE, STRATEGY, lambda: 0.0))


def test_a_second_look_does_not_pass_the_door_and_has_a_fresh_deadline_and_tries_of_its_own() -> None:
    """It takes nobody's place, has the whole deadline from its own instant, and tries from 100 on."""
    doorman, upstream = Doorman(lets_in=False), Numbering()

    async def story() -> None:
        redecisions = redecisions_of(replace(policy(), admission=doorman), upstream, 2.0, loop_now)
        assert redecisions is not None
        redecisions.observe(asked_by(PERSON), lost())
        redecisions.observe(tap(99), GRANTED)
        await asyncio.sleep(7.0)
        for one in redecisions.due():
            await redecisions.redecide(one)
        assert redecisions.counts["notified"] == 1

    run(story())
    assert doorman.left == []
    assert dict(upstream.asked)["scoring"] == 9.0
    assert Counter(upstream.numbers) == {100: 7}


@dataclass
class Numbering(Upstream):
    """Remembers the numbers of the tries."""

    numbers: list[int] = field(default_factory=list)

    async def evidence(self, service: str, asked: CreditRequest, nth_try: int, until: float) -> Evidence:
        self.numbers.append(nth_try)
        return await super().evidence(service, asked, nth_try, until)

    async def score(
        self, asked: CreditRequest, values: Mapping[str, float | None], nth_try: int, until: float
    ) -> Evidence:
        self.numbers.append(nth_try)
        return await super().score(asked, values, nth_try, until)


@pytest.mark.parametrize("told", PRESETS.values(), ids=PRESETS)
def test_only_a_policy_that_pushes_looks_twice(told: PolicySpec) -> None:
    """Where nobody is notified there is nothing to remember."""
    redecisions = redecisions_of(policy(told), Upstream(), 2.0)
    assert (redecisions is not None) == isinstance(told.answer, Push)


def test_a_person_whose_bureau_was_dark_is_approved_in_the_second_look() -> None:
    """End to end on one decider: undetermined while the bureau is lost, then approved, as without the fault."""
    upstream = Upstream({"bureau": EvidenceStatus.LATE, "scoring": EvidenceStatus.LATE})

    async def story() -> tuple[Checked, list[dict[str, object]]]:
        pushing = policy()
        decider, redecisions = Decider(pushing, upstream, loop_now), redecisions_of(pushing, upstream, 2.0, loop_now)
        assert redecisions is not None
        async with redecisions:
            redecisions.observe(asked_by(PERSON), await decider.check(asked_by(PERSON), loop_now() + 2.0))
            upstream.lost = {}
            other = tap(99)
            redecisions.observe(other, calm := await decider.check(other, loop_now() + 2.0))
            await asyncio.sleep(1.0)
        return calm, redecisions.board.page(0, 9)["notifications"]  # type: ignore[return-value]

    _, (notice,) = run(story())
    expected = run(Decider(policy(), Upstream(), loop_now).check(asked_by(PERSON), 9.0)).decision
    assert (notice["answer"], notice["limit_cny"]) == (expected.answer, expected.limit_cny)
