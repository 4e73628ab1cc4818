"""The lender's own rules on a case that lacks something."""

from __future__ import annotations

import pytest
from creditstorm.credit.applicants import File, Segment
from creditstorm.credit.case import Case, CreditRequest
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.rules import tri_state
from creditstorm.credit.sources import SERVICES
from creditstorm.credit.strategy import Strategy


def case_with(**other: Evidence) -> Case:
    """A verified consumer of whom every source reports 1 and scoring 600 points, but for these."""
    evidence = {service: Evidence(EvidenceStatus.OK, 1.0) for service in SERVICES}
    request = CreditRequest(1, 1, 1, Segment.CONSUMER, File.THICK)
    return Case(request, Strategy(), {**evidence, "scoring": Evidence(EvidenceStatus.OK, 600.0, sd=0.0), **other})


@pytest.mark.parametrize("status", [EvidenceStatus.LATE, EvidenceStatus.EMPTY])
def test_without_a_score_nothing_is_decided(status: EvidenceStatus) -> None:
    """Scoring that was late, and scoring that answered without a score."""
    told = tri_state(case_with(scoring=Evidence(status)), z=1.645)
    assert (told.answer, told.cause) == (Answer.UNDETERMINED, f"{status}:scoring")


def test_no_record_reads_as_nothing() -> None:
    """As the scorecard's payload has it."""
    assert case_with(income=Evidence(EvidenceStatus.EMPTY)).value("income") == 0.0
