"""What each missing-data rule decides, as tables, and the properties that hold for any evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import File, Segment
from creditstorm.credit.decision import Answer, Decision, limit_for
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.reasons import Reason
from creditstorm.credit.sources import SERVICES
from creditstorm.credit.strategy import STAND_IN_LIMIT_CNY, Strategy
from mock_services.policies.missing import FailClosedRule, TriStateRule
from tests.mock_services.policies.cases import LOST, PEOPLE, case_of, case_with, ok

FAIL_CLOSED = FailClosedRule()
TRI_STATE = TriStateRule(z=1.645)
LATE = Evidence(EvidenceStatus.LATE)
ERROR = Evidence(EvidenceStatus.ERROR)
UNVERIFIED = ok(0.0)

people = st.integers(0, 10**6).map(PEOPLE.applicant)
losses = st.dictionaries(st.sampled_from(SERVICES), st.sampled_from(LOST))


def summary(decision: Decision) -> tuple[str, int, str]:
    return decision.answer, decision.limit_cny, decision.cause


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (case_with(score=560.0), ("approved", 10_000, "credit:score")),
        (case_with(score=610.0), ("approved", 25_000, "credit:score")),
        (case_with(score=560.0, segment=Segment.MICRO_BUSINESS), ("approved", 20_000, "credit:score")),
        (case_with(score=559.9), ("no_credit", 0, "credit:score")),
        (case_with(score=700.0, bureau=LATE), ("no_credit", 0, "late:bureau")),
        (case_with(score=700.0, file=File.THIN, bureau=LATE), ("no_credit", 0, "late:bureau")),
        (case_with(score=400.0, bureau=LATE), ("no_credit", 0, "late:bureau")),
        (case_with(score=700.0, social=ERROR, income=LATE), ("no_credit", 0, "late:income")),
        (case_with(score=700.0, scoring=ERROR), ("no_credit", 0, "error:scoring")),
        (case_with(score=700.0, identity=LATE), ("no_credit", 0, "late:identity")),
        (case_with(score=700.0, identity=UNVERIFIED), ("action_needed", 0, "data:identity")),
        (case_with(score=700.0, identity=UNVERIFIED, bureau=LATE), ("action_needed", 0, "data:identity")),
        (case_with(score=700.0, identity=ok(None)), ("action_needed", 0, "data:identity")),
        (case_with(score=700.0, bureau=ok(None)), ("approved", 40_000, "credit:score")),
    ],
)
def test_fail_closed(case, expected: tuple[str, int, str]) -> None:  # noqa: ANN001
    """Anything lost is no credit, with the first lost service in the order of SERVICES as the cause."""
    assert summary(FAIL_CLOSED.decide(case)) == expected


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (case_with(score=560.0), ("approved", 10_000, "credit:score")),
        (case_with(score=559.9), ("no_credit", 0, "credit:score")),
        (case_with(score=700.0, sd=30.0, bureau=LATE), ("approved", 40_000, "credit:score")),
        (case_with(score=650.0, sd=30.0, bureau=LATE), ("approved", 15_000, "credit:score")),
        (case_with(score=600.0, sd=30.0, bureau=LATE), ("undetermined", 0, "late:bureau")),
        (case_with(score=520.0, sd=30.0, bureau=LATE), ("undetermined", 0, "late:bureau")),
        (case_with(score=510.0, sd=30.0, bureau=LATE), ("no_credit", 0, "credit:score")),
        (case_with(score=700.0, sd=20.0, income=LATE), ("approved", STAND_IN_LIMIT_CNY, "credit:score")),
        (case_with(score=700.0, scoring=ERROR), ("undetermined", 0, "error:scoring")),
        (case_with(score=700.0, identity=LATE), ("undetermined", 0, "late:identity")),
        (case_with(score=400.0, identity=LATE), ("no_credit", 0, "credit:score")),
        (case_with(score=600.0, sd=30.0, bureau=LATE, identity=ERROR), ("undetermined", 0, "error:identity")),
        (case_with(score=700.0, sd=30.0, bureau=LATE, identity=UNVERIFIED), ("action_needed", 0, "data:identity")),
        (case_with(score=700.0, file=File.THIN, bureau=LATE), ("approved", 40_000, "credit:score")),
        (
            case_with(score=570.0, sd=30.0, file=File.THIN, bureau=LATE, social=ERROR),
            ("undetermined", 0, "error:social"),
        ),
    ],
)
def test_tri_state(case, expected: tuple[str, int, str]) -> None:  # noqa: ANN001
    """Clear of the cut-off it decides, in between it says undetermined, and only weighty losses are causes."""
    assert summary(TRI_STATE.decide(case)) == expected


def test_technical_causes_have_a_technical_reason() -> None:
    """Neither rule gives a credit reason for a lost service; painting it as one is the vocabulary's doing."""
    case = case_with(score=600.0, sd=30.0, bureau=LATE)
    reasons = {FAIL_CLOSED.decide(case).reason, TRI_STATE.decide(case).reason}
    assert reasons == {Reason.SOURCE_UNAVAILABLE}


@given(person=people, lost=losses.filter(bool))
def test_fail_closed_never_approves_with_something_missing(person, lost) -> None:  # noqa: ANN001
    """Whatever is lost, nobody is approved."""
    assert FAIL_CLOSED.decide(case_of(person, lost)).answer is not Answer.APPROVED


@given(person=people, lost=losses, z=st.floats(0.0, 4.0), more=st.floats(0.0, 4.0))
def test_tri_state_is_monotone_in_z(person, lost, z: float, more: float) -> None:  # noqa: ANN001
    """More caution never turns undetermined into a decision and never raises a limit."""
    bold = TriStateRule(z).decide(case_of(person, lost))
    careful = TriStateRule(z + more).decide(case_of(person, lost))
    assert careful.answer in {bold.answer, Answer.UNDETERMINED}
    assert careful.limit_cny <= bold.limit_cny


@given(person=people, lost=losses, z=st.floats(0.0, 4.0))
def test_tri_state_never_grants_more_than_the_mean_would(person, lost, z: float) -> None:  # noqa: ANN001
    """The limit under uncertainty is at most the one that the mean score would give."""
    case = case_of(person, lost)
    granted = TriStateRule(z).decide(case).limit_cny
    income = max(case.value("income"), float(STAND_IN_LIMIT_CNY))
    most = limit_for(case.value("scoring"), income=income, segment=person.segment, strategy=Strategy())
    assert granted <= most or granted == STAND_IN_LIMIT_CNY


@given(person=people, lost=losses)
def test_a_cause_is_a_loss_or_a_fact(person, lost) -> None:  # noqa: ANN001
    """A technical cause always names a service that was really lost, with its status."""
    for rule in (FAIL_CLOSED, TRI_STATE):
        status, _, service = rule.decide(case_of(person, lost)).cause.partition(":")
        assert (status, service) in {("credit", "score"), ("data", "identity")} or lost[service] == status
