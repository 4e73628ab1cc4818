"""The decider with last known good values in a Redis: they help when it answers, and harm nobody when it does not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.sources import SERVICES
from mock_services.cache.layers import Remembered
from mock_services.cache.redis_cache import RedisCache
from mock_services.deciding.decide import Checked, Decider
from mock_services.deferrals.redecide import redecisions_of
from mock_services.faults.decision_effects import LenderHandle
from mock_services.policies.axes import Policy
from mock_services.policies.missing import LastKnownGoodRule
from mock_services.policies.registry import PolicyContext, build
from tests.mock_services.cache.fake_redis_client import FakeStoreClient
from tests.mock_services.deciding.test_decide import PERSON, Upstream
from tests.mock_services.deferrals.waiting import lost
from tests.mock_services.policies.cases import PEOPLE, STRATEGY, asked_by
from tests.mock_services.virtual_time import now, run

ASKED = asked_by(PERSON)
DARK = {"bureau": EvidenceStatus.LATE}


@dataclass
class Nobody:
    """A snapshot of nobody."""

    def recall(self, _asked: CreditRequest, _service: str) -> Remembered | None:
        return None


@dataclass
class Hanging(Upstream):
    """Services that are lost take all the time there is."""

    async def evidence(self, service: str, asked: CreditRequest, nth_try: int, until: float) -> Evidence:
        if service in self.lost:
            await asyncio.sleep(until - now())
        return await super().evidence(service, asked, nth_try, until)


def policy_over(store_client: FakeStoreClient, name: str = "last-known-good") -> tuple[Policy, RedisCache]:
    """A preset with its store in this Redis."""
    policy = build(PRESETS[name], PolicyContext(PEOPLE, STRATEGY, lambda: 0.0))
    store = RedisCache(store_client, Nobody(), now)
    assert isinstance(policy.missing, LastKnownGoodRule)
    return replace(policy, missing=policy.missing.over(store)), store


async def check(policy: Policy, upstream: Upstream) -> Checked:
    return await Decider(policy, upstream, now).check(ASKED, now() + 2.0)


def test_what_was_learnt_bridges_a_lost_bureau() -> None:
    """The person is approved with the same limit, and the bureau's evidence is old."""

    async def story() -> tuple[Checked, Checked]:
        policy, store = policy_over(FakeStoreClient())
        before = await check(policy, Upstream())
        await store.write_some()
        return before, await check(policy, Upstream(DARK))

    before, after = run(story())
    assert after.decision == before.decision
    assert after.evidence["bureau"].status is EvidenceStatus.STALE


@pytest.mark.parametrize("store_client", [FakeStoreClient(broken=True), FakeStoreClient(takes_s=3600.0)])
def test_a_sick_redis_is_like_none(store_client: FakeStoreClient) -> None:
    """The person is refused for want of the bureau, as under fail-closed."""
    assert run(check(policy_over(store_client)[0], Upstream(DARK))).decision.cause == "late:bureau"


@pytest.mark.parametrize("takes_s", [0.001, 0.2, 0.3, 1.9, 3600.0])
@pytest.mark.parametrize("upstream", [Upstream(dict.fromkeys(SERVICES, EvidenceStatus.SKIPPED)), Hanging(DARK)])
def test_a_slow_redis_never_makes_an_answer_late(takes_s: float, upstream: Upstream) -> None:
    """Where all is skipped it is waited for a quarter of a second, where a source is late not at all."""

    async def story() -> float:
        await check(policy_over(FakeStoreClient(takes_s=takes_s))[0], upstream)
        return now()

    expected = 1.85 if isinstance(upstream, Hanging) else min(takes_s, 0.25)
    assert run(story()) == pytest.approx(expected)


@pytest.mark.parametrize("status", [None, EvidenceStatus.REFUSED])
def test_who_needs_no_store_does_not_wait_for_it(status: EvidenceStatus | None) -> None:
    """With all evidence, or where the person forbids it, the answer is there at once and the read is given up."""
    store_client = FakeStoreClient(takes_s=3600.0)
    upstream = Upstream({} if status is None else {"income": status})

    async def story() -> float:
        await check(policy_over(store_client)[0], upstream)
        await asyncio.sleep(0)
        return now()

    assert (run(story()), store_client.reads, store_client.cancelled) == (0.0, 1, 1)


def test_one_read_a_request() -> None:
    """Also when everything is missing, scoring included."""
    store_client = FakeStoreClient()
    run(check(policy_over(store_client)[0], Upstream(dict.fromkeys(SERVICES, EvidenceStatus.LATE))))
    assert store_client.reads == 1


def test_a_request_that_is_hung_up_leaves_no_read_behind() -> None:
    """The person is gone, and so is the question about them."""
    store_client = FakeStoreClient(takes_s=3600.0)

    async def story() -> int:
        checking = asyncio.create_task(check(policy_over(store_client)[0], Hanging(DARK)))
        await asyncio.sleep(0.1)
        checking.cancel()
        await asyncio.wait((checking,))
        await asyncio.sleep(0)
        return len(asyncio.all_tasks())

    assert (run(story()), store_client.cancelled) == (1, 1)


def test_a_policy_without_such_a_store_starts_no_task() -> None:
    """What is in process costs what it cost before: six sources and the check itself."""
    seen: list[int] = []

    @dataclass
    class Counting(Upstream):
        async def evidence(self, service: str, asked: CreditRequest, nth_try: int, until: float) -> Evidence:
            seen.append(len(asyncio.all_tasks()))
            return await super().evidence(service, asked, nth_try, until)

    run(check(build(PRESETS["last-known-good"], PolicyContext(PEOPLE, STRATEGY, lambda: 0.0)), Counting()))
    assert set(seen) == {7}


def test_a_second_look_reads_it_too() -> None:
    """Who waited is decided about again with what others' requests have left in the Redis."""
    store_client = FakeStoreClient()

    async def story() -> int:
        policy, store = policy_over(store_client, "tri-state-push")
        await check(policy, Upstream())
        await store.write_some()
        redecisions = redecisions_of(policy, Upstream(DARK), 2.0, now)
        assert redecisions is not None
        redecisions.observe(ASKED, lost())
        await asyncio.sleep(5.0)
        for one in redecisions.due():
            await redecisions.redecide(one)
        return redecisions.counts["notified"]

    assert (run(story()), store_client.reads) == (1, 2)


def test_faults_of_the_cache_find_it() -> None:
    """Flush and poison take hold of the store wherever it is."""
    policy, store = policy_over(FakeStoreClient())
    assert LenderHandle.of(policy, 1).cache() is store
