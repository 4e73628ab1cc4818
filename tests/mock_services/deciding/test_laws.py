"""The laws of missing evidence hold for the rules that decide, whatever was lost and whoever asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import Applicant
from creditstorm.credit.evidence import EvidenceStatus
from creditstorm.credit.outcomes import Outcome, Shown, classify, limit_band
from creditstorm.credit.sources import SERVICES
from creditstorm.credit.truth import Eligibility, truth_of
from mock_services.policies.missing import PartialScoreRule, TriStateRule
from tests.mock_services.policies.cases import LOST, PEOPLE, STRATEGY, case_of

WRONGFUL = (Outcome.WRONGFUL_NO_CREDIT, Outcome.WRONGFUL_APPROVAL)
people = st.integers(0, 10**6).map(PEOPLE.applicant)
losses = st.dictionaries(st.sampled_from(SERVICES), st.sampled_from(LOST))
margins = st.floats(0.0, 4.0)


def outcome(rule: TriStateRule, applicant: Applicant, lost: dict[str, EvidenceStatus]) -> Outcome:
    """What the rule's decision is against the truth."""
    said, truth = rule.decide(case_of(applicant, lost)), truth_of(applicant, STRATEGY)
    eligible, band = truth.eligibility is Eligibility.ELIGIBLE, limit_band(said.limit_cny, truth.limit_cny)
    return classify(Shown(eligible, said.answer, band, said.reason, said.cause))


@given(people, losses, margins, margins)
def test_raising_z_wrongs_nobody_new(
    applicant: Applicant, lost: dict[str, EvidenceStatus], one: float, other: float
) -> None:
    """An answer that is wrongful at a larger z is the same wrongful answer at a smaller one."""
    less, more = sorted((one, other))
    cautious = outcome(TriStateRule(more), applicant, lost)
    assert cautious not in WRONGFUL or outcome(TriStateRule(less), applicant, lost) is cautious


def test_a_partial_score_costs_approvals_that_tri_state_does_not() -> None:
    """A dark bureau: of 2,000 people the partial score approves many wrongly, tri-state hardly any."""
    lost = {"bureau": EvidenceStatus.LATE}
    crowd = [PEOPLE.applicant(number) for number in range(2_000)]
    granted = {
        rule: sum(outcome(rule, applicant, lost) is Outcome.WRONGFUL_APPROVAL for applicant in crowd)
        for rule in (PartialScoreRule(), TriStateRule(1.645))
    }
    partial, margin = granted.values()
    assert partial > 50
    assert margin < partial / 6
