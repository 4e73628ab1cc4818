"""Who meets a changed strategy, under each roll-out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.case import Case, CreditRequest, denied, undetermined
from creditstorm.credit.changes import befalls
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies import rollout as spec
from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.credit.strategy import Strategy
from mock_services.policies.axes import Rollout
from mock_services.policies.missing import FailClosedRule, PartialScoreRule
from mock_services.policies.registry import PolicyContext, build
from mock_services.policies.rollout import Offer
from tests.mock_services.policies.cases import PEOPLE, SEED, asked_by, case_with, ok

OLD = Strategy("v1", 560.0)
NEW = Strategy("v2", 580.0)
EVERYBODY = [asked_by(PEOPLE.applicant(n)) for n in range(4000)]
KINDS = (spec.Direct(), spec.Pinned(), spec.Canary(), spec.Hysteresis(), spec.Mixed())


def rollout(told: spec.Rollout, change: Offer | None = None) -> Rollout:
    built = build(PolicySpec(name="one", rollout=told), PolicyContext(PEOPLE, OLD)).rollout
    if change is not None:
        built.offer(change)
    return built


def share_of(version: str, one: Rollout, crowd: list[CreditRequest]) -> float:
    return sum(one.strategy_for(asked).version == version for asked in crowd) / len(crowd)


@pytest.mark.parametrize("told", KINDS)
def test_without_a_change_there_is_one_strategy(told: spec.Rollout) -> None:
    """Every roll-out decides by the strategy in force, and nobody above the cut-off needs any grace."""
    one = rollout(told)
    assert {one.strategy_for(asked) for asked in EVERYBODY[:200]} == {OLD}


@pytest.mark.parametrize("told", KINDS)
def test_what_is_withdrawn_is_gone(told: spec.Rollout) -> None:
    """New sessions meet the strategy of before; taking back what is not there is fine."""
    one = rollout(told, Offer("change", NEW))
    one.withdraw("change")
    one.withdraw("change")
    assert {one.strategy_for(asked) for asked in EVERYBODY[:200]} == {OLD}


@pytest.mark.parametrize(
    ("told", "share"),
    [(spec.Direct(), 1.0), (spec.Hysteresis(), 1.0), (spec.Canary(share=0.2), 0.2), (spec.Mixed(), 0.5)],
)
def test_the_share_that_meets_a_change_for_everybody(told: spec.Rollout, share: float) -> None:
    """All of them, the canaries, or half of the requests."""
    assert share_of("v2", rollout(told, Offer("change", NEW)), EVERYBODY) == pytest.approx(share, abs=0.02)


def test_a_change_for_a_share_of_people_is_for_the_same_ones_always() -> None:
    """The oracle and the lender agree about them, by the name of the change."""
    one = rollout(spec.Direct(), Offer("change", NEW, share=0.3))
    assert all(
        (one.strategy_for(asked).version == "v2") is befalls(SEED, "change", asked.applicant, 0.3)
        for asked in EVERYBODY
    )


def test_a_mixed_change_is_drawn_for_every_request() -> None:
    """One person meets both versions, each about as often as its share says."""
    one = rollout(spec.Direct(), Offer("change", NEW, share=0.5, mixed=True))
    taps = [replace(EVERYBODY[0], session=n // 5, attempt=n % 5) for n in range(2000)]
    assert share_of("v2", one, taps) == pytest.approx(0.5, abs=0.05)


def test_a_pinned_session_keeps_its_strategy() -> None:
    """What the first request met decides the session in both directions; the next session is a new one."""
    one = rollout(spec.Pinned())
    first, second = replace(EVERYBODY[0], session=1), replace(EVERYBODY[0], session=2)
    assert one.strategy_for(first).version == "v1"
    one.offer(Offer("change", NEW))
    assert [one.strategy_for(asked).version for asked in (first, second)] == ["v1", "v2"]
    one.withdraw("change")
    assert [one.strategy_for(asked).version for asked in (first, second)] == ["v1", "v2"]


def test_a_pinned_session_is_spared_mixed_nodes() -> None:
    """Whichever version the draw of the first request gave, all taps of the session meet it."""
    one = rollout(spec.Pinned(), Offer("change", NEW, share=0.5, mixed=True))
    for asked in EVERYBODY[:100]:
        assert len({one.strategy_for(replace(asked, attempt=n)).version for n in range(5)}) == 1


def test_canaries_are_people() -> None:
    """The same people meet the change in every session and at every tap."""
    one = rollout(spec.Canary(share=0.5), Offer("change", NEW))
    for asked in EVERYBODY[:100]:
        taps = [replace(asked, session=s, attempt=a) for s in (1, 2) for a in (0, 1)]
        assert len({one.strategy_for(tap).version for tap in taps}) == 1


def test_a_canary_of_one_version_tries_no_other() -> None:
    """Another change goes to everybody, and the one on trial to the share."""
    one = rollout(spec.Canary(share=0.5, version="v3"), Offer("a", NEW))
    assert {one.strategy_for(asked).version for asked in EVERYBODY} == {"v2"}
    one.offer(Offer("b", Strategy("v3", 500.0)))
    on_trial = [one.strategy_for(asked).version for asked in EVERYBODY]
    assert set(on_trial) == {"v2", "v3"}
    assert on_trial.count("v3") / len(on_trial) == pytest.approx(0.5, abs=0.1)


def test_mixed_nodes_tell_one_person_two_things() -> None:
    """The node is drawn for every request."""
    one = rollout(spec.Mixed(), Offer("change", NEW))
    taps = [replace(EVERYBODY[0], attempt=n) for n in range(50)]
    assert {one.strategy_for(tap).version for tap in taps} == {"v1", "v2"}


def test_the_newest_of_two_changes_decides() -> None:
    """And the one before it decides again when it is withdrawn."""
    one = rollout(spec.Direct(), Offer("a", NEW))
    one.offer(Offer("b", Strategy("v3", 500.0)))
    versions = [one.strategy_for(EVERYBODY[0]).version]
    one.withdraw("b")
    assert [*versions, one.strategy_for(EVERYBODY[0]).version] == ["v3", "v2"]


def test_a_change_hears_of_what_it_decided() -> None:
    """Once a request that was decided by it, and never of the others."""
    met: list[str] = []
    one = rollout(spec.Canary(share=0.5), Offer("change", NEW, met=lambda: met.append("met")))
    cases = [Case(asked, one.strategy_for(asked), case_with(score=600.0).evidence) for asked in EVERYBODY[:200]]
    for case in cases:
        one.remember(case, denied())
    assert len(met) == sum(case.strategy.version == "v2" for case in cases) > 0


def decided(one: Rollout, asked: CreditRequest, score: float) -> Answer:
    """One request through roll-out and rule, as the decider does it."""
    evidence = case_with(score=score).evidence
    case = Case(asked, one.strategy_for(asked), evidence, one.grace_for(asked, evidence["scoring"]))
    decision = FailClosedRule().decide(case)
    one.remember(case, decision)
    return decision.answer


@given(score=st.floats(400.0, 700.0), cut_off=st.floats(500.0, 620.0), h=st.floats(0.0, 40.0), pdo=st.floats(5.0, 80.0))
def test_hysteresis_turns_nobody_over_for_a_trifle(score: float, cut_off: float, h: float, pdo: float) -> None:
    """Who was approved under the old strategy is denied by the new one exactly below its cut-off − h."""
    new = Strategy("v2", cut_off, pdo)
    one = rollout(spec.Hysteresis(h=h), Offer("change", new))
    spared = h if OLD.on_scale(score) >= OLD.cut_off else 0.0
    expected = Answer.APPROVED if new.on_scale(score) >= cut_off - spared else Answer.NO_CREDIT
    assert decided(one, EVERYBODY[0], score) is expected


@given(before=st.floats(560.0, 700.0), noise=st.floats(-9.0, 9.0))
def test_hysteresis_remembers_an_approval(before: float, noise: float) -> None:
    """A score that moves by no more than h after an approval never denies, though the strategy stays the same."""
    one = rollout(spec.Hysteresis())
    assert decided(one, EVERYBODY[0], before) is Answer.APPROVED
    assert decided(one, EVERYBODY[0], before + noise) is Answer.APPROVED


def test_hysteresis_denies_for_good_reason_and_approves_only_at_the_cut_off() -> None:
    """Below cut − h the approval is gone, and then it takes the whole cut-off to come back."""
    one = rollout(spec.Hysteresis())
    scores = (565.0, 552.0, 550.0, 552.0, 560.0, 552.0)
    assert [decided(one, EVERYBODY[0], score) for score in scores] == [
        Answer.APPROVED,
        Answer.APPROVED,
        Answer.NO_CREDIT,
        Answer.NO_CREDIT,
        Answer.APPROVED,
        Answer.APPROVED,
    ]


def test_a_failure_does_not_count_as_a_denial() -> None:
    """Who was approved and then could not be decided is still who was approved."""
    one = rollout(spec.Hysteresis())
    decided(one, EVERYBODY[0], 565.0)
    one.remember(case_with(score=500.0), undetermined("late:bureau"))
    assert decided(one, EVERYBODY[0], 552.0) is Answer.APPROVED


def test_without_a_score_there_is_no_grace() -> None:
    """A person nobody knows anything about was not approved."""
    late = Evidence(EvidenceStatus.LATE)
    assert rollout(spec.Hysteresis(), Offer("change", NEW)).grace_for(EVERYBODY[0], late) == 0.0


def test_who_is_spared_has_the_lowest_limit() -> None:
    """Grace keeps the approval, not the limit that a score above the cut-off would have."""
    case = replace(case_with(score=555.0), grace=9.0)
    assert FailClosedRule().decide(case).limit_cny == 10_000


def test_a_wider_scale_moves_scores_away_from_600() -> None:
    """At 50 points to double the odds a score of 580 stands at 550, in every rule and for the limit."""
    wide = Strategy("v2", cut_off=550.0, pdo=50.0)
    just, below = (replace(case_with(score=score, income=ok(10_000.0)), strategy=wide) for score in (580.0, 579.9))
    for rule in (FailClosedRule(), PartialScoreRule()):
        assert (rule.decide(just).answer, rule.decide(below).answer) == (Answer.APPROVED, Answer.NO_CREDIT)
    assert FailClosedRule().decide(replace(just, strategy=replace(wide, cut_off=540.0))).limit_cny == 10_000
    assert FailClosedRule().decide(replace(just, strategy=replace(wide, cut_off=530.0))).limit_cny == 15_000


@pytest.mark.parametrize(("others", "version"), [(49_999, "v1"), (50_000, "v2")])
def test_what_is_remembered_is_bounded(others: int, version: str) -> None:
    """After 50,000 other sessions the first one is forgotten, and meets the newest strategy like a new one."""
    one = rollout(spec.Pinned())
    first = EVERYBODY[0]
    one.strategy_for(first)
    one.offer(Offer("change", NEW))
    for session in range(2, 2 + others):
        one.strategy_for(replace(first, session=session))
    assert one.strategy_for(first).version == version
