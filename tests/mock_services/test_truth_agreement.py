"""Without faults the lender decides as the oracle does, to the bit, under every policy."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstorm.credit.applicants import Population
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.outcomes import Outcome, Shown, classify, limit_band
from creditstorm.credit.policy import PRESETS
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import Eligibility, truth_of
from mock_services.policies.axes import Policy
from mock_services.policies.registry import House, build
from tests.mock_services.cases import case_of

PEOPLE = Population(20261111, 10**8)
ids = st.integers(min_value=0, max_value=10**8 - 1)
strategies = st.builds(Strategy, cut_off=st.floats(400.0, 700.0))


def policy_named(name: str, strategy: Strategy) -> Policy:
    return build(PRESETS[name], House(PEOPLE, strategy))


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


@pytest.mark.parametrize("name", ["fail-closed", "breaker", "last-known-good"])
def test_a_single_transport_call_is_all_it_takes(name: str) -> None:
    """In calm the transport of every preset asks once and hands the evidence through."""
    tries: list[int] = []

    async def once(nth_try: int, _until: float) -> Evidence:
        tries.append(nth_try)
        return Evidence(EvidenceStatus.OK, 1.0)

    transport = policy_named(name, Strategy()).transport
    assert asyncio.run(transport.ask("bureau", once, 9.0)) == Evidence(EvidenceStatus.OK, 1.0)
    assert tries == [0]
