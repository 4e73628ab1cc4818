"""Builders of people, evidence and cases."""

from __future__ import annotations

from collections.abc import Mapping

from creditstorm.credit.applicants import Applicant, File, Population, Segment
from creditstorm.credit.case import Case, CreditRequest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.sources import SOURCES
from creditstorm.credit.strategy import Strategy
from mock_services.deciding.decide import values_for_scoring

SEED = 20261111
PEOPLE = Population(SEED, 100_000)
STRATEGY = Strategy()
LOST = (
    EvidenceStatus.LATE,
    EvidenceStatus.ERROR,
    EvidenceStatus.MALFORMED,
    EvidenceStatus.SKIPPED,
)
"""The statuses of a technical failure."""


def asked_by(applicant: Applicant, *, session: int = 1, attempt: int = 0) -> CreditRequest:
    """A tap of this person."""
    return CreditRequest(applicant.id, session, attempt, applicant.segment, applicant.file)


def ok(value: float | None, *, sd: float | None = None) -> Evidence:
    """Good evidence, a minute old; None is a true "no record"."""
    status = EvidenceStatus.OK if value is not None else EvidenceStatus.EMPTY
    return Evidence(status, value, 60.0, 0.01, "1", sd)


def evidence_of(applicant: Applicant, service: str) -> Evidence:
    """What a source says about this person in calm."""
    return ok(float(applicant.verified) if service == "identity" else applicant.values[service])


def case_of(
    applicant: Applicant, lost: Mapping[str, EvidenceStatus] | None = None, strategy: Strategy = STRATEGY
) -> Case:
    """The case of this person with some services lost; scoring saw what there was."""
    lost = lost or {}
    evidence = {s: Evidence(lost[s]) if s in lost else evidence_of(applicant, s) for s in SOURCES}
    estimate = estimate_score(applicant.file, values_for_scoring(evidence))
    scored = ok(estimate.mean, sd=estimate.sd)
    evidence["scoring"] = Evidence(lost["scoring"]) if "scoring" in lost else scored
    return Case(asked_by(applicant), strategy, evidence)


def case_with(
    *, score: float, sd: float = 0.0, file: File = File.THICK, segment: Segment = Segment.CONSUMER, **evidence: Evidence
) -> Case:
    """A case with this score and, by default, all else in order; income is 10,000 a month."""
    calm = {s: ok(1.0 if s == "identity" else 500.0) for s in SOURCES} | {"income": ok(10_000.0)}
    asked = CreditRequest(7, 1, 0, segment, file)
    return Case(asked, Strategy(cut_off=560.0), calm | {"scoring": ok(score, sd=sd)} | evidence)
