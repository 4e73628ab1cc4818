"""Push: decided again when the source is back, slowly, with other luck, and not for ever."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstorm.credit.axes import Breaker, Push, TriState
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policy import PRESETS, PolicySpec
from creditstorm.credit.reasons import Reason
from creditstorm.credit.sources import SERVICES
from mock_services.deferred import Deferred
from mock_services.desk import Checked, Desk
from mock_services.policies.axes import Policy
from mock_services.policies.case import Asked, approved, denied, undetermined
from mock_services.policies.registry import House, build
from mock_services.second_look import BURST_S, LEAST_HZ, MOST_AGAIN, SecondLooks, second_looks_of
from mock_services.sightings import DECISION, WINDOW_S
from tests.mock_services.cases import PEOPLE, STRATEGY, asked_by, evidence_of, ok
from tests.mock_services.test_desk import PERSON, Doorman, Upstream
from tests.mock_services.virtual_time import now as loop_now
from tests.mock_services.virtual_time import run

CALM = {service: evidence_of(PERSON, service) if service != "scoring" else ok(600.0, sd=0.0) for service in SERVICES}
PUSHING = PolicySpec(name="pushing", transport=Breaker(), missing=TriState(), answer=Push())
GRANTED = Checked(approved(9000), STRATEGY, CALM)
BUSY = Checked(
    replace(undetermined("shed:decision"), reason=Reason.SYSTEM_BUSY),
    STRATEGY,
    dict.fromkeys(SERVICES, Evidence(EvidenceStatus.SKIPPED)),
)


def lost(service: str = "bureau", status: EvidenceStatus = EvidenceStatus.LATE) -> Checked:
    """An answer that could not be given for want of one service."""
    return Checked(undetermined(f"{status}:{service}"), STRATEGY, CALM | {service: Evidence(status)})


def tap(session: int, attempt: int = 1) -> Asked:
    """A tap of some person in this session."""
    return asked_by(PEOPLE.applicant(session), session=session, attempt=attempt)


@dataclass
class World:
    """Second looks on a clock that the test moves, answered as the test says."""

    answers: Sequence[Checked] = (GRANTED,)
    told: Push = field(default_factory=Push)
    now: float = 0.0
    looked: list[Deferred] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.looks = SecondLooks(self.told, self._again, lambda: self.now)

    async def _again(self, one: Deferred) -> Checked:
        self.looked.append(one)
        return self.answers[min(len(self.looked), len(self.answers)) - 1]

    def ordinary(self, session: int, checked: Checked = GRANTED, attempt: int = 1) -> None:
        """An ordinary request is answered now."""
        self.looks.saw(tap(session, attempt), checked)

    def pass_time(self, seconds: float, *, requests_hz: float = 0.0, step_s: float = 0.1) -> None:
        """Time goes by with looks at every step, and good ordinary requests in between where there are any."""
        strangers = count(50_000)
        for _ in range(round(seconds / step_s)):
            self.now += step_s
            for _ in range(round(requests_hz * step_s)):
                self.ordinary(next(strangers))
            for one in self.looks.due():
                asyncio.run(self.looks.look(one))

    @property
    def notified(self) -> list[int]:
        """The sessions that were notified, in this order."""
        return [each["session"] for each in self.looks.board.page(0, 10_000)["notifications"]]  # type: ignore[attr-defined]


def test_the_person_is_notified_when_the_source_is_back() -> None:
    """Not while requests go on missing the bureau, but after one that got an answer from it."""
    world = World()
    world.ordinary(1, lost())
    for session in range(2, 32):
        world.now += 0.1
        world.ordinary(session, lost())
        assert world.looks.due() == []
    world.ordinary(99)
    world.pass_time(0.1)
    assert len(world.notified) == 1
    assert world.looks.counts["waiting"] == 30


def test_a_notice_tells_what_was_decided_and_both_instants() -> None:
    """The decision of the second look, under the tap that was deferred."""
    world = World()
    world.ordinary(5, lost(), attempt=2)
    world.now = 3.0
    world.ordinary(6)
    world.pass_time(0.5)
    (notice,) = world.looks.board.page(0, 10)["notifications"]  # type: ignore[misc]
    assert (notice["session"], notice["attempt"], notice["answer"], notice["limit_cny"]) == (5, 2, "approved", 9000)
    assert (notice["deferred_at"], notice["decided_at"]) == (0.0, pytest.approx(3.1))


def test_without_ordinary_requests_the_oldest_goes_ahead_once_a_second() -> None:
    """Probes ask for the source while nobody else does; that it is not back yet does not count against the person."""
    world = World([lost()] * 10 + [GRANTED])
    world.ordinary(1, lost())
    world.ordinary(2, lost())
    world.pass_time(10.05)
    assert {one.asked.session for one in world.looked} == {1}
    assert 8 <= len(world.looked) <= 10
    world.pass_time(5.0)
    assert world.notified == [1, 2]
    assert world.looks.counts["given_up"] == 0


def test_each_look_has_luck_of_its_own() -> None:
    """Looks are numbered from 1, probes included."""
    world = World([lost()] * 3 + [GRANTED])
    world.ordinary(1, lost())
    world.pass_time(8.0)
    assert [one.looks for one in world.looked] == [1, 2, 3, 4]


def test_a_second_look_is_deferred_three_times_at_most() -> None:
    """A person who is unlucky four times although the source is there is given up, and counted."""
    world = World([lost()])
    world.ordinary(1, lost())
    world.pass_time(30.0, requests_hz=20.0)
    assert len(world.looked) == MOST_AGAIN + 1
    assert world.looks.counts == {"waiting": 0, "notified": 0, "expired": 0, "dropped": 0, "given_up": 1}


def test_who_lacks_another_source_next_waits_for_that_one() -> None:
    """First the bureau was lost, in the second look the income: only when that answers too is there a third."""
    world = World([lost("income"), GRANTED])
    world.ordinary(1, lost())
    world.ordinary(2)
    world.pass_time(0.5)
    assert len(world.looked) == 1
    world.ordinary(3, Checked(approved(9000), STRATEGY, CALM | {"income": Evidence(EvidenceStatus.LATE)}))
    world.pass_time(0.5)
    assert len(world.looked) == 1
    world.pass_time(2.0, requests_hz=10.0)
    assert [one.lost for one in world.looked] == ["bureau", "income"]
    assert world.notified == [1]


def test_who_was_turned_away_waits_until_nobody_is() -> None:
    """A shed answer is deferred too, and no second look is made while there are people at the door."""
    world = World()
    world.ordinary(1, BUSY)
    world.ordinary(2, lost())
    world.ordinary(3)
    for session in range(10, 20):
        world.pass_time(0.5)
        world.ordinary(session, BUSY)
    assert world.looked == []
    world.pass_time(30.0, requests_hz=10.0)
    assert sorted(world.notified) == [1, 2, *range(10, 20)]
    assert {one.lost for one in world.looked} == {DECISION, "bureau"}


def test_who_taps_again_and_is_decided_about_is_not_notified() -> None:
    """The answer on the screen counts; there is nothing left to say."""
    world = World()
    world.ordinary(1, lost())
    world.ordinary(1, GRANTED, attempt=2)
    world.pass_time(5.0, requests_hz=10.0)
    assert (world.looked, world.looks.counts["waiting"]) == ([], 0)


def test_an_answer_that_comes_during_the_second_look_counts() -> None:
    """The person got a decision of their own a moment before the look was done: no second word follows."""
    world = World()
    world.ordinary(1, lost())
    world.ordinary(2)
    world.now += 0.1
    (one,) = world.looks.due()
    world.ordinary(1, GRANTED, attempt=2)
    asyncio.run(world.looks.look(one))
    assert world.notified == []


def test_who_waits_longer_than_promised_is_dropped() -> None:
    """After `within` nobody is notified any more, and it is counted."""
    world = World([lost()], told=Push(within_s=5.0))
    world.ordinary(1, lost())
    world.pass_time(10.0)
    assert world.looks.counts["expired"] == 1
    assert world.looks.counts["waiting"] == 0


def test_denials_by_score_do_not_wait() -> None:
    """Only an undetermined answer with a technical cause is looked at again."""
    world = World()
    world.ordinary(1, Checked(denied(), STRATEGY, CALM))
    assert world.looks.counts["waiting"] == 0


@given(
    st.floats(0.05, 1.0),
    st.sampled_from([0.0, 10.0, 30.0, 100.0]),
    st.lists(st.floats(0.01, 3.0), min_size=1, max_size=25),
)
def test_the_rate_is_bounded_whenever_it_is_asked(share: float, capacity_hz: float, waits_s: list[float]) -> None:
    """In any time of t seconds at most a burst and `share` of the measured capacity (at least 1/s) are let go."""
    world = World(told=Push(share=share))
    for n in range(int(capacity_hz * WINDOW_S) + 1):
        world.now = n / capacity_hz if capacity_hz else 0.0
        world.ordinary(n)
    world.now = max(world.now, WINDOW_S)
    for session in range(1000, 1600):
        world.ordinary(session, lost())
    world.ordinary(1700)
    hz = max(LEAST_HZ, share * world.looks._sightings.capacity_hz)
    burst = max(1.0, hz * BURST_S)
    taken, elapsed_s = len(world.looks.due()), 0.0
    for wait_s in waits_s:
        world.now += wait_s
        elapsed_s += wait_s
        taken += len(world.looks.due())
        assert taken <= burst + hz * elapsed_s + 1e-6
    assert taken >= 1


def test_by_itself_it_looks_until_it_is_closed() -> None:
    """In a running service nobody has to call it, and closing it leaves no task behind."""

    async def story() -> tuple[dict[str, int], int]:
        looks = second_looks_of(policy(), Upstream(), 2.0, loop_now)
        assert looks is not None
        async with looks:
            looks.saw(asked_by(PERSON), lost())
            looks.saw(tap(99), GRANTED)
            await asyncio.sleep(1.0)
        return looks.counts, len(asyncio.all_tasks())

    counts, tasks = run(story())
    assert (counts["notified"], counts["waiting"], tasks) == (1, 0, 1)


def policy(told: PolicySpec = PUSHING) -> Policy:
    """A policy with nobody in it yet."""
    return build(told, House(PEOPLE, STRATEGY, lambda: 0.0))


def test_a_second_look_does_not_pass_the_door_and_has_a_fresh_deadline_and_tries_of_its_own() -> None:
    """It takes nobody's place, has the whole deadline from its own instant, and tries from 100 on."""
    doorman, upstream = Doorman(lets_in=False), Numbering()

    async def story() -> None:
        looks = second_looks_of(replace(policy(), admission=doorman), upstream, 2.0, loop_now)
        assert looks is not None
        looks.saw(asked_by(PERSON), lost())
        looks.saw(tap(99), GRANTED)
        await asyncio.sleep(7.0)
        for one in looks.due():
            await looks.look(one)
        assert looks.counts["notified"] == 1

    run(story())
    assert doorman.left == []
    assert dict(upstream.asked)["scoring"] == 9.0
    assert Counter(upstream.numbers) == {100: 7}


