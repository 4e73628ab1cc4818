"""A second look asks the same desk again: past the door, in its own time, with other draws."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.answer import Push
from creditstorm.credit.policies.missing import TriState
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.credit.policies.transport import Breaker
from mock_services.deciding.decide import Checked, Decider
from mock_services.deferrals.redecide import redecisions_of
from mock_services.policies.axes import Policy
from mock_services.policies.registry import PolicyContext, build
from mock_services.wire.payloads import CreditRequest
from tests.mock_services.deciding.test_decide import PERSON, Doorman, Upstream
from tests.mock_services.deferrals.waiting import GRANTED, lost, tap
from tests.mock_services.policies.cases import PEOPLE, STRATEGY, asked_by
from tests.mock_services.virtual_time import now as loop_now
from tests.mock_services.virtual_time import run

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
    """End to end on one desk: undetermined while the bureau is lost, then approved, as without the fault."""
    upstream = Upstream({"bureau": EvidenceStatus.LATE, "scoring": EvidenceStatus.LATE})

    async def story() -> tuple[Checked, list[dict[str, object]]]:
        pushing = policy()
        desk, redecisions = Decider(pushing, upstream, loop_now), redecisions_of(pushing, upstream, 2.0, loop_now)
        assert redecisions is not None
        async with redecisions:
            redecisions.observe(asked_by(PERSON), await desk.check(asked_by(PERSON), loop_now() + 2.0))
            upstream.lost = {}
            other = tap(99)
            redecisions.observe(other, calm := await desk.check(other, loop_now() + 2.0))
            await asyncio.sleep(1.0)
        return calm, redecisions.board.page(0, 9)["notifications"]  # type: ignore[return-value]

    _, (notice,) = run(story())
    expected = run(Decider(policy(), Upstream(), loop_now).check(asked_by(PERSON), 9.0)).decision
    assert (notice["answer"], notice["limit_cny"]) == (expected.answer, expected.limit_cny)
