"""What a person does not let the lender use is missing, but it is nobody's failure and nobody's fault."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.reasons import Reason
from mock_services.policies.answer import HonestVocabulary, TwoWordsVocabulary
from mock_services.policies.missing import FailClosedRule, PartialScoreRule, TriStateRule, WorstBinRule
from mock_services.policies.registry import PolicyContext, build
from tests.mock_services.policies.cases import PEOPLE, STRATEGY, asked_by, case_with
from tests.mock_services.policies.scripted import Service
from tests.mock_services.virtual_time import run

REFUSED = Evidence(EvidenceStatus.REFUSED, latency_s=0.01)
LATE = Evidence(EvidenceStatus.LATE, latency_s=1.9)


def test_fail_closed_refuses_who_withdrew_consent() -> None:
    """The bug: missing is missing, and two words call it insufficient credit information."""
    decision = FailClosedRule().decide(case_with(score=600.0, sd=20.0, income=REFUSED))
    assert (decision.answer, decision.cause) == (Answer.NO_CREDIT, "refused:income")
    assert TwoWordsVocabulary().say(decision).reason is Reason.INSUFFICIENT_RECORD


def test_honest_words_ask_for_the_consent() -> None:
    """Whatever the rule did, the person learns what they can do about it, and the log keeps its cause."""
    told = HonestVocabulary().say(FailClosedRule().decide(case_with(score=600.0, income=REFUSED)))
    assert (told.answer, told.reason, told.cause) == (Answer.ACTION_NEEDED, Reason.CONSENT_WITHDRAWN, "refused:income")


@pytest.mark.parametrize(("score", "answer"), [(640.0, "approved"), (590.0, "action_needed"), (480.0, "no_credit")])
def test_tri_state_goes_on_without_it_where_it_can(score: float, answer: str) -> None:
    """Only near the cut-off consent is asked for, with the honest cause."""
    decision = TriStateRule(1.645).decide(case_with(score=score, sd=30.0, income=REFUSED))
    assert decision.answer == answer
    assert decision.cause == ("data:consent" if answer == "action_needed" else "credit:score")


def test_partial_score_goes_on_without_it() -> None:
    """It always decides."""
    assert PartialScoreRule().decide(case_with(score=561.0, sd=30.0, income=REFUSED)).answer is Answer.APPROVED


@pytest.mark.parametrize("order", [{"bureau": REFUSED, "income": LATE}, {"bureau": LATE, "income": REFUSED}])
def test_a_failure_beside_it_is_the_cause(order: dict[str, Evidence]) -> None:
    """Consent would not have helped alone, so the person need not do anything."""
    decision = TriStateRule(1.645).decide(case_with(score=590.0, sd=30.0, **order))
    assert decision.answer is Answer.UNDETERMINED
    assert decision.cause.startswith("late:")


@pytest.mark.parametrize("rule", [TriStateRule(1.645), PartialScoreRule(), WorstBinRule()])
def test_identity_that_may_not_be_asked(rule: TriStateRule | WorstBinRule) -> None:
    """Nobody is approved unverified; they are asked to let it be verified."""
    decision = rule.decide(case_with(score=640.0, identity=REFUSED))
    assert (decision.answer, decision.reason) == (Answer.ACTION_NEEDED, Reason.CONSENT_WITHDRAWN)


def test_old_values_are_not_used_against_a_persons_will() -> None:
    """What was known before consent was withdrawn is not taken from the store."""
    rule = build(PRESETS["last-known-good"], PolicyContext(PEOPLE, STRATEGY)).missing
    asked = asked_by(PEOPLE.applicant(7))
    rule.fill(asked, "income", Evidence(EvidenceStatus.OK, 9000.0, 0.0, 0.1, "1"))
    assert rule.fill(asked, "income", REFUSED) is REFUSED
    assert rule.fill(asked, "income", LATE).status is EvidenceStatus.STALE


@pytest.mark.parametrize("name", ["retry", "retry-budget", "hedge", "breaker"])
def test_no_transport_takes_it_for_a_failure(name: str) -> None:
    """It is not tried again, and no breaker opens however often it happens."""
    transport = build(
        PRESETS[name], PolicyContext(PEOPLE, STRATEGY, lambda: asyncio.get_running_loop().time())
    ).transport
    service = Service(lambda _n: (0.01, EvidenceStatus.REFUSED))

    async def story() -> set[EvidenceStatus]:
        asked = asked_by(PEOPLE.applicant(7))
        clock = asyncio.get_running_loop().time
        return {(await transport.ask(asked, "income", service.once, clock() + 2.0)).status for _ in range(20)}

    assert run(story()) == {EvidenceStatus.REFUSED}
    assert service.numbers == [0] * 20


@given(score=st.floats(400.0, 700.0), sd=st.floats(0.0, 60.0), z=st.floats(0.0, 5.0), wider=st.floats(0.0, 5.0))
def test_a_larger_z_never_denies_more(score: float, sd: float, z: float, wider: float) -> None:
    """What was not denied with z is not denied with a larger one, with a source refused or late."""
    for lost in (REFUSED, LATE):
        case = case_with(score=score, sd=sd, bureau=lost)
        before, after = (TriStateRule(one).decide(case).answer for one in (z, z + wider))
        assert after is not Answer.NO_CREDIT or before is Answer.NO_CREDIT
