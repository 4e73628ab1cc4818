"""Old values stand in for missing ones: only when asking failed, only while young enough, and never an old answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from creditstorm.credit.case import CreditRequest
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.missing import DEFAULT_TTL_S
from mock_services.cache.layers import LayeredStore, Memory, Remembered
from mock_services.cache.snapshot import DAY_S
from mock_services.policies.missing import FailClosedRule, LastKnownGoodRule
from tests.mock_services.policies.cases import LOST, PEOPLE, asked_by, case_with

ASKED = asked_by(PEOPLE.applicant(7))
LATE = Evidence(EvidenceStatus.LATE, latency_s=1.9)
NOW = 1_000_000_000.0


@dataclass
class Album:
    """A snapshot of a few values."""

    values: dict[str, Remembered] = field(default_factory=dict)

    def recall(self, _asked: CreditRequest, service: str) -> Remembered | None:
        return self.values.get(service)


def rule_with(album: Album | None = None, memory: Memory | None = None) -> LastKnownGoodRule:
    store = LayeredStore(memory if memory is not None else Memory(), album or Album())
    return LastKnownGoodRule(DEFAULT_TTL_S, store, FailClosedRule(), lambda: NOW)


def taken(value: float | None, days_ago: float, sd: float | None = None) -> Remembered:
    return Remembered(value, NOW - days_ago * DAY_S, "snapshot", sd)


@pytest.mark.parametrize("status", LOST)
def test_a_lost_value_comes_from_the_snapshot(status: EvidenceStatus) -> None:
    """However the value was lost, the old one is used, as stale, with its age and the latency of the call."""
    filled = rule_with(Album({"bureau": taken(612.0, 3.0)})).fill(ASKED, "bureau", Evidence(status, latency_s=1.9))
    assert filled == Evidence(EvidenceStatus.STALE, 612.0, 3 * DAY_S, 1.9, "snapshot")


def test_fresh_evidence_is_not_replaced() -> None:
    """Old values are for failures only."""
    fresh = Evidence(EvidenceStatus.OK, 640.0, 60.0, 0.1, "1")
    assert rule_with(Album({"bureau": taken(612.0, 3.0)})).fill(ASKED, "bureau", fresh) is fresh


@pytest.mark.parametrize(
    ("service", "days", "status"),
    [
        ("repayment", 0.9, "stale"),
        ("repayment", 1.1, "late"),
        ("consumption", 6.9, "stale"),
        ("consumption", 7.1, "late"),
        ("bureau", 29.0, "stale"),
        ("bureau", 31.0, "late"),
        ("income", 89.0, "stale"),
        ("income", 91.0, "late"),
        ("scoring", 1.1, "late"),
    ],
)
def test_each_service_has_its_time_to_live(service: str, days: float, status: str) -> None:
    """A value that is too old for its service is not used."""
    assert rule_with(Album({service: taken(1.0, days)})).fill(ASKED, service, LATE).status == status


def test_a_service_that_is_not_named_is_never_stale() -> None:
    """No time to live means no old values."""
    store = LayeredStore(Memory(), Album({"bureau": taken(612.0, 0.0001)}))
    rule = LastKnownGoodRule({}, store, FailClosedRule(), lambda: NOW)
    assert rule.fill(ASKED, "bureau", LATE) is LATE


def test_live_answers_are_remembered_with_their_age() -> None:
    """A good answer that was an hour old serves when the next call fails, as an hour old."""
    rule = rule_with(Album({"bureau": taken(1.0, 2.0)}))
    rule.fill(ASKED, "bureau", Evidence(EvidenceStatus.OK, 640.0, 3600.0, 0.1, "1"))
    assert rule.fill(ASKED, "bureau", LATE) == Evidence(EvidenceStatus.STALE, 640.0, 3600.0, 1.9, "1")


def test_failures_are_not_remembered() -> None:
    """A lost value leaves nothing behind."""
    memory = Memory()
    rule_with(memory=memory).fill(ASKED, "bureau", LATE)
    assert len(memory) == 0


def test_a_score_with_something_missing_is_not_a_good_value() -> None:
    """Only an exact score is remembered, so that a bad minute cannot decide later."""
    rule = rule_with()
    rule.fill(ASKED, "scoring", Evidence(EvidenceStatus.OK, 500.0, 0.0, 0.1, "1", sd=30.0))
    assert rule.fill(ASKED, "scoring", LATE) is LATE
    rule.fill(ASKED, "scoring", Evidence(EvidenceStatus.OK, 580.0, 0.0, 0.1, "1", sd=0.0))
    assert rule.fill(ASKED, "scoring", LATE).value == 580.0


def test_old_values_decide_like_fresh_ones() -> None:
    """With a stale bureau the person is approved, with the limit that the old values give."""
    stale = Evidence(EvidenceStatus.STALE, 612.0, 3 * DAY_S)
    decision = rule_with().decide(case_with(score=610.0, bureau=stale))
    assert (decision.answer, decision.limit_cny, decision.cause) == (Answer.APPROVED, 25_000, "credit:score")


def test_where_nothing_is_known_it_fails_closed() -> None:
    """A person who is not covered is refused as ever."""
    assert rule_with().decide(case_with(score=610.0, bureau=LATE)).cause == "late:bureau"
