"""The decider asks all sources at once, then scoring, and never answers without the words of the app."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.evidence import NEVER_ASKED, Evidence, EvidenceStatus
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.policies.presets import AXES, PRESETS, PolicySpec
from creditstorm.credit.policies.rollout import Hysteresis
from creditstorm.credit.policies.transport import Hedge
from creditstorm.credit.reasons import Reason
from creditstorm.credit.sources import SERVICES, SOURCES
from creditstorm.credit.strategy import Strategy
from mock_services.cache.layers import LayeredStore, PoisonedValues
from mock_services.deciding.decide import Calls, Checked, Decider
from mock_services.decision import as_json, retry_after
from mock_services.policies.admission import InflightCapDoor
from mock_services.policies.axes import Policy, Transport
from mock_services.policies.missing import LastKnownGoodRule
from mock_services.policies.registry import PolicyContext, build
from mock_services.policies.rollout import Offer
from mock_services.policies.transport.breaker import BreakerTransport
from mock_services.policies.transport.hedge import HedgeTransport
from mock_services.policies.transport.retry import Backoff, RetryTransport, SingleTry, Unlimited
from tests.mock_services.policies.cases import PEOPLE, STRATEGY, asked_by, evidence_of, ok
from tests.mock_services.policies.scripted import Service
from tests.mock_services.virtual_time import now, run

PERSON = next(p for p in map(PEOPLE.applicant, range(1000)) if p.verified and p.values["bureau"] is not None)
NOW = 1000.0


@dataclass
class Upstream:
    """Services in calm, except those that are lost; remembers what it was asked."""

    lost: Mapping[str, EvidenceStatus] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)
    values: Mapping[str, float | None] = field(default_factory=dict)
    together: int = 0
    _busy: int = 0

    async def evidence(self, service: str, asked: CreditRequest, _nth_try: int, until: float) -> Evidence:
        self.asked.append((service, until))
        self._busy += 1
        self.together = max(self.together, self._busy)
        await asyncio.sleep(0)
        self._busy -= 1
        found = evidence_of(PEOPLE.applicant(asked.applicant), service)
        return Evidence(self.lost[service]) if service in self.lost else found

    async def score(
        self, asked: CreditRequest, values: Mapping[str, float | None], _nth_try: int, until: float
    ) -> Evidence:
        self.asked.append(("scoring", until))
        self.values = values
        estimate = estimate_score(asked.file, values)
        return Evidence(self.lost["scoring"]) if "scoring" in self.lost else ok(estimate.mean, sd=estimate.sd)


@dataclass
class Flaky(Upstream):
    """A bureau that fails the first try of each request, and remembers the numbers of the tries."""

    numbers: list[tuple[str, int]] = field(default_factory=list)

    async def evidence(self, service: str, asked: CreditRequest, nth_try: int, until: float) -> Evidence:
        self.numbers.append((service, nth_try))
        found = await super().evidence(service, asked, nth_try, until)
        return Evidence(EvidenceStatus.ERROR) if (service, nth_try) == ("bureau", 0) else found


@dataclass
class Doorman:
    """Lets nobody in, or everybody, and remembers who left."""

    lets_in: bool
    left: list[float] = field(default_factory=list)

    def enter(self, _asked: CreditRequest) -> bool:
        return self.lets_in

    def leave(self, took_s: float) -> None:
        self.left.append(took_s)


def policy_named(name: str) -> Policy:
    return build(PRESETS[name], PolicyContext(PEOPLE, STRATEGY, lambda: NOW))


def check(upstream: Upstream, policy: Policy | None = None, budget_s: float = 2.0) -> Checked:
    decider = Decider(policy or policy_named("fail-closed"), upstream, lambda: NOW)
    return asyncio.run(decider.check(asked_by(PERSON), NOW + budget_s))


def test_six_at_once_then_scoring() -> None:
    """All sources are asked together and scoring after them."""
    upstream = Upstream()
    check(upstream)
    assert (upstream.together, [service for service, _ in upstream.asked]) == (6, list(SERVICES))


@pytest.mark.parametrize(("budget_s", "reserve_s"), [(2.0, 0.15), (0.2, 0.03)])
def test_scoring_has_a_reserve(budget_s: float, reserve_s: float) -> None:
    """Sources are given up 150 ms early, or 15 % of the time when that is less; scoring has until the end."""
    upstream = Upstream()
    check(upstream, budget_s=budget_s)
    untils = dict(upstream.asked)
    assert [untils[source] for source in SOURCES] == [pytest.approx(NOW + budget_s - reserve_s)] * 6
    assert untils["scoring"] == NOW + budget_s


def test_scoring_gets_what_was_retrieved() -> None:
    """A lost value is absent, not null."""
    upstream = Upstream({"bureau": EvidenceStatus.LATE})
    check(upstream, policy_named("tri-state"))
    assert upstream.values == {s: v for s, v in PERSON.values.items() if s != "bureau"}


def test_fail_closed_paints_a_late_bureau_as_missing_credit_information() -> None:
    """The bug, end to end: the cause is technical and the person reads a credit reason."""
    decision = check(Upstream({"bureau": EvidenceStatus.LATE})).decision
    assert (decision.answer, decision.limit_cny, decision.reason, decision.cause) == (
        Answer.NO_CREDIT,
        0,
        Reason.INSUFFICIENT_RECORD,
        "late:bureau",
    )


def test_scoring_that_is_lost() -> None:
    """Tri-state without scoring says undetermined, with the technical reason."""
    decision = check(Upstream({"scoring": EvidenceStatus.ERROR}), policy_named("tri-state")).decision
    assert (decision.answer, decision.reason, decision.cause) == ("undetermined", "T_SOURCE", "error:scoring")


def test_a_request_that_is_not_let_in() -> None:
    """It asks nobody, is told honestly that the system is busy, and is counted as shed."""
    upstream, doorman = Upstream(), Doorman(lets_in=False)
    decider = Decider(replace(policy_named("tri-state"), admission=doorman), upstream, lambda: NOW)
    checked = asyncio.run(decider.check(asked_by(PERSON), NOW + 2.0))
    assert (checked.decision.answer, checked.decision.reason) == (Answer.UNDETERMINED, Reason.SYSTEM_BUSY)
    assert {evidence.status for evidence in checked.evidence.values()} == {EvidenceStatus.SKIPPED}
    assert (upstream.asked, doorman.left, decider.served, decider.shed) == ([], [], 0, 1)


@pytest.mark.parametrize(
    ("name", "answer", "reason", "headers"),
    [
        ("tri-state-shed", "undetermined", "T_BUSY", ["Retry-After"]),
        ("fail-closed", "no_credit", "C_RECORD", []),
    ],
)
def test_being_turned_away_in_each_vocabulary(name: str, answer: str, reason: str, headers: list[str]) -> None:
    """Honest words say busy and when to come back; two words say no credit, because they have no third one."""
    policy = replace(policy_named(name), admission=Doorman(lets_in=False))
    decision = check(Upstream(), policy).decision
    assert (decision.answer, decision.reason, decision.cause) == (answer, reason, "shed:decision")
    assert list(retry_after(asked_by(PERSON), decision)) == headers


def test_a_lost_source_names_no_time_to_come_back() -> None:
    """Retry-After is for those who were turned away, not for those whose bureau was late."""
    checked = check(Upstream({"scoring": EvidenceStatus.ERROR}), policy_named("tri-state"))
    assert retry_after(asked_by(PERSON), checked.decision) == {}


def test_those_turned_away_together_do_not_come_back_together() -> None:
    """Between half a minute and a minute and a half, by who asks."""
    busy = Decision(Answer.UNDETERMINED, 0, Reason.SYSTEM_BUSY, "shed:decision")
    waits = [int(retry_after(asked_by(PEOPLE.applicant(n)), busy)["Retry-After"]) for n in range(1000)]
    assert (min(waits), max(waits)) == (30, 90)
    assert 58.0 < sum(waits) / 1000 < 62.0


def test_the_cap_sheds_what_is_too_much() -> None:
    """Of five at once with room for two, two are decided and three are told so; all five places are free after."""
    admission = InflightCapDoor(2)
    decider = Decider(replace(policy_named("tri-state-shed"), admission=admission), Upstream(), lambda: NOW)

    async def crowd() -> list[str]:
        found = await asyncio.gather(*(decider.check(asked_by(PERSON), NOW + 2.0) for _ in range(5)))
        return [checked.decision.cause for checked in found]

    assert sorted(asyncio.run(crowd())) == ["credit:score"] * 2 + ["shed:decision"] * 3
    assert (decider.served, decider.shed, admission.in_flight) == (2, 3, 0)


def test_the_number_of_the_try_reaches_the_source() -> None:
    """A retry asks with its own number, so that its draws is another one than that of the first try."""
    upstream = Flaky()
    decider = Decider(policy_named("retry"), upstream, lambda: NOW)
    checked = run(decider.check(asked_by(PERSON), NOW + 2.0))
    assert [nth for service, nth in upstream.numbers if service == "bureau"] == [0, 1]
    assert checked.decision.cause == "credit:score"


def test_a_request_that_is_let_in_leaves() -> None:
    """Admission hears of the end of every request that it let in."""
    doorman = Doorman(lets_in=True)
    check(Upstream(), replace(policy_named("fail-closed"), admission=doorman))
    assert doorman.left == [0.0]


def test_the_answer_as_it_is_sent() -> None:
    """Every key of the agreed payload, evidence of all seven services included."""
    sent = as_json(check(Upstream({"bureau": EvidenceStatus.LATE}), policy_named("tri-state")))
    assert set(sent) == {
        "answer",
        "limit_cny",
        "reason",
        "cause",
        "text",
        "eta_s",
        "strategy_version",
        "score",
        "evidence",
        "began_at",
        "strategy",
        "grace",
    }
    blank = {
        "value": None,
        "began_s": 0.0,
        "ended_s": 0.0,
        "age_s": None,
        "latency_s": None,
        "version": None,
        "rejected": False,
        "null_field": False,
    }
    assert sent["evidence"]["bureau"] == {"status": "late", **blank}
    assert list(sent["evidence"]) == list(SERVICES)
    assert set(sent["text"]) == {"en", "zh"}


def calls_of(service: Service, transport: Transport, *, until: float = 2.0, before: int = 0) -> tuple[float, ...]:
    """When the call began and ended, in seconds after `before` quick calls; nothing where none was made."""

    async def story() -> tuple[float, ...]:
        quick = Service(lambda _nth: (0.1, EvidenceStatus.OK))
        for _ in range(before):
            await transport.ask(asked_by(PERSON), "bureau", quick.once, now() + until)
        calls, started = Calls(service.once, now), now()
        await transport.ask(asked_by(PERSON), "bureau", calls.ask, started + until)
        return tuple(instant - started for instant in (calls.began_at, calls.ended_at) if instant is not None)

    return run(story())


def test_a_call_lasts_from_its_first_try_to_its_last() -> None:
    """A quick answer, one given up, one that fails at first, and one that a second try beats."""
    pauseless = RetryTransport(3, None, Backoff(Keyed(0, "b"), 0.0, 0.0), Unlimited(), now)
    flaky = Service(lambda nth: (0.5, EvidenceStatus.OK if nth == 1 else EvidenceStatus.ERROR))
    hedge = HedgeTransport(Hedge(warm_up=20, extra=1.0), now)
    hedged = Service(lambda nth: (9.0 if nth == 0 else 0.2, EvidenceStatus.OK))
    assert calls_of(Service(lambda _nth: (0.25, EvidenceStatus.OK)), SingleTry()) == (0.0, 0.25)
    assert calls_of(Service(lambda _nth: (9.0, EvidenceStatus.OK)), SingleTry()) == (0.0, 2.0)
    assert calls_of(flaky, pauseless) == (0.0, 1.0)
    assert calls_of(hedged, hedge, before=20) == (0.0, pytest.approx(0.3))


def test_a_call_that_was_not_made_has_no_instants() -> None:
    """A breaker that is open asks nobody, and after the deadline nothing is sent."""
    broken = Service(lambda _nth: (0.1, EvidenceStatus.ERROR))

    async def never(_nth_try: int, _until: float) -> Evidence:
        return NEVER_ASKED

    async def story() -> tuple[Calls, Calls]:
        breaker, skipped, expired = BreakerTransport(1, 60.0), Calls(broken.once, now), Calls(never, now)
        await breaker.ask(asked_by(PERSON), "bureau", broken.once, 2.0)
        await breaker.ask(asked_by(PERSON), "bureau", skipped.ask, 2.0)
        unasked = await SingleTry().ask(asked_by(PERSON), "bureau", expired.ask, 2.0)
        assert (unasked.status, unasked.latency_s) == (EvidenceStatus.LATE, 0.0)
        return skipped, expired

    assert [(calls.began_at, calls.ended_at) for calls in run(story())] == [(None, None)] * 2


def test_the_calls_are_sent_with_the_answer() -> None:
    """In seconds after the instant at which the decision was begun; nobody was called for who was turned away."""
    checked = check(Upstream())
    checked.calls["bureau"].began_at, checked.calls["bureau"].ended_at = NOW + 0.25, NOW + 0.7500001
    sent = as_json(checked)
    assert sent["began_at"] == NOW
    assert [sent["evidence"]["bureau"][instant] for instant in ("began_s", "ended_s")] == [0.25, 0.75]
    shut = as_json(check(Upstream(), replace(policy_named("fail-closed"), admission=Doorman(lets_in=False))))
    assert shut["began_at"] is None
    assert {part.get("began_s") for part in shut["evidence"].values()} == {None}


@dataclass
class Lying(Upstream):
    """A bureau that answers in time and wrongly."""

    says: Evidence = field(default_factory=lambda: ok(None))

    async def evidence(self, service: str, asked: CreditRequest, nth_try: int, until: float) -> Evidence:
        found = await super().evidence(service, asked, nth_try, until)
        return self.says if service == "bureau" else found


NULL = replace(ok(0.0), null_field=True)


@pytest.mark.parametrize(("says", "status"), [(ok(None), "empty"), (NULL, "malformed"), (ok(6.12), "malformed")])
def test_a_lie_is_a_fact_without_the_gate_and_missing_with_it(says: Evidence, status: str) -> None:
    """No record of a thick file, null or another unit: scored as it stands, or not at all."""
    trusting, doubting = Lying(says=says), Lying(says=says)
    assert check(trusting, policy_named("partial-score")).evidence["bureau"].usable
    assert trusting.values["bureau"] == says.value
    evidence = check(doubting, policy_named("tri-state")).evidence["bureau"]
    assert (evidence.status, evidence.usable) == (status, False)
    assert "bureau" not in doubting.values


def test_grace_reaches_the_decision() -> None:
    """Who was approved before the cut-off rose is still approved a little below it."""
    score = estimate_score(PERSON.file, PERSON.values).mean
    spec = PolicySpec(name="h", rollout=Hysteresis(h=9.0))
    policy = build(spec, PolicyContext(PEOPLE, Strategy(cut_off=score - 1.0), lambda: NOW))
    policy.rollout.offer(Offer("rise", Strategy("v2", cut_off=score + 8.0)))
    checked = check(Upstream(), policy)
    assert (checked.decision.answer, checked.strategy.version) == (Answer.APPROVED, "v2")
    policy.rollout.offer(Offer("rise", Strategy("v2", cut_off=score + 10.0)))
    assert check(Upstream(), policy).decision.answer is Answer.NO_CREDIT


def test_no_score_is_null() -> None:
    """Without scoring there is no score to show."""
    assert as_json(check(Upstream({"scoring": EvidenceStatus.LATE})))["score"] is None


def test_last_known_good_bridges_a_lost_bureau() -> None:
    """A person who was seen a moment ago is approved with the same limit while the bureau is late."""
    policy = policy_named("last-known-good")
    before = check(Upstream(), policy).decision
    after = check(Upstream({"bureau": EvidenceStatus.LATE}), policy)
    assert after.decision == before
    assert after.evidence["bureau"].status is EvidenceStatus.STALE


@pytest.mark.parametrize(("gate", "status"), [("none", "stale"), ("gate", "late")])
def test_a_poisoned_value_is_doubted_like_one_that_arrived(gate: str, status: str) -> None:
    """The store says "no record" of a person who has one: a fact without the gate, and still missing with it."""
    spec = replace(PRESETS["tri-state-push"], quality=AXES["quality"][gate]())
    policy = build(spec, PolicyContext(PEOPLE, STRATEGY, lambda: NOW))
    assert isinstance(policy.missing, LastKnownGoodRule)
    assert isinstance(policy.missing.store, LayeredStore)
    check(Upstream(), policy)
    policy.missing.store.poison(PoisonedValues(PEOPLE.seed, "poison", 1.0, lambda: None))
    bureau = check(Upstream({"bureau": EvidenceStatus.LATE}), policy).evidence["bureau"]
    assert (str(bureau.status), bureau.value) == (status, None)
