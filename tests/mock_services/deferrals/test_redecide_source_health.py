"""What is known of the services follows the newest evidence, and capacity is what was measured."""

from __future__ import annotations

import pytest
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from mock_services.deferrals.redecide import DECISION, SourceHealth
from tests.mock_services.policies.cases import LOST

SKIPPED = EvidenceStatus.SKIPPED


def after(*statuses: EvidenceStatus) -> bool:
    """Whether the bureau counts as back after somebody missed it and then got evidence of these statuses."""
    source_health = SourceHealth()
    source_health.missed("bureau")
    for status in statuses:
        source_health.evidence({"bureau": Evidence(status, 1.0)})
    return source_health.back("bureau")


def test_a_service_that_nobody_missed_is_there() -> None:
    """Before the first news it is not lost."""
    assert SourceHealth().back("bureau")


@pytest.mark.parametrize("good", [EvidenceStatus.OK, EvidenceStatus.EMPTY])
def test_fresh_evidence_brings_a_service_back(good: EvidenceStatus) -> None:
    """Also a true "no record" shows that it answers."""
    assert after(good)


@pytest.mark.parametrize("bad", LOST)
def test_no_other_evidence_does(bad: EvidenceStatus) -> None:
    """Neither a failure nor a call that was not made, and an old value from a store least of all."""
    assert not after(bad)
    assert not after(EvidenceStatus.STALE)


def test_the_newest_evidence_counts_and_skipped_is_none() -> None:
    """Lost again is lost; a breaker that asks nobody learns nothing."""
    assert not after(EvidenceStatus.OK, EvidenceStatus.LATE)
    assert after(EvidenceStatus.OK, SKIPPED)
    assert not after(EvidenceStatus.LATE, SKIPPED)


def test_there_is_room_when_nobody_was_turned_away_for_a_second() -> None:
    """Whoever stands at the door comes first."""
    source_health = SourceHealth()
    assert source_health.room(0.0)
    source_health.request(10.0, let_in=False)
    assert not source_health.room(10.99)
    assert source_health.room(11.0)
    assert source_health.back(DECISION)


def test_capacity_is_the_most_that_was_decided_a_second() -> None:
    """20/s and then 5/s, over whole windows: 20/s were possible. Who was turned away was not decided about."""
    source_health = SourceHealth()
    for n in range(101):
        source_health.request(n / 20, let_in=True)
        source_health.request(n / 20, let_in=False)
    for n in range(26):
        source_health.request(5.0 + n / 5, let_in=True)
    assert source_health.capacity_hz == pytest.approx(20.0, rel=0.02)
