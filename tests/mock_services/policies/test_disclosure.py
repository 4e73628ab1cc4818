"""No honest policy says a technical cause with a credit text, and a policy with two words is caught when it does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.decision import Answer, Decision
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.outcomes import LimitBand, Outcome, Shown, classify
from creditstorm.credit.policies.presets import AXES, PolicySpec
from creditstorm.credit.reasons import DISCLOSURES, Family, Reason, is_technical, reason_of
from creditstorm.credit.sources import SERVICES
from mock_services.decision import TEXTS, WITH_PROMISES
from mock_services.policies.answer import PROMISES, HonestVocabulary
from mock_services.policies.axes import Policy
from mock_services.policies.registry import PolicyContext, build
from tests.mock_services.policies.cases import LOST, PEOPLE, STRATEGY, case_of

lost_services = st.dictionaries(st.sampled_from(SERVICES), st.sampled_from([*LOST, EvidenceStatus.REFUSED]))


def policy_with(missing: str, answer: str) -> Policy:
    return build(
        PolicySpec(missing=AXES["missing"][missing](), answer=AXES["answer"][answer]()),
        PolicyContext(PEOPLE, STRATEGY),
    )


@pytest.mark.parametrize("answer", sorted(set(AXES["answer"]) - {"two_words"}))
@pytest.mark.parametrize("missing", AXES["missing"])
@given(applicant=st.integers(0, 99_999), lost=lost_services)
def test_honest_policies(missing: str, answer: str, applicant: int, lost: dict[str, EvidenceStatus]) -> None:
    """Whatever was lost: a technical cause has neither a credit reason nor a credit answer, and never a limit."""
    policy = policy_with(missing, answer)
    case = case_of(PEOPLE.applicant(applicant), lost)
    told = policy.answer.say(policy.missing.decide(case))
    if is_technical(told.cause):
        assert DISCLOSURES[told.reason].family is not Family.CREDIT
        assert told.answer in (Answer.UNDETERMINED, Answer.ACTION_NEEDED)
        assert told.limit_cny == 0


@pytest.mark.parametrize("missing", AXES["missing"])
@given(applicant=st.integers(0, 99_999), lost=lost_services)
def test_two_words_are_caught(missing: str, applicant: int, lost: dict[str, EvidenceStatus]) -> None:
    """A technical cause painted as a credit reason is wrongful for the eligible and a wrong reason for the others."""
    policy = policy_with(missing, "two_words")
    told = policy.answer.say(policy.missing.decide(case_of(PEOPLE.applicant(applicant), lost)))
    if is_technical(told.cause):
        assert told.reason is Reason.INSUFFICIENT_RECORD
        outcomes = {
            eligible: classify(Shown(eligible, told.answer, LimitBand.BELOW, told.reason, told.cause))
            for eligible in (True, False)
        }
        assert outcomes == {True: Outcome.WRONGFUL_NO_CREDIT, False: Outcome.WRONG_REASON}


@given(st.sampled_from(Answer), st.sampled_from(Reason), st.sampled_from(EvidenceStatus), st.sampled_from(SERVICES))
def test_honest_words_do_not_trust_the_rule(answer: Answer, reason: Reason, status: str, service: str) -> None:
    """A rule that gave a technical cause a credit reason is corrected: the reason follows from the cause."""
    told = HonestVocabulary().say(Decision(answer, 9000, reason, f"{status}:{service}"))
    assert told.reason is reason_of(told.cause)
    assert DISCLOSURES[told.reason].family is not Family.CREDIT


def test_the_texts_that_are_sent() -> None:
    """Both languages and the time of every reason, with push or without."""
    for texts, said in ((TEXTS, DISCLOSURES), (WITH_PROMISES, {**DISCLOSURES, **PROMISES})):
        sent = {reason: {"text": {"en": d.en, "zh": d.zh}, "eta_s": d.eta_s} for reason, d in said.items()}
        assert texts == sent


def test_a_promise_is_as_complete_as_what_it_replaces() -> None:
    """The same family and cause, a next step, and a time that text and number agree about."""
    for reason, said in PROMISES.items():
        assert said.family is DISCLOSURES[reason].family is Family.TECHNICAL
        assert (said.english.cause, said.chinese.cause) == (
            DISCLOSURES[reason].english.cause,
            DISCLOSURES[reason].chinese.cause,
        )
        assert said.english.complete
        assert said.chinese.complete
        assert (said.eta_s, "10 minutes" in said.en, "10分钟" in said.zh) == (600.0, True, True)


def test_evidence_that_is_rejected_is_not_usable() -> None:
    """Whatever its status, and asking again might help."""
    for status in EvidenceStatus:
        doubted = Evidence(status, rejected=True)
        assert not doubted.usable
        assert doubted.answered is (status is EvidenceStatus.REFUSED)
