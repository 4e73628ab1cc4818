"""What the rules decide that put something in place of missing evidence, and what none of them may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import Applicant, File
from creditstorm.credit.case import Case
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.scorecard import FACTOR, WEIGHTS
from creditstorm.credit.sources import SCALES, SERVICES, SOURCES
from creditstorm.credit.strategy import STAND_IN_LIMIT_CNY
from mock_services.deciding.decide import values_for_scoring
from mock_services.policies.axes import Missing
from mock_services.policies.missing import PartialScoreRule, WorstBinRule, ZeroFillRule
from tests.mock_services.policies.cases import LOST, PEOPLE, STRATEGY, asked_by, case_of, case_with, evidence_of, ok

LATE = Evidence(EvidenceStatus.LATE, latency_s=1.8)
UNVERIFIED = ok(0.0)
PERSON = next(p for p in map(PEOPLE.applicant, range(1000)) if p.verified and p.file is File.THICK)
ASKED = asked_by(PERSON)
ZERO, WORST, PARTIAL = ZeroFillRule(1.0), WorstBinRule(), PartialScoreRule()

people = st.integers(0, 10**6).map(PEOPLE.applicant)
losses = st.dictionaries(st.sampled_from(SERVICES), st.sampled_from(LOST))


def filled(rule: Missing, person: Applicant, lost: Mapping[str, EvidenceStatus]) -> Case:
    """The case as the decider would make it: each loss filled, then scored on what there is."""
    asked = asked_by(person)
    arrived = {s: Evidence(lost[s]) if s in lost else evidence_of(person, s) for s in SOURCES}
    evidence = {s: rule.fill(asked, s, one) for s, one in arrived.items()}
    estimate = estimate_score(person.file, values_for_scoring(evidence))
    scored = Evidence(lost["scoring"]) if "scoring" in lost else ok(estimate.mean, sd=estimate.sd)
    return Case(asked, STRATEGY, evidence | {"scoring": rule.fill(asked, "scoring", scored)})


@pytest.mark.parametrize(
    ("rule", "service", "value"),
    [
        (ZERO, "bureau", 545.0),
        (ZERO, "income", 6200.0),
        (ZeroFillRule(100.0), "bureau", 0.0),
        (ZeroFillRule(3.1), "repayment", 190.0),
        (ZeroFillRule(4.0), "consumption", 0.0),
        (ZERO, "identity", None),
        (ZERO, "scoring", None),
        (WORST, "bureau", 470.0),
        (WORST, "income", 3400.0),
        (WORST, "identity", None),
        (PARTIAL, "bureau", None),
    ],
)
def test_what_is_put_in_place(rule: Missing, service: str, value: float | None) -> None:
    """The number that the scorecard reads; the status and the latency stay those of the failure."""
    assert rule.fill(ASKED, service, LATE) == Evidence(EvidenceStatus.LATE, value, latency_s=1.8)


@pytest.mark.parametrize("rule", [ZERO, WORST, PARTIAL])
def test_good_evidence_is_not_replaced(rule: Missing) -> None:
    """Neither a value nor a true "no record" is touched."""
    assert all(rule.fill(ASKED, "bureau", good) is good for good in (ok(640.0), ok(None)))


@given(person=people, lost=st.sampled_from(tuple(SCALES)))
def test_a_filled_number_costs_its_points(*, person: Applicant, lost: str) -> None:
    """A zero is worth one sd below the mean, the worst bin exactly as much as "no record"; both look certain."""
    weight = FACTOR * WEIGHTS[person.file][lost]
    mean = dict(person.values) | {lost: SCALES[lost].centre}
    at_the_mean = estimate_score(person.file, mean).mean
    nobody = estimate_score(person.file, dict(person.values) | {lost: None}).mean
    zero, worst = (filled(rule, person, {lost: EvidenceStatus.LATE}).evidence["scoring"] for rule in (ZERO, WORST))
    assert zero.value == pytest.approx(at_the_mean - weight)
    assert worst.value == pytest.approx(nobody)
    assert (zero.sd, worst.sd) == (0.0, 0.0)


@pytest.mark.parametrize("rule", [ZERO, WORST])
@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (case_with(score=560.0, bureau=LATE), ("approved", 10_000, "credit:score")),
        (case_with(score=559.9, bureau=LATE), ("no_credit", 0, "credit:score")),
        (case_with(score=700.0, income=LATE), ("approved", 500, "credit:score")),
        (case_with(score=700.0, income=replace(LATE, value=6200.0)), ("approved", 500, "credit:score")),
        (case_with(score=700.0, identity=LATE), ("undetermined", 0, "late:identity")),
        (case_with(score=700.0, scoring=LATE), ("undetermined", 0, "late:scoring")),
        (case_with(score=700.0, identity=UNVERIFIED, bureau=LATE), ("action_needed", 0, "data:identity")),
    ],
)
def test_a_filled_case_is_decided_as_if_it_were_known(
    rule: Missing, case: Case, expected: tuple[str, int, str]
) -> None:
    """The log says credit:score although a source was late; an income of 0 gives the smallest limit."""
    decision = rule.decide(case)
    assert (decision.answer, decision.limit_cny, decision.cause) == expected


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (case_with(score=560.0, sd=30.0, bureau=LATE), ("approved", 10_000, "credit:score")),
        (case_with(score=559.9, sd=30.0, bureau=LATE), ("no_credit", 0, "credit:score")),
        (case_with(score=700.0, sd=20.0, income=LATE), ("approved", STAND_IN_LIMIT_CNY, "credit:score")),
        (case_with(score=700.0, identity=LATE), ("undetermined", 0, "late:identity")),
        (case_with(score=700.0, scoring=LATE), ("undetermined", 0, "late:scoring")),
        (case_with(score=700.0, identity=UNVERIFIED), ("action_needed", 0, "data:identity")),
    ],
)
def test_partial_score_decides_by_the_mean(case: Case, expected: tuple[str, int, str]) -> None:
    """However wide the uncertainty, the expected score is on one side of the cut-off."""
    decision = PARTIAL.decide(case)
    assert (decision.answer, decision.limit_cny, decision.cause) == expected


@given(person=people, lost=losses)
def test_only_identity_and_scoring_leave_it_undetermined(*, person: Applicant, lost: Mapping) -> None:
    """With those two there is always a decision."""
    for rule in (ZERO, WORST, PARTIAL):
        answer = rule.decide(filled(rule, person, lost)).answer
        assert answer is not Answer.UNDETERMINED or {"identity", "scoring"} & set(lost)


@given(person=people, lost=losses, more=st.sampled_from(tuple(SCALES)))
def test_losing_evidence_never_makes_the_score_surer(*, person: Applicant, lost: Mapping, more: str) -> None:
    """The standard deviation grows with every source that is lost, or stays."""
    before = case_of(person, lost).evidence["scoring"].sd
    after = case_of(person, {**lost, more: EvidenceStatus.LATE}).evidence["scoring"].sd
    assert before is None or after is None or after >= before - 1e-9


@given(person=people, lost=losses)
def test_worst_bin_never_raises_a_score(*, person: Applicant, lost: Mapping) -> None:
    """Whoever is better than "no record" everywhere scores at most what the truth is."""
    known = {s: v for s, v in person.values.items() if v is not None}
    if all(SCALES[s].characteristic(v) >= -2.0 for s, v in known.items()):
        complete = case_of(person).value("scoring")
        assert filled(WORST, person, lost).value("scoring") <= complete + 1e-9
