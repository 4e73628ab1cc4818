"""Without faults the lender decides as the oracle does, to the bit, under every policy."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import Population
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.outcomes import Outcome, Shown, classify, limit_band
from creditstorm.credit.policies.presets import AXES, PRESETS, PolicySpec
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import Eligibility, truth_of
from mock_services.policies.axes import Policy
from mock_services.policies.registry import PolicyContext, build
from tests.mock_services.policies.cases import asked_by, case_of

PEOPLE = Population(20261111, 10**8)
ASKED = asked_by(PEOPLE.applicant(7))
ids = st.integers(min_value=0, max_value=10**8 - 1)
strategies = st.builds(Strategy, cut_off=st.floats(400.0, 700.0))


def policy_named(name: str, strategy: Strategy) -> Policy:
    return build(PRESETS[name], PolicyContext(PEOPLE, strategy))


@pytest.mark.parametrize("name", PRESETS)
@given(applicant=ids, strategy=strategies)
def test_complete_evidence_gives_the_truth(name: str, applicant: int, strategy: Strategy) -> None:
    """Eligibility, limit and score are those of the oracle, exactly."""
    person = PEOPLE.applicant(applicant)
    policy = policy_named(name, strategy)
    case = case_of(person, strategy=strategy)
    told = policy.answer.say(policy.missing.decide(case))
    truth = truth_of(person, strategy)
    assert (told.answer is Answer.APPROVED) == (truth.eligibility is Eligibility.ELIGIBLE)
    assert (told.limit_cny, case.evidence["scoring"].value) == (truth.limit_cny, truth.score)


@pytest.mark.parametrize("missing", AXES["missing"])
@pytest.mark.parametrize("answer", AXES["answer"])
@given(applicant=ids, strategy=strategies)
def test_every_rule_in_every_vocabulary_agrees(missing: str, answer: str, applicant: int, strategy: Strategy) -> None:
    """Whatever a rule does about missing evidence, with all of it the answer and the limit are those of the oracle."""
    person = PEOPLE.applicant(applicant)
    spec = PolicySpec(missing=AXES["missing"][missing](), answer=AXES["answer"][answer]())
    policy = build(spec, PolicyContext(PEOPLE, strategy))
    case = case_of(person, strategy=strategy)
    asked = case.request
    filled = {service: policy.missing.fill(asked, service, one) for service, one in case.evidence.items()}
    told = policy.answer.say(policy.missing.decide(replace(case, evidence=filled)))
    truth = truth_of(person, strategy)
    assert (told.answer is Answer.APPROVED) == (truth.eligibility is Eligibility.ELIGIBLE)
    assert told.limit_cny == truth.limit_cny


@pytest.mark.parametrize("name", PRESETS)
@given(applicant=ids)
def test_calm_is_correct(name: str, applicant: int) -> None:
    """The outcome of every answer on complete evidence is `correct`."""
    person = PEOPLE.applicant(applicant)
    policy = policy_named(name, Strategy())
    told = policy.answer.say(policy.missing.decide(case_of(person)))
    truth = truth_of(person, Strategy())
    band = limit_band(told.limit_cny, truth.limit_cny)
    shown = Shown(truth.eligibility is Eligibility.ELIGIBLE, told.answer, band, told.reason, told.cause)
    assert classify(shown) is Outcome.CORRECT


@pytest.mark.parametrize("name", PRESETS)
def test_a_single_transport_call_is_all_it_takes(name: str) -> None:
    """In calm the transport of every preset asks once and hands the evidence through."""
    tries: list[int] = []

    async def once(nth_try: int, _until: float) -> Evidence:
        tries.append(nth_try)
        return Evidence(EvidenceStatus.OK, 1.0)

    transport = policy_named(name, Strategy()).transport
    assert asyncio.run(transport.ask(ASKED, "bureau", once, 9.0)) == Evidence(EvidenceStatus.OK, 1.0)
    assert tries == [0]