@dataclass
class Numbering(Upstream):
    """Remembers the numbers of the tries."""

    numbers: list[int] = field(default_factory=list)

    async def evidence(self, service: str, asked: Asked, nth_try: int, until: float) -> Evidence:
        self.numbers.append(nth_try)
        return await super().evidence(service, asked, nth_try, until)

    async def score(self, asked: Asked, values: Mapping[str, float | None], nth_try: int, until: float) -> Evidence:
        self.numbers.append(nth_try)
        return await super().score(asked, values, nth_try, until)


@pytest.mark.parametrize("told", PRESETS.values(), ids=PRESETS)
def test_only_a_policy_that_pushes_looks_twice(told: PolicySpec) -> None:
    """Where nobody is notified there is nothing to remember."""
    looks = second_looks_of(policy(told), Upstream(), 2.0)
    assert (looks is not None) == isinstance(told.answer, Push)


def test_a_person_whose_bureau_was_dark_is_approved_in_the_second_look() -> None:
    """End to end on one desk: undetermined while the bureau is lost, then approved, as without the fault."""
    upstream = Upstream({"bureau": EvidenceStatus.LATE, "scoring": EvidenceStatus.LATE})

    async def story() -> tuple[Checked, list[dict[str, object]]]:
        pushing = policy()
        desk, looks = Desk(pushing, upstream, loop_now), second_looks_of(pushing, upstream, 2.0, loop_now)
        assert looks is not None
        async with looks:
            looks.saw(asked_by(PERSON), await desk.check(asked_by(PERSON), loop_now() + 2.0))
            upstream.lost = {}
            other = tap(99)
            looks.saw(other, calm := await desk.check(other, loop_now() + 2.0))
            await asyncio.sleep(1.0)
        return calm, looks.board.page(0, 9)["notifications"]  # type: ignore[return-value]

    _, (notice,) = run(story())
    expected = run(Desk(policy(), Upstream(), loop_now).check(asked_by(PERSON), 9.0)).decision
    assert (notice["answer"], notice["limit_cny"]) == (expected.answer, expected.limit_cny)
